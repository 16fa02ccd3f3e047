"""Which files the models that settings name are, and whether they are here; reads no weights."""

from importlib import resources
from pathlib import Path

from interp.environment import store
from interp.models.omni.about import WEIGHTS, check_omni, is_omni
from interp.models.settings import ModelSettings
from interp.models.store import WeightsError
from interp.models.voice.folder import check_voice

OMNIS = "data/omni*"
VOICES = "data/voice-*"


def omni_folder(name: str) -> Path | None:
    """Of an OmniLM: a folder of one's own, or one of the package's by its name; None for no such
    thing."""
    places = [Path(name), *(place for place in _packaged(OMNIS) if place.name == name)]
    return next(filter(is_omni, places), None)


def omni_weights(name: str) -> Path | None:
    """The file with the weights of such a model."""
    folder = omni_folder(name)
    return folder / WEIGHTS if folder else None


def check_translator(settings: ModelSettings) -> None:
    """Raises WeightsError where the model that `settings` names is not whole on this machine."""
    if folder := omni_folder(settings.translator):
        check_omni(folder)
    else:
        store().verify(settings.translator)


def voice_folders(settings: ModelSettings) -> list[Path]:
    """Where the voices are that `settings` names, or the package's own.

    A name is a folder's, or that of one of the package's voices. Raises WeightsError where it is
    neither.
    """
    if not settings.voices:
        return shipped_voices()
    known = {folder.name: folder for folder in shipped_voices()}
    found = [place if place.is_dir() else known.get(str(place)) for place in settings.voices]
    for place, folder in zip(settings.voices, found, strict=True):
        if folder is None:
            raise WeightsError(f"there is no voice in {place}")
    return [folder for folder in found if folder]


def shipped_voices() -> list[Path]:
    """Folders of all voices of the package."""
    return _packaged(VOICES)


def _packaged(pattern: str) -> list[Path]:
    return sorted(Path(str(resources.files("interp"))).glob(pattern))


def check_voices(settings: ModelSettings) -> None:
    """Raises WeightsError where a voice that `settings` names is not whole."""
    for folder in voice_folders(settings):
        check_voice(folder)
