"""simulstream's own client program, as it is published, streams recordings through its door."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peer_environment import environment
from tests.fakes.replica import FakeReplica
from tests.monitor.web import paged
from tests.serve.gateway import serving

pytestmark = [pytest.mark.peers, pytest.mark.timeout(600)]

RATES_HZ = (16_000, 8_000)


@pytest.fixture(scope="module")
def client() -> Path:
    # The client needs two packages; what simulstream asks for beyond that is its server's.
    programs = environment("simulstream", ["numpy>=2", "websockets>=15"], ["simulstream==1.0.0"])
    return programs / "simulstream_wavs_client"


def recordings(folder: Path) -> Path:
    """Two files, and the list that names them."""
    for rate_hz in RATES_HZ:
        with wave.open(str(folder / f"{rate_hz}.wav"), "wb") as file:
            file.setparams((1, 2, rate_hz, 0, "NONE", ""))
            file.writeframes(np.full(rate_hz, 8192, "<i2").tobytes())
    listed = folder / "list.txt"
    listed.write_text("".join(f"{rate_hz}.wav\n" for rate_hz in RATES_HZ))
    return listed


async def test_it_sends_its_files_and_hears_the_end_of_each(client: Path, tmp_path: Path) -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        uri = f"ws://127.0.0.1:{page.port}/simulstream"
        process = await asyncio.create_subprocess_exec(
            client,
            *("--uri", uri, "--wav-list-file", recordings(tmp_path)),
            *("--src-lang", "fr", "--tgt-lang", "en"),
            stderr=asyncio.subprocess.PIPE,
        )
        _, told = await asyncio.wait_for(process.communicate(), 60)
        counted = gateway.server.metrics.registry.get_sample_value
        ended, heard_s = (
            counted("interp_sessions_ended_total", {"how": "OK"}),
            counted("interp_audio_seconds_total"),
        )
    assert process.returncode == 0, told.decode()
    assert f"All {len(RATES_HZ)} files sent" in told.decode()
    assert ended == len(RATES_HZ)
    assert heard_s == pytest.approx(2.2, abs=0.02), "it sends the last 100 ms of each file twice"
