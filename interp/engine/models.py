"""What the sessions of a process run on: a translator and its voices, given the work of many."""

import itertools
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from interp.core.audio import SOURCE_RATE_HZ, silence
from interp.core.config import SessionConfig, voice_of
from interp.core.logs import described
from interp.core.synthesiser import SpeakStep, Synthesiser, Voice
from interp.core.translator import Ask, DecodeStep, EncodeStep, Translator
from interp.engine.work import Answer, Failed, Speaking, Spoken, Work, Writing, Written, attempt

log = logging.getLogger(__name__)

WorkT = TypeVar("WorkT", Writing, SpeakStep[Any])


class Models:
    """One translator, and voices of different names or languages."""

    def __init__(self, translator: Translator, voices: Sequence[Synthesiser] = ()) -> None:
        self.translator = translator
        self._synthesisers = {Voice(each.name, each.language): each for each in voices}

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
        speaking: dict[Voice, dict[int, SpeakStep[Any]]] = {}
        for place, work in enumerate(works):
            match work:
                case Writing():
                    writing[place] = work
                case Speaking(voice, step):
                    speaking.setdefault(voice, {})[place] = step
        answers = _answers(writing, partial(_write, self.translator))
        for voice, steps in speaking.items():
            answers |= _answers(steps, partial(_speak, self._synthesisers[voice]))
        return [answers[place] for place in range(len(works))]

    def warm_up(self) -> None:
        """Have each model work once: the first time is slow, and should not be a speaker's."""
        translator = self.translator
        source = translator.init_source()
        pair = min(translator.pairs)
        target = translator.init_target(source, pair.source, pair.target, "")
        encode = EncodeStep(source, silence(SOURCE_RATE_HZ), finished=True)
        _write(translator, [Writing(encode, (DecodeStep(target, Ask(1), 0, finished=True),))])
        for synthesiser in self._synthesisers.values():
            state = synthesiser.init_state(0)
            _speak(synthesiser, [SpeakStep(state, ("One.",), 1.0, 0, frames=1)])


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


def _write(translator: Translator, works: Sequence[Writing]) -> list[Written]:
    """A work whose audio was encoded holds none any more: it is not encoded twice."""
    started_s = time.perf_counter()
    translator.encode([work.encode for work in works if work.encode])
    for work in works:
        work.encode = None
    steps = [step for work in works for step in work.decodes]
    hypotheses = iter(translator.decode(steps))
    share_ms = (time.perf_counter() - started_s) * 1000 / len(steps)
    return [
        Written(tuple(itertools.islice(hypotheses, count)), share_ms * count)
        for count in (len(work.decodes) for work in works)
    ]


def _speak(synthesiser: Synthesiser, steps: Sequence[SpeakStep[Any]]) -> list[Spoken]:
    started_s = time.perf_counter()
    spoken = synthesiser.speak(steps)
    share_ms = (time.perf_counter() - started_s) * 1000 / len(steps)
    return [Spoken(frames, share_ms) for frames in spoken]
