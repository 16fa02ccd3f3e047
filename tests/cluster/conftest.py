import asyncio
import tempfile
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from interp.cluster.pool import RayPool
from interp.cluster.replica import RayReplica
from interp.cluster.settings import ClusterConfig
from tests.cluster.scripted import scripted_host

CONFIG = ClusterConfig(
    replicas=2, standby=0, object_store_mb=75, call_timeout_s=2.0, probe_period_s=0.5
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool() -> AsyncIterator[RayPool]:
    """One Ray and two scripted replicas of two lanes for all tests, supervised; leaves nothing."""
    folders = ray_folders()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's own, about files and deprecations
        pool = await RayPool.start(CONFIG, scripted_host)
    supervision = asyncio.create_task(pool.supervise())
    yield pool
    supervision.cancel()
    pids = [(await each.ping()).pid for each in pool.replicas() if isinstance(each, RayReplica)]
    (folder,) = ray_folders() - folders
    assert processes(str(folder)), "Ray's processes name its folder"
    await pool.stop()
    assert not folder.exists()
    for _ in range(150):  # the undertaker looks around for some seconds
        if not (left := processes(str(folder)) | running(pids)):
            break
        await asyncio.sleep(0.1)
    assert not left, "processes outlive the pool"


def ray_folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("interp-ray-*"))


def running(pids: list[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def processes(mentioned: str) -> set[int]:
    """Processes with this in their command line."""
    found = set()
    for commandline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = commandline.read_text(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        if mentioned in text:
            found.add(int(commandline.parent.name))
    return found
