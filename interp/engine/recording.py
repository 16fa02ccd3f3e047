"""One recording through one session in this process, on a virtual clock.

Audio arrives when it would have been spoken; the clock moves on by the compute that was really
spent, so compute overlaps with listening and `elapsed` is what a live session would have seen.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from interp.core.audio import VAD_FRAME_SAMPLES, Samples, samples_to_ms
from interp.core.clock import VirtualClock
from interp.core.events import Audio, End, Event, Input, Numbered, Steering
from interp.engine.session import Session


@dataclass(frozen=True, slots=True)
class Cue:
    """A control, and where in the recording it takes its place."""

    at_ms: int
    control: Steering


def interpret(
    session: Session,
    samples: Samples,
    clock: VirtualClock,
    chunk_samples: int = VAD_FRAME_SAMPLES,
    pace: Callable[[float], None] | None = None,
    cues: Iterable[Cue] = (),
) -> Iterator[Event]:
    """Events of the whole recording, as they are said. samples: 16 kHz mono [sample].

    pace: called with the time, ms, at which each chunk would arrive, to wait for it. cues: in the
    order of their time.
    """
    waiting = deque(cues)
    for audio in chunks(samples, chunk_samples):
        while waiting and waiting[0].at_ms < audio.arrived_ms:
            yield from _answered(session, clock, waiting.popleft().control)
        if pace:
            pace(audio.arrived_ms)
        clock.advance_to(audio.arrived_ms)
        yield from _answered(session, clock, audio)
    yield from _answered(session, clock, End())


def chunks(samples: Samples, chunk_samples: int = VAD_FRAME_SAMPLES) -> Iterator[Audio]:
    """The recording in pieces, each arriving when its last sample was spoken."""
    for start in range(0, samples.size, chunk_samples):
        chunk = samples[start : start + chunk_samples]
        yield Audio(chunk, float(samples_to_ms(start + chunk.size)))


def _answered(session: Session, clock: VirtualClock, item: Input) -> Iterator[Event]:
    """Events that one input leads to; the clock moves on by the time of the work it asks for."""
    session.feed(item)
    while (work := session.advance()) is not None:
        (answer,) = session.models.run([work])
        clock.advance(answer.compute_ms)
        session.complete(answer)
        yield from said(session)
    yield from said(session)


def said(session: Session) -> Iterator[Event]:
    """What the session has said since it was last asked."""
    yield from (item.event for item in session.take() if isinstance(item, Numbered))
