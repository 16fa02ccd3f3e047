"""Which models run, where, and how: what an operator may choose."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from interp.core.audio import SPEECH_LEVEL_DB
from interp.models.cascade.settings import CascadeSettings
from interp.models.voice.settings import DRAWN, SpeakerSettings
from interp.models.whisper.settings import WhisperSettings

AUTO = "auto"
"""The device that is there."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """translator: a name of the catalogue, or the folder of an OmniLM. threads: of torch, in each
    process; 0: all cores.

    students: a folder of further students, one folder a pair, besides the store's.
    voices: folders with a voice each, the first of a language its default; none: the package's own.
    speech_level_db: RMS of what a voice says, against full scale. device: as `device.device_of`
    reads it.
    """

    translator: str = "whisper-base"
    threads: int = 1
    students: Path | None = None
    voices: tuple[Path, ...] = ()
    speech_level_db: float = SPEECH_LEVEL_DB
    device: str = AUTO
    cascade: CascadeSettings = field(default_factory=CascadeSettings)
    whisper: WhisperSettings = field(default_factory=WhisperSettings)
    speaker: SpeakerSettings = field(default_factory=SpeakerSettings)


def drawn(models: ModelSettings) -> ModelSettings:
    """The same, with a voice that says nothing twice alike: its codes are drawn by a seed."""
    return replace(models, speaker=replace(models.speaker, codes=DRAWN))
