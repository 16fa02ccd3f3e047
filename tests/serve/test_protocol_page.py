"""docs/protocol.md says what the code does."""

import asyncio
import re
import sys
import wave
from pathlib import Path

from interp.core.errors import Reason
from interp.wire.status import STATUS_OF
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CHUNK, serving, words

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")


async def test_the_example_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    script, sound = tmp_path / "example.py", tmp_path / "speech.wav"
    script.write_text(code, encoding="utf-8")
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(CHUNK * 4)
    async with serving(FakeReplica()) as gateway:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, script, gateway.address, sound),
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 30)
    assert output.decode() == words(4)


def test_every_reason_stands_under_its_status() -> None:
    table = PAGE.split("## Errors")[1].split("## CatalogService")[0]
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("|")][2:]
    reasons = {name for _, names in rows for name in re.findall(r"[A-Z_]{4,}", names)}
    statuses = {status.strip() for status, _ in rows} - {""}
    assert reasons == {reason.value for reason in Reason}
    assert statuses == {code.name for code in STATUS_OF.values()}
