"""One target of a session: what the translator is asked, and what of its answers is written when.

To text what the mouth is to speech: `next_step` says what is due, `answered` makes of the answer
the words that are now written. A session has a writer for each language that it writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from interp.core.audio import SAMPLES_PER_MS, samples_to_ms
from interp.core.config import SessionConfig
from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.core.events import Output, SourceText, TargetText, WrittenWord
from interp.core.glossary import NO_TERMS, Glossary
from interp.core.languages import AUTO
from interp.core.translator import Ask, DecodeStep, Hypothesis, Pair, Translator, Word
from interp.engine.guards import believable
from interp.engine.segment import Segment
from interp.engine.track import Track
from interp.policies import parse
from interp.policies.attention import honoured
from interp.policies.base import ALL_WORDS, LISTEN, Policy, Read, View, Write
from interp.policies.effort import Effort, effort_of
from interp.policies.guard import guards
from interp.policies.waiting import wait_of

CAPTIONS_POLICY = "alignatt:guard_ms=400,unit_ms=500"
CAPTIONS_WITHOUT_ATTENTION = "agree:n=2,unit_ms=500"

Text: TypeAlias = TargetText | SourceText


@dataclass(frozen=True, slots=True)
class WriterState:
    """What a checkpoint keeps. carried: last words of a segment that was cut for its length."""

    policy: str
    carried: str = ""
    glossary: Glossary = NO_TERMS

    @classmethod
    def of(cls, config: SessionConfig) -> "WriterState":
        """That of a session that begins."""
        return cls(config.policy, glossary=config.glossary)


@dataclass(frozen=True, slots=True)
class Decision:
    """One READ or WRITE. words: written now. text: what there is to say of it. guarded: a guard
    kept back words that the policy would have written."""

    segment: int
    units: int
    words: tuple[WrittenWord, ...] = ()
    text: Text | None = None
    guarded: bool = False


class Writer:
    """Writes one language of one session, segment by segment."""

    def __init__(
        self, translator: Translator, pair: Pair, text: type[Text], state: WriterState
    ) -> None:
        """text: what its words are told as. Raises NotServed, InvalidRequest."""
        self._translator, self._pair, self._text = translator, pair, text
        self._carried = state.carried
        self._track: Track | None = None
        self._glossary = NO_TERMS
        self.set_policy(state.policy)
        self.set_glossary(state.glossary)

    @property
    def state(self) -> WriterState:
        """For a checkpoint between two segments."""
        return WriterState(self._policy_text, self._carried, self._glossary)

    @property
    def target(self) -> str:
        """The language that it writes."""
        return self._pair.target

    @property
    def effort(self) -> Effort:
        """What its hypotheses are worth."""
        return effort_of(self._policy)

    @property
    def attended_sample(self) -> int:
        """Where in the stream the last word written points; the segment's start before any."""
        return self._open.start_sample + self._open.attended_ms * SAMPLES_PER_MS

    @property
    def stalled(self) -> bool:
        """Whether the text of the open segment has ended, as far as the translator can tell."""
        return self._open.stalled

    def set_source(self, language: str) -> None:
        """From the next segment on, this is spoken. Known before the first is opened."""
        self._pair = Pair(language, self._pair.target)

    def set_policy(self, policy: str) -> None:
        """Decide with this one from now on. Raises NotServed, InvalidRequest."""
        self._policy = honoured(parse(policy), self._translator.abilities)
        self._policy_text = policy

    def set_glossary(self, glossary: Glossary) -> None:
        """Write these terms from now on. Raises InvalidRequest where the backend takes none."""
        self._heed(replace(glossary, expected=glossary.expected or self._glossary.expected))

    def expect(self, words: tuple[str, ...]) -> None:
        """Expect to hear these words from the next segment on. Raises as `set_glossary`."""
        self._heed(replace(self._glossary, expected=words))

    def _heed(self, glossary: Glossary) -> None:
        if glossary != NO_TERMS and not self._translator.abilities.glossary:
            raise InvalidRequest(Reason.BAD_GLOSSARY, "this model takes no glossary")
        self._glossary = glossary

    def open(self, segment: Segment) -> None:
        """A segment begins, or what is left of one whose text ended early."""
        context = self._carried if self._track is None else ""
        target = self._translator.init_target(
            segment.source, self._pair.source, self._pair.target, context
        )
        self._track = Track(segment.number, segment.start_sample, target)

    def close(self, *, hand_on: bool) -> None:
        """The segment is over; hand_on: the next goes on in the middle of a sentence."""
        self._carried = self._open.context(self._carried) if hand_on else ""
        self._track = None

    def reached_unit(self, voiced_samples: int) -> bool:
        """Whether a decision is due, now that the segment has so much voiced time."""
        return self._open.reached_unit(voiced_samples, self._policy.unit_ms)

    def next_step(self, position: int, *, finishing: bool) -> DecodeStep[Any] | None:
        """What the translator is to do now that the source is at this sample; None: nothing.

        finishing: the segment is over, the rest is due.
        """
        track = self._open
        view = track.view(self._heard_ms(position))
        ask = Ask(ALL_WORDS, beams=self.effort.beams) if finishing else self._policy.ask(view)
        if ask is None or (ask == LISTEN and self._may_hear_later(view)):
            return None
        accepted, wait = track.take_accepted(), wait_of(self._policy)
        return DecodeStep(track.target, ask, accepted, finishing, self._glossary, wait)

    def _may_hear_later(self, view: View) -> bool:
        """Whether the next step is to encode anew about all that could be encoded now, with more
        that tells it what this was: then now is too early."""
        later_ms = self.effort.anew_ms + self._policy.unit_ms if self.effort.anew_ms else 0
        return not view.written and view.heard_ms <= later_ms

    def waits(self) -> Decision:
        """READ, where there was nothing to do."""
        return Decision(self._open.segment, self._open.units)

    def answered(
        self, step: DecodeStep[Any], hypothesis: Hypothesis, position: int, elapsed_ms: int
    ) -> Decision:
        """What is written of the answer to `step`. position, elapsed_ms: when it is."""
        track = self._open
        if step.ask == LISTEN:
            return self.waits()
        answered, hypothesis = hypothesis, believable(hypothesis, track.written)
        count = len(hypothesis.words)
        guarded = count < len(answered.words)
        if not step.finished:
            view = track.view(self._heard_ms(position))
            count = min(count, _chosen(self._policy, view, hypothesis))
            guarded = guarded or guards(self._policy, view, hypothesis)
        track.stalled = bool(track.written) and hypothesis.finished and not hypothesis.words
        tentative = track.tentative
        words = tuple(self._stamped(track.write(hypothesis, count), position, elapsed_ms))
        ended = step.finished and bool(track.written)
        text = self._text(track.segment, words, track.tentative, step.finished)
        told = words or ended or track.tentative != tentative
        return Decision(track.segment, track.units, words, text if told else None, guarded)

    @property
    def _open(self) -> Track:
        assert self._track is not None, "a segment is opened before it is written"
        return self._track

    def _heard_ms(self, position: int) -> int:
        """Source of the segment up to this sample."""
        return samples_to_ms(position - self._open.start_sample)

    def _stamped(
        self, words: tuple[Word, ...], position: int, elapsed_ms: int
    ) -> Iterator[WrittenWord]:
        """With when they were written and where they came from: all that was heard, if not told."""
        track, delay_ms = self._open, samples_to_ms(position)
        start_ms, heard_ms = samples_to_ms(track.start_sample), self._heard_ms(position)
        for word in words:
            came_ms = heard_ms if word.attended_ms is None else word.attended_ms
            begin_ms, track.attended_ms = track.attended_ms, max(track.attended_ms, came_ms)
            yield WrittenWord(
                word.text,
                delay_ms,
                elapsed_ms,
                start_ms + begin_ms,
                start_ms + track.attended_ms,
                word.probability,
            )


def _chosen(policy: Policy, view: View, hypothesis: Hypothesis) -> int:
    """How many words the policy writes."""
    match policy.decide(view, hypothesis):
        case Read():
            return 0
        case Write(words):
            return words


def captions_of(
    translator: Translator,
    language: str,
    outputs: frozenset[Output],
    expected: tuple[str, ...] = (),
) -> Writer | None:
    """Writes down what a speaker says, where that is wanted and known. expected: words that he may
    say. Raises NotServed."""
    if Output.SOURCE_TEXT not in outputs or language == AUTO:
        return None
    own = Pair(language, language)
    if own not in translator.pairs:
        raise NotServed(Reason.PAIR_NOT_SERVED, "source text in this language is not served")
    attentive = translator.abilities.attention
    policy = CAPTIONS_POLICY if attentive else CAPTIONS_WITHOUT_ATTENTION
    glossary = Glossary(expected=expected)
    return Writer(translator, own, SourceText, WriterState(policy, glossary=glossary))
