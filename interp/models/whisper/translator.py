"""Streaming speech translation by Whisper: encode what is new, continue the written prefix.

Where one text is followed, what was guessed last time after the words now written is run along with
them as a draft: as far as the model still chooses the same tokens, one pass gives them all
(speculative decoding, Leviathan et al. 2023, with the last hypothesis as the draft). The result is
that of one token at a time.
"""

import itertools
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from interp.core.translator import Abilities, DecodeStep, EncodeStep, Hypothesis, Pair
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.decoder import Feed, WhisperDecoder
from interp.models.whisper.hearing import Hearing, SourceState
from interp.models.whisper.lane import Lane, TargetState, finish
from interp.models.whisper.rules import Rules
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.sharing import leads_of, run_lanes
from interp.models.whisper.times import located
from interp.models.whisper.tokenizer import ENGLISH, UNSPACED_LANGUAGES, Task, WhisperTokenizer


class WhisperTranslator:
    """A `Translator` on Whisper's weights.

    waiting: the same with a decoder that was taught to write what a prefix supports, and to wait
    otherwise. It translates while a segment goes on; its rest, at the end, is Whisper's own.
    """

    def __init__(
        self,
        checkpoint: WhisperCheckpoint,
        settings: WhisperSettings,
        waiting: WhisperCheckpoint | None = None,
    ) -> None:
        self._settings = settings
        self.decoder = WhisperDecoder(checkpoint, settings.precision)
        self._waiting = WhisperDecoder(waiting, settings.precision) if waiting else None
        self.tokenizer = WhisperTokenizer(checkpoint.dims.n_vocab, self.decoder.device)
        self._rules = Rules(self.tokenizer)
        with torch.inference_mode():
            self._hearing = Hearing(checkpoint, settings)

    @classmethod
    def from_checkpoint(
        cls,
        checkpoint: WhisperCheckpoint,
        settings: WhisperSettings | None = None,
        device: torch.device | None = None,
        waiting: WhisperCheckpoint | None = None,
    ) -> "WhisperTranslator":
        """The translator, with default settings and on the CPU unless told otherwise."""
        if device:
            checkpoint = checkpoint.to(device)
            waiting = waiting.to(device) if waiting else None
        return cls(checkpoint, settings or WhisperSettings(), waiting)

    @property
    def abilities(self) -> Abilities:
        """A model of one language cannot tell which is spoken."""
        return Abilities(attention=True, languages=len(self.tokenizer.languages) > 1)

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every language the model hears, into English and into itself."""
        return frozenset(Pair(a, b) for a in self.tokenizer.languages for b in (a, ENGLISH))

    @torch.inference_mode()
    def init_source(self) -> SourceState:
        """State of a segment of which nothing was heard."""
        return self._hearing.init_state()

    @torch.inference_mode()
    def init_target(
        self, source: SourceState, source_language: str, target_language: str, context: str
    ) -> TargetState:
        """A writer over `source`; ValueError for a pair that the model does not know."""
        translate = source_language != target_language
        if translate and target_language != ENGLISH:
            raise ValueError(f"the model does not translate into {target_language!r}")
        task = Task.TRANSLATE if translate else Task.TRANSCRIBE
        settings = self._settings
        return TargetState(
            source=source,
            prompt=self.tokenizer.prompt(task, source_language, context, settings.context_tokens),
            spaced=target_language not in UNSPACED_LANGUAGES,
            tokens_per_s=(
                settings.translate_tokens_per_s if translate else settings.transcribe_tokens_per_s
            ),
            cache=self.decoder.init_cache(),
            translates=translate,
        )

    @torch.inference_mode()
    def encode(self, steps: Sequence[EncodeStep[SourceState]]) -> None:
        """Encode what is new in each segment; ValueError where one outgrows the model's window."""
        if steps:
            self._hearing.encode(steps)

    @torch.inference_mode()
    def spoken(self, sources: Sequence[SourceState]) -> list[Mapping[str, float]]:
        """As Translator: what Whisper would have follow start-of-transcript."""
        heard = [source for source in sources if source.positions]
        if not heard or not self.abilities.languages:
            return [{} for _ in sources]
        fed = self.decoder.feed([self._start(source) for source in heard])
        scores = self.decoder.logits(torch.cat([one.hidden[0] for one in fed]))
        languages = self.tokenizer.languages
        rows = iter(scores[:, self.tokenizer.language_tokens].softmax(dim=1).tolist())
        return [
            dict(zip(languages, next(rows), strict=True)) if source.positions else {}
            for source in sources
        ]

    def _start(self, source: SourceState) -> Feed:
        """Start-of-transcript alone, over a segment."""
        cross = source.cross.seen(source.positions)
        return Feed([[self.tokenizer.sot]], 0, self.decoder.init_cache(1, 1), cross, source.heard)

    @torch.inference_mode()
    def decode(self, steps: Sequence[DecodeStep[TargetState]]) -> list[Hypothesis]:
        """Continue each written prefix; one hypothesis per step, in order.

        The first word that ends at or after `ask.before_ms` ends a hypothesis and belongs to it.
        States change at the very end, so that a decode that failed may be run again.
        """
        waits = [self._waiting is not None and _goes_on(step) for step in steps]
        lanes = [
            Lane(step, self._settings, self.decoder, self.tokenizer, waits=waiting)
            for step, waiting in zip(steps, waits, strict=True)
        ]
        for decoder, waiting in ((self.decoder, False), (self._waiting, True)):
            ours = [lane for lane, each in zip(lanes, waits, strict=True) if each is waiting]
            while running := [lane for lane in ours if not lane.stopped]:
                assert decoder is not None, "lanes that wait have a decoder that does"
                self._advance(decoder, running)
        alignments = [lane.alignment() for lane in lanes]
        found = iter(located([each for each in alignments if each]))
        return [
            lane.close(next(found).ends) if each else lane.close()
            for lane, each in zip(lanes, alignments, strict=True)
        ]

    def _advance(self, decoder: WhisperDecoder, lanes: Sequence[Lane]) -> None:
        """Run what each lane has to run and let it choose; all lanes and beams are one batch."""
        leads = leads_of(lanes)
        fed = run_lanes(decoder, lanes, leads)
        own = sorted(set(leads))
        rows = [lanes[place].choosing(fed[place]) for place in own]
        starts = [(place, lanes[place].start(fed[place])) for place in own]
        begun = {place: start for place, start in starts if start is not None}
        counts = [len(part) for part in rows]
        firsts = dict(zip(own, itertools.accumulate(counts[:-1], initial=0), strict=True))
        scores = decoder.logits(torch.cat([*rows, *begun.values()]))
        choices = self._rules.choices(
            scores[: sum(counts)],
            beginning=[row for place, row in firsts.items() if lanes[place].begins],
            ending=[row for place, row in firsts.items() if not lanes[place].may_end],
            count=2 * max(lane.width for lane in lanes),
        )
        chances = self._no_speech(scores[sum(counts) :]) if begun else []
        no_speech = dict(zip(begun, chances, strict=True))
        turns = []
        for lane, lead, one in zip(lanes, leads, fed, strict=True):
            lane.no_speech = no_speech.get(lead, lane.no_speech)
            turns.append(lane.take(choices[firsts[lead] :][: lane.rows], one))
        finish(turns)

    def _no_speech(self, scores: Tensor) -> list[float]:
        """What Whisper says at start-of-transcript: the probability that there is no speech."""
        found: list[float] = scores.softmax(dim=1)[:, self.tokenizer.no_speech].tolist()
        return found


def _goes_on(step: DecodeStep[TargetState]) -> bool:
    """Whether it is a translation of a segment of which more is to come."""
    return step.state.translates and not step.finished
