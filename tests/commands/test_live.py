from collections.abc import Sequence
from pathlib import Path

import pytest

from interp.commands import live
from interp.core.audio import Samples
from interp.core.errors import Unavailable
from interp.evaluate.record.log import Stretch, read_log
from interp.evaluate.record.manifest import read_manifest
from interp.evaluate.run.runner import Point
from interp.evaluate.run.study import Study
from tests.fakes.replica import WORD_MS, FakeReplica
from tests.fakes.systems import save_manifest
from tests.serve.gateway import serving


def points(folder: Path, sessions: Sequence[int]) -> list[Point]:
    study = Study(folder / "run", "server", "made up", "fr", "en")
    return [study.point("waitk:k=1", count) for count in sessions]


def everywhere(samples: Samples) -> tuple[Stretch, ...]:
    """Somebody speaks throughout."""
    return (Stretch(0.0, samples.size / 16),)


def ignore(done: int, count: int) -> None:
    """No progress bar."""


async def test_a_real_servers_replies_become_logs(tmp_path: Path) -> None:
    clips = list(enumerate(read_manifest(save_manifest(tmp_path, 3))))
    some = points(tmp_path, [1, 2])
    async with serving(FakeReplica()) as gateway:
        await live.run(live.Server(gateway.address, paced=False), some, clips, everywhere, ignore)
    for point in some:
        instances = read_log(point.log).instances
        assert [len(i.words) for i in instances] == [20, 25, 30]
        assert [word.delay_ms for word in instances[0].words[:2]] == [WORD_MS, 2 * WORD_MS]
        assert [step.compute_ms for step in instances[0].steps] == [1.5] * 20


async def test_a_server_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    clips = list(enumerate(read_manifest(save_manifest(tmp_path, 1))))
    with pytest.raises(Unavailable):
        await live.run(live.Server("127.0.0.1:9"), points(tmp_path, [1]), clips, everywhere, ignore)
