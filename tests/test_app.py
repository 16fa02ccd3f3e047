from dataclasses import replace
from pathlib import Path

import pytest

from interp import app, inventory
from interp.core.config import SessionConfig
from interp.core.errors import NotServed
from interp.core.events import Output
from interp.core.synthesiser import Voice
from interp.core.translator import Pair
from interp.deployment import Deployment
from interp.engine.host import HostSettings
from interp.models.cascade.state import CascadeTarget, DirectTarget
from interp.models.precision import Precision
from interp.models.settings import ModelSettings
from interp.models.store import WeightsError
from interp.models.whisper.settings import WhisperSettings
from tests.fakes.tiny_marian import write_student
from tests.models.omni.tiny_folder import write_tiny_omni
from tests.models.voice.tiny import write_tiny_voice

SPOKEN = SessionConfig("fr", "en", frozenset({Output.TEXT, Output.SPEECH}))


@pytest.mark.weights
def test_a_session_chooses_among_voices_that_share_a_speaker(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path / "choir", ("anna", "bruno"))
    models = ModelSettings(voices=(tmp_path / "choir",))
    host = app.build_host(Deployment(host=HostSettings(lanes=2), models=models))
    assert [voice.name for voice in host.info.voices] == ["anna", "bruno"]
    host.open("a", replace(SPOKEN, voice="bruno"), None)
    with pytest.raises(NotServed):
        host.open("b", replace(SPOKEN, voice="choir"), None)


@pytest.mark.weights
def test_a_replica_offers_the_voice_it_was_given(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path / "tiny")
    host = app.build_host(
        Deployment(host=HostSettings(lanes=1), models=ModelSettings(voices=(tmp_path / "tiny",)))
    )
    assert host.info.voices == (Voice("tiny", "en"),)
    host.open("a", SPOKEN, None)


def test_the_package_speaks_english_and_portuguese_and_what_is_named_instead() -> None:
    folders = inventory.voice_folders(ModelSettings())
    assert [folder.name for folder in folders] == ["voice-en", "voice-pt"]
    named = ModelSettings(voices=(Path("voice-pt"), Path("voice-en")))
    assert [folder.name for folder in inventory.voice_folders(named)] == ["voice-pt", "voice-en"]
    assert app.voice(named, "pt").voice.language == "pt"


def test_a_voice_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="there is no voice"):
        inventory.voice_folders(ModelSettings(voices=(tmp_path / "absent",)))


@pytest.mark.weights
def test_students_of_the_catalogue_and_of_a_folder_give_a_replica_their_pairs(
    tmp_path: Path,
) -> None:
    write_student(tmp_path / "download", "enxx")
    models = app.models(ModelSettings(students=tmp_path), speaking=False)
    pairs = models.translator.pairs
    assert {Pair("en", "pt"), Pair("fr", "pt"), Pair("en", "xx"), Pair("it", "xx")} <= set(pairs)
    assert {Pair("fr", "en"), Pair("pt", "pt")} <= set(pairs)
    assert Pair("xx", "en") not in pairs
    source = models.translator.init_source()
    assert isinstance(models.translator.init_target(source, "pt", "en", ""), CascadeTarget)
    assert isinstance(models.translator.init_target(source, "it", "en", ""), DirectTarget)


def test_a_folder_of_the_recipe_is_a_translator_of_the_pairs_it_learnt(tmp_path: Path) -> None:
    write_tiny_omni(tmp_path / "omni")
    settings = ModelSettings(str(tmp_path / "omni"))
    inventory.check_translator(settings)
    served = app.translator(settings)
    assert set(served.pairs) == {Pair("en", "en"), Pair("en", "pt")}
    assert not served.abilities.attention


def test_a_folder_that_is_not_whole_is_noticed_before_it_serves(tmp_path: Path) -> None:
    write_tiny_omni(tmp_path)
    (tmp_path / "omni.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(WeightsError, match="is no model that can be asked"):
        inventory.check_translator(ModelSettings(str(tmp_path)))


@pytest.mark.weights
def test_a_decoder_that_waits_must_be_there_and_fit(tmp_path: Path) -> None:
    waits = tmp_path / "delta.safetensors"
    settings = ModelSettings(whisper=WhisperSettings(waits=waits))
    with pytest.raises(WeightsError, match="cannot be read: No such file"):
        app.translator(settings)
    waits.write_bytes(b"nothing of the kind")
    with pytest.raises(WeightsError, match="is not a safetensors file"):
        app.translator(settings)


def test_what_is_measured_is_chosen_once_for_all_who_are_to_agree() -> None:
    open_choice = ModelSettings(whisper=WhisperSettings(precision=Precision.AUTO), device="cpu")
    chosen = app.settled(open_choice)
    assert chosen.whisper.precision is not Precision.AUTO
    assert app.settled(chosen) == chosen
    assert app.settled(open_choice, Precision.FLOAT32).whisper.precision is Precision.FLOAT32


def _precision(wanted: Precision, agreed: str | None) -> Precision:
    """What replicas are told, where all agree on this; None: nobody is to be asked."""

    def agree(matter: str, wish: str) -> str:
        assert agreed is not None, "there is nothing to agree on"
        assert (matter, wish != "auto") == ("precision", True)
        return agreed

    models = ModelSettings(device="cpu", whisper=WhisperSettings(precision=wanted))
    return app.agreed(Deployment(models=models), agree).models.whisper.precision


@pytest.mark.parametrize("agreed", ["float32", "int8"])
def test_all_replicas_compute_in_the_precision_that_they_agree_on(agreed: str) -> None:
    assert _precision(Precision.AUTO, agreed) == agreed


def test_a_precision_that_an_operator_named_is_not_asked_about() -> None:
    assert _precision(Precision.INT8, None) is Precision.INT8
