"""What teaching Whisper's decoder is made of; a TOML file in training/configs."""

from dataclasses import dataclass
from pathlib import Path

from training.run import RunConfig


@dataclass(frozen=True, slots=True)
class LessonConfig:
    """How lessons are made of recordings.

    beams: of the offline translation that is the target. cuts: prefixes of each recording, none of
    them below shortest_ms. margin_ms: how long a prefix goes on after the end of a word that it
    supports. least_probability: mean of a translation's words below which it teaches nothing.
    """

    beams: int = 5
    cuts: int = 3
    margin_ms: int = 200
    shortest_ms: int = 300
    least_probability: float = 0.4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class WhisperRun:
    """folder: of lessons. model: of the catalogue. rank: of the change to each matrix. rows: of a
    batch. held_out: part of the recordings, the last ones, that are only measured."""

    run: RunConfig
    folder: Path
    model: str = "whisper-base"
    rank: int = 16
    rows: int = 16
    held_out: float = 0.05
