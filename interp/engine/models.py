"""What the sessions of a process run on: a translator and its voices, given the work of many."""

import itertools
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from interp.core.audio import SOURCE_RATE_HZ, samples_to_ms, silence
from interp.core.config import SessionConfig, voice_of
from interp.core.languages import AUTO
from interp.core.logs import described
from interp.core.synthesiser import SpeakStep, Synthesiser, Voice
from interp.core.tracing import UNSEEN, Tracing
from interp.core.translator import Ask, DecodeStep, EncodeStep, Pair, Translator
from interp.engine.work import (
    Answer,
    Failed,
    Identified,
    Identifying,
    Speaking,
    Spoken,
    Work,
    Writing,
    Written,
    attempt,
)

log = logging.getLogger(__name__)

WorkT = TypeVar("WorkT", Writing, Identifying, SpeakStep[Any])


class Models:
    """One translator, and voices of different names or languages."""

    def __init__(
        self,
        translator: Translator,
        voices: Sequence[Synthesiser] = (),
        tracing: Tracing = UNSEEN,
    ) -> None:
        """tracing: who follows the work."""
        self.translator, self.tracing = translator, tracing
        self._synthesisers = {each.voice: each for each in voices}

    @property
    def pairs(self) -> frozenset[Pair]:
        """What a session may ask for: the translator's, and where it tells what is spoken, also
        whatever that is, into each target that more than its own language is written in."""
        pairs = frozenset(self.translator.pairs)
        if not self.translator.abilities.languages:
            return pairs
        return pairs | {Pair(AUTO, pair.target) for pair in pairs if pair.source != pair.target}

    @property
    def voices(self) -> tuple[Voice, ...]:
        """What it speaks with; the first that suits a session is its default."""
        return tuple(self._synthesisers)

    def synthesiser_of(self, config: SessionConfig) -> Synthesiser | None:
        """What speaks for a session; None where no voice suits it."""
        voice = voice_of(config, self.voices)
        return self._synthesisers[voice] if voice else None

    def run(self, works: Sequence[Work]) -> list[Answer]:
        """Answers in order. Works of a kind are one batch and share its time evenly, by decode.

        What is written comes before what is said. Where a batch fails its works are run again, each
        alone: only those that fail then are Failed.
        """
        writing: dict[int, Writing] = {}
        identifying: dict[int, Identifying] = {}
        speaking: dict[Voice, dict[int, SpeakStep[Any]]] = {}
        for place, work in enumerate(works):
            match work:
                case Writing():
                    writing[place] = work
                case Identifying():
                    identifying[place] = work
                case Speaking(voice, step):
                    speaking.setdefault(voice, {})[place] = step
        answers = _answers(writing, partial(_write, self.translator, self.tracing))
        answers |= _answers(identifying, partial(_identify, self.translator, self.tracing))
        for voice, steps in speaking.items():
            answers |= _answers(steps, partial(_speak, self._synthesisers[voice], self.tracing))
        return [answers[place] for place in range(len(works))]

    def warm_up(self) -> None:
        """Have each model work once: the first time is slow, and should not be a speaker's."""
        translator = self.translator
        source = translator.init_source()
        pair = min(translator.pairs)
        target = translator.init_target(source, pair.source, pair.target, "")
        encode = EncodeStep(source, silence(SOURCE_RATE_HZ), finished=True)
        _write(
            translator, UNSEEN, [Writing(encode, (DecodeStep(target, Ask(1), 0, finished=True),))]
        )
        for synthesiser in self._synthesisers.values():
            state = synthesiser.init_state(0)
            _speak(synthesiser, UNSEEN, [SpeakStep(state, ("One.",), 1.0, 0, frames=1)])


def _answers(
    batch: Mapping[int, WorkT], run: Callable[[Sequence[WorkT]], Sequence[Answer]]
) -> dict[int, Answer]:
    """Answers by place."""
    if not batch:
        return {}
    found = attempt(partial(run, list(batch.values())))
    if not isinstance(found, Failed):
        return dict(zip(batch, found, strict=True))
    log.error("batch failed", extra={"lanes": len(batch), **described(found.error)})
    return {place: _alone(work, run) for place, work in batch.items()}


def _alone(work: WorkT, run: Callable[[Sequence[WorkT]], Sequence[Answer]]) -> Answer:
    found = attempt(partial(run, [work]))
    return found if isinstance(found, Failed) else found[0]


def _write(translator: Translator, tracing: Tracing, works: Sequence[Writing]) -> list[Written]:
    started_s = time.perf_counter()
    _encode(translator, tracing, works)
    steps = [step for work in works for step in work.decodes]
    with tracing.span("decode", steps=len(steps)):
        hypotheses = iter(translator.decode(steps))
    share_ms = (time.perf_counter() - started_s) * 1000 / len(steps)
    return [
        Written(tuple(itertools.islice(hypotheses, count)), share_ms * count)
        for count in (len(work.decodes) for work in works)
    ]


def _identify(
    translator: Translator, tracing: Tracing, works: Sequence[Identifying]
) -> list[Identified]:
    started_s = time.perf_counter()
    _encode(translator, tracing, works)
    with tracing.span("identify", steps=len(works)):
        found = translator.spoken([work.source for work in works])
    share_ms = (time.perf_counter() - started_s) * 1000 / len(works)
    return [Identified(chances, share_ms) for chances in found]


def _encode(
    translator: Translator, tracing: Tracing, works: Sequence[Writing] | Sequence[Identifying]
) -> None:
    """A work whose audio was encoded holds none any more: it is not encoded twice."""
    if heard := [work.encode for work in works if work.encode]:
        samples = sum(step.audio.size for step in heard)
        with tracing.span("encode", steps=len(heard), audio_ms=samples_to_ms(samples)):
            translator.encode(heard)
    for work in works:
        work.encode = None


def _speak(
    synthesiser: Synthesiser, tracing: Tracing, steps: Sequence[SpeakStep[Any]]
) -> list[Spoken]:
    started_s = time.perf_counter()
    with tracing.span("speak", steps=len(steps), voice=synthesiser.voice.name):
        spoken = synthesiser.speak(steps)
    share_ms = (time.perf_counter() - started_s) * 1000 / len(steps)
    return [Spoken(frames, share_ms) for frames in spoken]
