"""What does a session cost, alone and with others that decide in the same moment?

python -m benchmarks.session_cost --policy fast --sessions 1 4 16 --precision int8
No pace and no server: half a second of speech at a time to each session, their work as one batch.
CPU seconds per second of speech and session.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.report import print_report
from interp import app
from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Audio
from interp.engine.models import Models
from interp.engine.session import Session
from interp.engine.work import Work
from interp.intake.file import read_audio
from interp.models.precision import Precision
from interp.models.settings import ModelSettings

CHUNK_S = 0.5


def step(sessions: list[Session], models: Models) -> list[int]:
    """Advance all until none has work left; how many works each batch had."""
    batches: list[int] = []
    while True:
        works: dict[int, Work] = {}
        for number, session in enumerate(sessions):
            if work := session.advance():
                works[number] = work
        if not works:
            return batches
        answers = models.run(list(works.values()))
        for number, answer in zip(works, answers, strict=True):
            sessions[number].complete(answer)
        batches.append(len(works))


def cost(
    models: Models, audio: Samples, policy: str, count: int, seconds: float
) -> tuple[float, float]:
    """Of one of so many sessions, CPU s per s; and the mean size of a batch."""
    clock, chunk = VirtualClock(), int(CHUNK_S * SOURCE_RATE_HZ)
    config = SessionConfig("fr", "en", policy=policy)
    sessions = [app.session(config, models, clock) for _ in range(count)]
    batches: list[int] = []
    started_s = time.process_time()
    for at in range(0, int(seconds * SOURCE_RATE_HZ), chunk):
        for number, session in enumerate(sessions):
            begin = at + number * audio.size // count
            samples = np.take(audio, range(begin, begin + chunk), mode="wrap")
            session.feed(Audio(samples, 1000 * at / SOURCE_RATE_HZ))
        batches += step(sessions, models)
        for session in sessions:
            session.take()
    spent_s = time.process_time() - started_s
    return round(spent_s / seconds / count, 3), round(float(np.mean(batches)), 1)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, default=Path("interp/data/demo-fr.flac"))
    parser.add_argument("--policy", default=DEFAULT_POLICY)
    parser.add_argument("--precision", type=Precision, default=Precision.FLOAT16)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--seconds", type=float, default=10.0)
    args = parser.parse_args()
    settings = app.settled(ModelSettings(), args.precision)
    models, audio = app.models(settings, speaking=False), read_audio(args.audio)
    models.warm_up()
    rows = []
    for count in args.sessions:
        cpu, batch = cost(models, audio, args.policy, count, args.seconds)
        rows.append({"sessions": count, "cpu_s_per_s": cpu, "batch": batch})
        print(rows[-1], flush=True)
    print_report("session_cost", [{"precision": settings.whisper.precision, "rows": rows}])


if __name__ == "__main__":
    main()
