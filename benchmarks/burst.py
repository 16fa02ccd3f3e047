"""How many sessions that are opened at once are let in, and how late are their words?

python -m benchmarks.burst [--sessions 32] [--over-s 1] [--seconds 25] [--local]
A server of its own with real weights and two replicas, or one in its own process; each session
speaks the demo's recording, from a place of its own, without a pause. Sessions that are refused do
not come again. Lag: from the end of what a word was written for to its being written; of words of
the last half.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.report import print_report
from interp.client.client import Client, connect, paced
from interp.core.config import SessionConfig
from interp.core.errors import InterpError
from interp.core.events import TargetText
from interp.intake.format import AudioFormat, Encoding
from interp.wire.messages import StreamConfig
from tests.attack.losses import CHUNK_MS, talk
from tests.attack.service import service

CONFIG = StreamConfig(SessionConfig("fr", "en"), AudioFormat(Encoding.PCM16, 16_000))
WHOLE_S = 60


@dataclass
class Heard:
    """lags_ms: of its words, with when the speaker was where. refused: why, if it was."""

    lags_ms: list[tuple[float, float]] = field(default_factory=list)
    refused: str = ""


async def hear(client: Client, chunks: Sequence[bytes], wait_s: float) -> Heard:
    """One session."""
    await asyncio.sleep(wait_s)
    heard = Heard()
    try:
        async for body in client.interpret(CONFIG, paced(chunks, CHUNK_MS)):
            if isinstance(body, TargetText):
                heard.lags_ms += [
                    (word.source_end_ms, word.elapsed_ms - word.source_end_ms)
                    for word in body.words
                ]
    except InterpError as error:
        heard.refused = error.reason.value
    return heard


async def burst(address: str, sessions: int, over_s: float, seconds: int) -> list[Heard]:
    """So many sessions, opened over this time."""
    whole = talk(WHOLE_S)
    async with connect(address) as client:
        hearing = []
        for number in range(sessions):
            start = number * 37 % len(whole)
            chunks = (whole[start:] + whole * 2)[: seconds * 1000 // CHUNK_MS]
            hearing.append(hear(client, chunks, over_s * number / sessions))
        return await asyncio.gather(*hearing)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=32)
    parser.add_argument("--over-s", type=float, default=1.0)
    parser.add_argument("--seconds", type=int, default=25)
    parser.add_argument("--local", action="store_true")
    args = parser.parse_args()
    replicas = ["--local"] if args.local else ["--replicas", "2"]
    with service(*replicas, "--lanes", "32") as served:
        found = asyncio.run(burst(served.address, args.sessions, args.over_s, args.seconds))
    late = [
        lag_ms for heard in found for at_ms, lag_ms in heard.lags_ms if at_ms > args.seconds * 500
    ]
    row = {
        "sessions": args.sessions,
        "over_s": args.over_s,
        "replicas": " ".join(replicas),
        "let_in": sum(not heard.refused for heard in found),
        "refused": sorted({heard.refused for heard in found if heard.refused}),
        "lag_p50_s": round(float(np.percentile(late, 50)) / 1000, 2),
        "lag_p95_s": round(float(np.percentile(late, 95)) / 1000, 2),
    }
    print_report("burst", [row])


if __name__ == "__main__":
    main()
