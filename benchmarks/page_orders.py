"""How soon does an order given on the page take effect at the client?

python -m benchmarks.page_orders

A scripted session speaks all the time; the page mutes and unmutes it. Silence is counted from the
moment that the order is sent to the last frame of the voice, output from the order to the next.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from benchmarks.page_readers import now_ms
from benchmarks.report import print_report
from interp.client.client import connect, paced
from interp.core.events import Output, TargetSpeech
from interp.wire.messages import StreamConfig
from tests.fakes.replica import FakeReplica
from tests.monitor.web import Page, paged
from tests.serve.gateway import CHUNK, CHUNK_MS, CONFIG, eventually, serving

WORD_MS = 100
QUIET_S, LOUD_S = 0.6, 0.6


@dataclass(frozen=True, slots=True)
class Row:
    """order; ms from when it was sent to the last, or the next, speech at the client."""

    order: str
    count: int
    p50_ms: float
    p95_ms: float
    most_ms: float


class Voice:
    """When the client got speech."""

    def __init__(self) -> None:
        self.at_ms: list[float] = []

    def last_ms(self) -> float:
        return self.at_ms[-1]

    def next_ms(self, after_ms: float) -> float:
        return next(at for at in self.at_ms if at > after_ms)


async def measure(count: int) -> list[Row]:
    """So many times muted and unmuted."""
    outputs = frozenset({Output.TEXT, Output.SPEECH})
    config = replace(CONFIG, session=replace(CONFIG.session, outputs=outputs))
    voice, replica = Voice(), FakeReplica(word_ms=WORD_MS)
    async with serving(replica) as gateway, paged(gateway) as page:
        talking = asyncio.create_task(listen(gateway.address, config, voice, count))
        (row,) = await page.sessions()
        await eventually(lambda: len(voice.at_ms) >= 5, 10)
        silent, output = [], []
        for _ in range(count):
            sent_ms = now_ms()
            await order(page, row["id"], muted=True)
            await asyncio.sleep(QUIET_S)
            silent.append(max(0.0, voice.last_ms() - sent_ms))
            sent_ms = now_ms()
            await order(page, row["id"], muted=False)
            await asyncio.sleep(LOUD_S)
            output.append(voice.next_ms(sent_ms) - sent_ms)
        talking.cancel()
    return [row_of("mute: silence", silent), row_of("unmute: next output", output)]


async def order(page: Page, session_id: str, *, muted: bool) -> None:
    """The cough key."""
    answer = await page.steer(session_id, muteSpeech={"muted": muted})
    assert answer.status == 200, answer.body


async def listen(address: str, config: StreamConfig, voice: Voice, count: int) -> None:
    """A client at the speed of speech."""
    seconds = (count + 5) * (QUIET_S + LOUD_S) * 2
    chunks = [CHUNK] * round(seconds * 1000 / CHUNK_MS)
    async with connect(address) as service:
        async for body in service.interpret(config, paced(chunks, CHUNK_MS)):
            if isinstance(body, TargetSpeech):
                voice.at_ms.append(now_ms())


def row_of(name: str, values: Sequence[float]) -> Row:
    """Quantiles of them."""
    order = sorted(values)
    p50, p95 = (order[int(share * (len(order) - 1))] for share in (0.5, 0.95))
    return Row(name, len(order), *(round(each, 1) for each in (p50, p95, order[-1])))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    args = parser.parse_args()
    print_report("page_orders", map(asdict, asyncio.run(measure(args.count))))


if __name__ == "__main__":
    main()
