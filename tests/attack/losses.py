"""Replicas of a real service with real weights, killed and frozen under a speaker.

python -m tests.attack.losses [seconds of speech]
"""

import asyncio
import difflib
import os
import signal
import sys
import time
from importlib import resources

from interp.commands.source import file_source
from tests.attack.processes import busiest, carriers_of, replicas_of
from tests.attack.service import service
from tests.attack.speaker import Heard, speak
from tests.attack.table import Row, printed

OUTPUT_AGAIN_S = 3.0
CHUNK_MS = 100
UNHURRIED_MS = 250
"""Chunks that come so slowly are heard as by a machine that keeps up, however busy it is."""


def talk(seconds: int) -> list[bytes]:
    """The demo's recording."""
    with resources.as_file(resources.files("interp") / "data/demo-fr.flac") as file:
        chunks = file_source(file, None, CHUNK_MS).chunks
        return [chunk for chunk in chunks if isinstance(chunk, bytes)][: seconds * 10]


async def lost(
    address: str, server: int, chunks: list[bytes], how: str, at_s: tuple[float, ...]
) -> tuple[Heard, float]:
    """What a speaker hears while replicas are lost at these moments; when the last was."""
    speaking = asyncio.create_task(speak(address, chunks))
    began_s = time.monotonic()
    struck_s = began_s
    for moment_s in at_s:
        await asyncio.sleep(max(0.0, began_s + moment_s - 1.0 - time.monotonic()))
        replicas = replicas_of(server)
        busy = await asyncio.to_thread(busiest, replicas)
        struck_s = time.monotonic()
        for pid in [*carriers_of(server), *replicas] if how == "all" else [busy]:
            os.kill(pid, signal.SIGSTOP if how == "frozen" else signal.SIGKILL)
    return await speaking, struck_s


async def losses(seconds: int) -> list[Row]:
    """Each loss under a speaker of so many seconds, one after the other."""
    chunks = talk(seconds)
    rows: list[Row] = []
    with service() as served:
        address, server = served.address, served.pid
        reference = await speak(address, chunks, chunk_ms=UNHURRIED_MS)
        assert "CATCHING_UP" not in reference.warnings, "the machine is too busy for any of this"
        again = await speak(address, chunks)
        rows.append(_row("none", reference, again, 0.0))
        for how, at_s in (
            ("killed", (9.0,)),
            ("frozen", (9.0,)),
            ("killed", (9.0, 12.0)),
            ("all", (9.0,)),
        ):
            await _until_two(server)
            heard, struck_s = await lost(address, server, chunks, how, at_s)
            name = f"replica {how} at {', '.join(map(str, at_s))} s"
            rows.append(_row(name, reference, heard, heard.first_after(struck_s)))
            sys.stderr.write(f"{printed(rows[-1:])}\n{_difference(reference, heard)}")
    return rows


async def _until_two(server: int) -> None:
    """Until the standby is loaded again."""
    while len(replicas_of(server)) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    await asyncio.sleep(5)


def _difference(reference: Heard, heard: Heard) -> str:
    """Where the words part, for who has to find out why."""
    ours, theirs = ([text for _, text in each.words] for each in (reference, heard))
    codes = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False).get_opcodes()
    return "".join(
        f"    {kind}: {''.join(ours[a:b])!r} -> {''.join(theirs[c:d])!r}\n"
        for kind, a, b, c, d in codes
        if kind != "equal"
    )


def _row(name: str, reference: Heard, heard: Heard, again_s: float) -> Row:
    same = heard.words == reference.words and heard.status == "OK"
    measured = (
        f"{heard.status}, {len(heard.words)} of {len(reference.words)} words"
        f"{'' if same else ' DIFFERENT'}, again after {again_s:.1f} s"
        f"{', caught up' * ('CATCHING_UP' in heard.warnings)}"
    )
    target = f"same words, again <= {OUTPUT_AGAIN_S:.0f} s"
    return Row(name, target, measured, same and again_s <= OUTPUT_AGAIN_S)


if __name__ == "__main__":
    found = asyncio.run(losses(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
    sys.stdout.write(printed(found) + "\n")
    sys.exit(not all(row.holds for row in found))
