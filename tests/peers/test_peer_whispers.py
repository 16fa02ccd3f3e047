"""The other programs of `make bench-peers`, on two recordings."""

from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.peer_environment import environment
from interp.evaluate.record.log import Instance
from interp.evaluate.record.manifest import Clip
from interp.intake.file import read_audio
from tests.fakes.recordings import FOLDER

pytestmark = [pytest.mark.peers, pytest.mark.weights, pytest.mark.timeout(900)]

NAMES = ("confbridge-conf-begin", "vm-invalidpassword")


@pytest.fixture(scope="module")
def python() -> Path:
    return environment("whispers", peers.REQUIREMENTS, peers.CARRIER) / "python"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return peers.weights(tmp_path_factory.mktemp("whisper"))


def run(python: Path, model: Path, system: str, beam: int) -> list[tuple[Instance, float]]:
    clips = [(n, Clip(name, FOLDER / f"{name}.flac", "x")) for n, name in enumerate(NAMES)]
    return list(peers.peer(python, model, "fr", system, beam)(clips))


@pytest.mark.parametrize(("system", "beam"), [("offline", 5), ("live", 5), ("live", 1)])
def test_a_peer_translates_and_its_cost_is_counted(
    python: Path, model: Path, system: str, beam: int
) -> None:
    (begin, cost_s), (invalid, _) = run(python, model, system, beam)
    assert "begin" in begin.prediction.lower()
    assert "valid" in invalid.prediction.lower()
    assert cost_s > 0
    for instance, name in ((begin, NAMES[0]), (invalid, NAMES[1])):
        length_ms = read_audio(FOLDER / f"{name}.flac").size / 16
        assert instance.source_length_ms == pytest.approx(length_ms, abs=1)
        assert all(step.compute_ms > 0 for step in instance.steps[:-1])


def test_offline_writes_at_the_end_and_live_as_it_hears(python: Path, model: Path) -> None:
    (offline, _), _ = run(python, model, "offline", 5)
    assert {word.delay_ms for word in offline.words} == {int(offline.source_length_ms)}
    _, (live, _) = run(python, model, "live", 5)
    delays = [word.delay_ms for word in live.words]
    assert delays == sorted(delays)
    # A decision a second, and one at the end; nothing is agreed on before the second of them.
    steps = [step.delay_ms for step in live.steps]
    assert steps[:2] == [1000, 2000]
    assert min(delays) >= 2000
