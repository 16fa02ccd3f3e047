from pathlib import Path

import pytest

from interp import app
from interp.core.config import SessionConfig
from interp.core.events import Output
from interp.core.synthesiser import Voice
from interp.deployment import Deployment
from interp.engine.host import HostSettings
from interp.models.settings import ModelSettings
from interp.models.store import WeightsError
from tests.models.voice.tiny import write_tiny_voice

SPOKEN = SessionConfig("fr", "en", frozenset({Output.TEXT, Output.SPEECH}))


@pytest.mark.weights
def test_a_replica_offers_the_voice_it_was_given(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path / "tiny")
    host = app.build_host(
        Deployment(host=HostSettings(lanes=1), models=ModelSettings(voice=tmp_path / "tiny"))
    )
    assert host.info.voices == (Voice("tiny", "en"),)
    host.open("a", SPOKEN, None)


def test_a_voice_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="there is no voice"):
        app.voice_folder(ModelSettings(voice=tmp_path / "absent"))
