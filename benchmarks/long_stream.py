"""Does the thirtieth minute of a stream cost what the first did, in compute and in memory?

The demo recording again and again through one session, on a virtual clock. Compute is CPU time.
`python -m benchmarks.long_stream --minutes 30`
"""

import argparse
import json
import platform
import resource
import statistics
import time
from importlib import resources

import torch

from interp import app
from interp.core.audio import SOURCE_RATE_HZ
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Audio
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings


def resident_mb() -> float:
    """Resident memory of this process now, MB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    """Print a line per round and a JSON line last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--policy", default=DEFAULT_POLICY)
    args = parser.parse_args()
    with resources.as_file(resources.files("interp") / "data/demo-fr.flac") as file:
        round_audio = read_audio(file)
    round_s = round_audio.size / SOURCE_RATE_HZ
    models = app.models(ModelSettings(threads=1), speaking=False)
    clock = VirtualClock()
    session = app.session(SessionConfig("fr", "en", policy=args.policy), models, clock)
    costs, memory = [], []
    for number in range(max(3, round(args.minutes * 60 / round_s))):
        started_s = time.process_time()
        for start in range(0, round_audio.size, 1600):
            chunk = round_audio[start : start + 1600]
            clock.advance_to((number * round_audio.size + start + chunk.size) / 16)
            session.feed(Audio(chunk, clock.now_ms()))
            while (work := session.advance()) is not None:
                (answer,) = models.run([work])
                session.complete(answer)
            session.take()
        costs.append((time.process_time() - started_s) / round_s)
        memory.append(resident_mb())
        minute = (number + 1) * round_s / 60
        print(f"minute {minute:5.1f}  {costs[-1]:.3f} CPU s/s  {memory[-1]:.0f} MB")
    first, last = statistics.mean(costs[1:3]), statistics.mean(costs[-2:])
    print(
        json.dumps(
            {
                "benchmark": "long_stream",
                "policy": args.policy,
                "minutes": round(len(costs) * round_s / 60, 1),
                "cpu_s_per_s_first": round(first, 4),
                "cpu_s_per_s_last": round(last, 4),
                "ratio": round(last / first, 3),
                "memory_growth_mb": round(memory[-1] - memory[1], 1),
                "torch": torch.__version__,
                "machine": platform.machine(),
            }
        )
    )


if __name__ == "__main__":
    main()
