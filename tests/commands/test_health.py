import asyncio

import pytest

from interp.cli import main
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import serving


async def test_a_server_with_a_replica_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(FakeReplica()) as gateway:
        for _ in range(50):  # health is set a moment after the port
            code = await asyncio.to_thread(main, ["health", "--server", gateway.address])
            if code == 0:
                break
            await asyncio.sleep(0.05)
    assert code == 0
    assert capsys.readouterr().out.endswith("SERVING\n")


async def test_a_server_without_replicas_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving() as gateway:
        code = await asyncio.to_thread(main, ["health", "--server", gateway.address])
    assert code == 1
    assert capsys.readouterr().out == "NOT_SERVING\n"


def test_nobody_there_is_not_ready() -> None:
    assert main(["health", "--server", "127.0.0.1:9", "--timeout-s", "0.3"]) == 1
