"""How many speakers at the pace of speech does one model copy serve? One process, one device.

python -m benchmarks.paced_sessions --device cuda --model whisper-base --sessions 256 512 1024
Each session hears the recording from another place on, 100 ms at a time, over and over; what is
told is how late its words were. The first seconds are not counted: first calls are slow.

With --processor-time, on a processor, time goes on by what the process computed and no more, so
that a busy machine tells what a quiet core would; --share of that core is the replica's. A policy
of `best` is what a replica with so many sessions makes of it.
"""

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from benchmarks.report import print_report
from interp import app
from interp.core.audio import SOURCE_RATE_HZ, Samples, ms_to_samples
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.errors import InvalidRequest
from interp.core.events import Audio, Numbered, TargetText, Warned, WarningCode, WrittenWord
from interp.deployment import Deployment
from interp.engine.host import Host, HostSettings
from interp.engine.replica import Outbound
from interp.intake.file import read_audio
from interp.models.device import device_of
from interp.models.settings import ModelSettings
from interp.policies.qualities import BEST

TICK_S = 0.02
CHUNK_MS = 100


class Time:
    """The machine's own time, which goes on by itself."""

    def now_ms(self) -> float:
        """As Clock."""
        return time.monotonic() * 1000

    def wait(self, host: Host, until_ms: float) -> None:
        """Let the host's own thread work until then."""
        time.sleep(max(0.0, until_ms - self.now_ms()) / 1000)


class ProcessorTime(Time):
    """Goes on while this thread computes, which has `share` of a core, and by waiting."""

    def __init__(self, share: float) -> None:
        self._share, self._waited_ms = share, 0.0

    def now_ms(self) -> float:
        """As Clock."""
        return self._waited_ms + time.thread_time() * 1000 / self._share

    def wait(self, host: Host, until_ms: float) -> None:
        """Work for the host until then, in this thread."""
        while self.now_ms() < until_ms and host.work():
            pass
        self._waited_ms += max(0.0, until_ms - self.now_ms())


@dataclass
class Heard:
    """What came of one level. words: with when each came; passed_over: sessions that were late.
    cpu: processor time of a session, s per s."""

    words: list[WrittenWord] = field(default_factory=list)
    cpu: float = 0.0
    passed_over: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    def take(self, outs: Iterable[Outbound], *, counted: bool) -> None:
        """What a tick brought."""
        for out in outs:
            if out.error:
                self.lost.add(out.session_id)
            for item in out.items if counted else ():
                match item:
                    case Numbered(event=TargetText(words=words)):
                        self.words += words
                    case Numbered(event=Warned(code=WarningCode.CATCHING_UP)):
                        self.passed_over.add(out.session_id)
                    case _:
                        pass

    def row(self, sessions: int) -> dict[str, float | int | None]:
        """Age of a word's source when it was written; time from its decision to the word, s."""
        ages = [word.elapsed_ms - word.source_end_ms for word in self.words]
        waits = [word.elapsed_ms - word.delay_ms for word in self.words]
        return {
            "sessions": sessions,
            "words": len(self.words),
            "age_p50_s": _percentile_s(ages, 50),
            "age_p95_s": _percentile_s(ages, 95),
            "wait_p50_s": _percentile_s(waits, 50),
            "wait_p95_s": _percentile_s(waits, 95),
            "cpu_s_per_s": round(self.cpu, 3),
            "passed_over": len(self.passed_over),
            "lost": len(self.lost),
        }


def _percentile_s(times_ms: Sequence[int], percent: int) -> float | None:
    return round(float(np.percentile(times_ms, percent)) / 1000, 2) if times_ms else None


def play(
    host: Host, audio: Samples, config: SessionConfig, sessions: int, args: "Times", clock: Time
) -> Heard:
    """Hold so many sessions open for the time."""
    names = [f"s{number}" for number in range(sessions)]
    for name in names:
        host.open(name, config, None)
    begins = [number * audio.size // sessions for number in range(sessions)]
    heard, chunk = Heard(), ms_to_samples(CHUNK_MS)
    began_ms, sent, computed_s = clock.now_ms(), [0] * sessions, -time.process_time()
    while (passed_s := (clock.now_ms() - began_ms) / 1000) < args.warm_s + args.seconds:
        inbound: dict[str, Sequence[Audio]] = {}
        for number, name in enumerate(names):
            if name in heard.lost:
                continue
            # speakers do not speak in step: their chunks are spread over the chunk's length
            due = int((passed_s * 1000 + number * CHUNK_MS / sessions) / CHUNK_MS) - sent[number]
            places = begins[number] + (sent[number] + np.arange(due)) * chunk
            sent[number] += due
            now_ms = clock.now_ms()
            inbound[name] = [
                Audio(np.take(audio, range(at, at + chunk), mode="wrap"), now_ms) for at in places
            ]
        heard.take(host.tick(inbound), counted=passed_s > args.warm_s)
        clock.wait(host, began_ms + (passed_s + TICK_S) * 1000)
    heard.cpu = (computed_s + time.process_time()) / passed_s / sessions
    for name in names:
        host.close(name)
    return heard


@dataclass(frozen=True)
class Times:
    """seconds: counted, after warm_s."""

    seconds: float
    warm_s: float


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, default=Path("interp/data/demo-fr.flac"))
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--policy", default=DEFAULT_POLICY)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--warm", type=float, default=10.0)
    parser.add_argument("--processor-time", action="store_true")
    parser.add_argument("--share", type=float, default=1.0)
    args = parser.parse_args()
    try:
        device = device_of(args.device)
    except InvalidRequest as error:
        parser.error(error.message)
    deployment = replace(
        Deployment(),
        models=ModelSettings(translator=args.model, device=args.device),
        host=HostSettings(lanes=max(args.sessions)),
    )
    clock = ProcessorTime(args.share) if args.processor_time else Time()
    host = app.build_host(deployment, clock)
    if not args.processor_time:
        host.start()
    audio = read_audio(args.audio)[: 60 * SOURCE_RATE_HZ]
    rows = []
    try:
        for sessions in args.sessions:
            policy = host.info.quality(sessions) if args.policy == BEST else args.policy
            config = SessionConfig("fr", "en", policy=policy)
            heard = play(host, audio, config, sessions, Times(args.seconds, args.warm), clock)
            rows.append({"model": args.model, "policy": policy, **heard.row(sessions)})
            print(rows[-1], flush=True)
    finally:
        host.stop()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "no GPU"
    print_report("paced_sessions", [{"device": name, **row} for row in rows])


if __name__ == "__main__":
    main()
