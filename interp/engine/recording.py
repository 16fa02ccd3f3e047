"""One recording through one session in this process, on a virtual clock.

Audio arrives when it would have been spoken; the clock moves on by the compute that was really
spent, so compute overlaps with listening and `elapsed` is what a live session would have seen.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from interp.core.audio import VAD_FRAME_SAMPLES, Samples, samples_to_ms
from interp.core.clock import VirtualClock
from interp.core.events import Audio, End, Event, Input, Numbered
from interp.engine.batch import run_batch
from interp.engine.ports import Translator
from interp.engine.session import Session

VoiceT = TypeVar("VoiceT")
SourceT = TypeVar("SourceT")
TargetT = TypeVar("TargetT")


def interpret(
    session: Session[VoiceT, SourceT, TargetT],
    translator: Translator[SourceT, TargetT],
    samples: Samples,
    clock: VirtualClock,
    chunk_samples: int = VAD_FRAME_SAMPLES,
    pace: Callable[[float], None] | None = None,
) -> Iterator[Event]:
    """Events of the whole recording, as they are said. samples: 16 kHz mono [sample].

    pace: called with the time, ms, at which each chunk would arrive, to wait for it.
    """
    for start in range(0, samples.size, chunk_samples):
        chunk = samples[start : start + chunk_samples]
        arrived_ms = float(samples_to_ms(start + chunk.size))
        if pace:
            pace(arrived_ms)
        clock.advance_to(arrived_ms)
        yield from _step(session, translator, clock, Audio(chunk, arrived_ms))
    yield from _step(session, translator, clock, End())


def _step(
    session: Session[VoiceT, SourceT, TargetT],
    translator: Translator[SourceT, TargetT],
    clock: VirtualClock,
    item: Input,
) -> Iterator[Event]:
    session.feed(item)
    while (work := session.advance()) is not None:
        (answer,) = run_batch(translator, [work])
        clock.advance(answer.compute_ms)
        session.complete(answer)
        yield from _events(session)
    yield from _events(session)


def _events(session: Session[VoiceT, SourceT, TargetT]) -> Iterator[Event]:
    yield from (item.event for item in session.take() if isinstance(item, Numbered))
