"""README's code is what it says it is: each piece of it runs, as a reader would run it."""

import asyncio
import os
import re
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from interp.intake.file import read_audio
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CHUNK, serving, words

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LIBRARY, STUBS, CLIENT = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
RECORDING = ROOT / "tests" / "data" / "fr" / "vm-invalidpassword.flac"


@pytest.mark.parametrize("code", [STUBS, CLIENT], ids=["stubs", "client"])
async def test_a_client_in_ten_lines_prints_what_a_server_says(code: str, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "talk.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(CHUNK * 4)
    async with serving(FakeReplica()) as gateway:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code.replace("127.0.0.1:50051", gateway.address)),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert output.decode() == words(4)


@pytest.mark.parametrize("code", [STUBS, CLIENT], ids=["stubs", "client"])
def test_ten_lines_are_about_ten(code: str) -> None:
    lines = [line for line in code.splitlines() if line and not line.startswith(("import", "from"))]
    assert len(lines) <= 12


def test_the_page_of_the_library_has_the_same_client() -> None:
    assert CLIENT in (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.weights
def test_the_library_in_ten_lines_translates_a_file_and_live_audio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "talk.flac").write_bytes(RECORDING.read_bytes())
    monkeypatch.chdir(tmp_path)
    samples = read_audio(RECORDING)
    names: dict[str, object] = {"numpy": np}
    exec(LIBRARY, names)
    told = capsys.readouterr().out
    assert "-->" in told

    async def chunks() -> object:
        for start in range(0, samples.size, 1_600):
            yield samples[start : start + 1_600]

    asyncio.run(names["live"](chunks()))  # type: ignore[operator]
    live = capsys.readouterr().out
    assert live.split() == told.split("1\n")[0].split()
