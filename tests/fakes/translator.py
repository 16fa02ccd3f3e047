"""A translator that reads from a script: it knows a word once enough of the segment was heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from interp.core.audio import samples_to_ms
from interp.core.translator import Abilities, DecodeStep, EncodeStep, Hypothesis, Pair, Word

PAIRS = frozenset(Pair(a, b) for a in ("fr", "en", "de") for b in (a, "en"))
ATTENTIVE = Abilities(attention=True)


@dataclass(slots=True)
class ScriptSource:
    """heard_samples: audio given so far; finished: no more comes."""

    heard_samples: int = 0
    finished: bool = False


@dataclass(slots=True)
class ScriptTarget:
    """prefix: words accepted so far."""

    source: ScriptSource
    stem: str
    context: str
    prefix: int = 0


@dataclass
class ScriptTranslator:
    """Word i is spoken at (i + 1) * word_ms; before it was heard the script guesses wrongly.

    words_max: length of every segment's text. ends_early: its end is told before the segment's.
    Its words begin with s in the speaker's own language,
    with w in another. encoded_samples, decodes: work done, for cost tests.
    fail_on_decode: raise at this decode (counted from 0). chances: of what is spoken; looks: how
    often that was asked. sources: the language of each writer.
    """

    word_ms: int = 400
    words_max: int = 1000
    ends_early: bool = False
    pairs: frozenset[Pair] = PAIRS
    abilities: Abilities = ATTENTIVE
    encoded_samples: int = 0
    decodes: int = 0
    fail_on_decode: int | None = None
    contexts: list[str] = field(default_factory=list)
    chances: Mapping[str, float] = field(default_factory=dict)
    looks: int = 0
    sources: list[str] = field(default_factory=list)

    def init_source(self) -> ScriptSource:
        return ScriptSource()

    def init_target(
        self, source: ScriptSource, source_language: str, target_language: str, context: str
    ) -> ScriptTarget:
        self.contexts.append(context)
        self.sources.append(source_language)
        stem = "s" if source_language == target_language else "w"
        return ScriptTarget(source, stem, context)

    def encode(self, steps: Sequence[EncodeStep[ScriptSource]]) -> None:
        for step in steps:
            assert not step.state.finished, "audio after the end of the segment"
            step.state.heard_samples += step.audio.size
            step.state.finished = step.finished
            self.encoded_samples += step.audio.size

    def spoken(self, sources: Sequence[ScriptSource]) -> list[Mapping[str, float]]:
        self.looks += 1
        return [self.chances if source.heard_samples else {} for source in sources]

    def decode(self, steps: Sequence[DecodeStep[ScriptTarget]]) -> list[Hypothesis]:
        return [self._decode(step) for step in steps]

    def _decode(self, step: DecodeStep[ScriptTarget]) -> Hypothesis:
        if self.decodes == self.fail_on_decode:
            self.decodes += 1
            raise RuntimeError("planted fault with a secret transcript")
        self.decodes += 1
        target = step.state
        target.prefix += step.accepted
        step.accepted = 0  # a step that is run again after a fault elsewhere counts once
        heard_ms = samples_to_ms(target.source.heard_samples)
        known = min(heard_ms // self.word_ms, self.words_max)
        words: list[Word] = []
        for i in range(target.prefix, known if step.finished else min(known + 2, self.words_max)):
            if len(words) == step.ask.words:
                break
            attended_ms = min((i + 1) * self.word_ms, heard_ms)
            place = attended_ms if self.abilities.attention else None
            guess = "" if i < known else f"?{heard_ms}"
            words.append(Word(f" {target.stem}{i}{guess}", 0.9 if i < known else 0.3, place))
            late = step.ask.before_ms is not None and attended_ms >= step.ask.before_ms
            if late:
                break
        over = self.ends_early and target.prefix + len(words) >= self.words_max
        return Hypothesis(tuple(words), finished=step.finished or over)
