"""How soon does a change reach those who read a session's page? Readers are another process.

python -m benchmarks.page_readers --readers 1 100 500

A reader's time is from the moment that the server said a word to the arrival of its event. The
client's own lag is printed beside it: it must not depend on how many read.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

from benchmarks.report import print_report
from interp.client.client import connect, paced
from interp.core.events import TargetText
from interp.serve.relay import Relay
from tests.fakes.replica import FakeReplica
from tests.monitor.web import Page, changes, paged, written
from tests.serve.gateway import CHUNK, CHUNK_MS, CONFIG, serving

SETTLE_S = 3.0
WORD_MS = 400
"""A word of the script this often: a brisk speaker's pace."""


@dataclass(frozen=True, slots=True)
class Row:
    """readers at once; events that they got; ms from said to there; ms from said to the client."""

    readers: int
    events: int
    p50_ms: float
    p99_ms: float
    client_p50_ms: float
    client_p99_ms: float


async def measure(readers: int, seconds: float) -> Row:
    """One session at the speed of speech."""
    said: dict[str, float] = {}
    client: list[float] = []
    async with serving(FakeReplica(word_ms=WORD_MS)) as gateway, paged(gateway) as page:
        chunks = [CHUNK] * round((seconds + SETTLE_S) * 1000 / CHUNK_MS)

        async def listen() -> None:
            async with connect(gateway.address) as service:
                async for body in service.interpret(CONFIG, paced(chunks, CHUNK_MS)):
                    if isinstance(body, TargetText):
                        known = [said[word.text] for word in body.words if word.text in said]
                        client.extend(now_ms() - each for each in known)

        listening = asyncio.create_task(listen())
        (row,) = await page.sessions()
        relay = gateway.server.sessions.find(row["id"])
        assert relay
        noting = asyncio.create_task(note(relay, said))
        shared = await page.ask(f"/v1/sessions/{row['id']}:share", {})
        link = f"/v1/links/{shared.json['token']}:watch"
        arrivals = await in_another_process(page.port, link, readers)
        await listening
        await noting
    late = sorted(at - said[word] for word, at in arrivals if word in said)
    client.sort()
    return Row(
        readers,
        len(late),
        *(round(late[int(share * (len(late) - 1))], 1) for share in (0.5, 0.99)),
        *(round(client[int(share * (len(client) - 1))], 1) for share in (0.5, 0.99)),
    )


def now_ms() -> float:
    """The machine's monotonic clock, the same in all its processes."""
    return time.monotonic() * 1000


async def note(relay: Relay, said: dict[str, float]) -> None:
    """When each word was said."""
    with relay.downlink.watch() as watch:
        async for body in watch:
            if isinstance(body, TargetText):
                said |= {word.text: now_ms() for word in body.words if word.text not in said}


async def in_another_process(port: int, link: str, readers: int) -> list[tuple[str, float]]:
    """Word and arrival of each event that a reader got."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.page_readers", "--child", str(port), link, str(readers)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await child.communicate()
    return [(word, at) for word, at in json.loads(out)]


async def read(port: int, link: str, readers: int) -> list[tuple[str, float]]:
    """All that the readers get, to the session's end; what a snapshot holds does not count."""
    arrivals: list[tuple[str, float]] = []

    async def one() -> None:
        async with Page(port).stream(link) as pieces:
            await take(pieces)

    async def take(pieces: AsyncIterator[bytes]) -> None:
        async for _, change in changes(pieces):
            if "snapshot" not in change:
                arrivals.extend((word, now_ms()) for word in written(change))
            if "ended" in change:
                return

    async with asyncio.TaskGroup() as group:
        for _ in range(readers):
            group.create_task(one())
    return arrivals


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 100, 500])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        port, link, readers = args.child
        print(json.dumps(asyncio.run(read(int(port), link, int(readers)))))
        return
    rows = [asyncio.run(measure(readers, args.seconds)) for readers in args.readers]
    print_report("page_readers", map(asdict, rows))


if __name__ == "__main__":
    main()
