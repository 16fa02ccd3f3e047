"""The OmniLM of the package, found by its name: over gRPC it writes Portuguese of English."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from interp import app, inventory
from interp.core.translator import Pair
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings
from tests.fakes.host_replica import HostReplica
from tests.serve.translated import translated

OMNI = ModelSettings("omni", threads=1)
RECORDING = Path(__file__).parent / "data" / "en" / "template.flac"


def test_it_is_found_by_its_name_and_small_enough_to_ship() -> None:
    folder = inventory.omni_folder("omni")
    assert folder is not None
    assert folder.parent.name == "data"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 25_000_000
    inventory.check_translator(OMNI)
    assert inventory.omni_folder("whisper-base") is None


def test_a_folder_of_ones_own_comes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = inventory.omni_folder("omni")
    assert shipped is not None
    monkeypatch.chdir(tmp_path)
    (tmp_path / "omni").mkdir()
    assert inventory.omni_folder("omni") == shipped, "an empty folder is no model"
    (tmp_path / "omni").rmdir()
    (tmp_path / "omni").symlink_to(shipped)
    assert inventory.omni_folder("omni") == Path("omni")


@pytest.mark.weights
def test_it_translates_a_sentence_over_grpc() -> None:
    translator = app.translator(OMNI)
    assert Pair("en", "pt") in translator.pairs
    replica = HostReplica("omni", translator=translator, detector=app.detector())
    # "She told the doctor that the neighbours were difficult."
    samples = np.append(read_audio(RECORDING), np.zeros(24_000, np.float32))
    text = asyncio.run(translated(replica, samples, "waitk:k=5,unit_ms=512"))
    assert "vizinhos eram difíceis" in text
