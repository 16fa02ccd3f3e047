"""A voice's folder, as far as it can be looked at without reading the voice."""

from pathlib import Path

from safetensors import SafetensorError, safe_open

from interp.models.store import WeightsError

FILES = ("speaker.safetensors", "codec/config.json")
READERS = ("pronouncer.safetensors", "pieces.model")
"""A voice has one of them; where it has both, it reads with the first."""


def check_voice(folder: Path) -> None:
    """Whether there is a voice that can be read, without reading it. Raises WeightsError."""
    for name in FILES:
        if not (folder / name).is_file():
            raise WeightsError(f"there is no voice in {folder}: {name} is missing")
    if not any((folder / name).is_file() for name in READERS):
        raise WeightsError(f"there is no voice in {folder}: {' or '.join(READERS)} is missing")
    for file in sorted(folder.rglob("*.safetensors")):
        try:
            with safe_open(file, framework="np"):
                pass
        except (SafetensorError, OSError) as error:
            raise WeightsError(f"the voice in {folder} is damaged: {file.name}") from error
