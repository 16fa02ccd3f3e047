"""The emission log: everything that was written, when, and what it cost, one JSON line per source.

A log can be scored, exported and compared without a model. The first line is a header with the
schema and the run's configuration; the file may be appended to, and a run resumed, at any time.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from interp.core.latency_elapsed import Step

SCHEMA = "interp.emission-log/1"


class TargetType(StrEnum):
    """What a run was asked to produce."""

    TEXT = "text"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What was run. settings: the resolved configuration, kept as a record only."""

    system: str
    policy: str
    data: str
    source_language: str = ""
    target_language: str = ""
    target_type: TargetType = TargetType.TEXT
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReferenceSegment:
    """One segment of a long recording with its reference translation. Times from its start."""

    start_ms: float
    duration_ms: float
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the source."""

    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Emission:
    """One written word.

    text: with its leading space, so that words concatenate. delay_ms: source heard when it was
    written. elapsed_ms: the same plus compute; None where it was not recorded. segment: the
    system's own segment. step: index into Instance.steps of the decision that wrote it, or None.
    source_end_ms: the point of the source that it attends to, or None.
    """

    text: str
    delay_ms: float
    elapsed_ms: float | None = None
    segment: int = 0
    step: int | None = None
    source_end_ms: float | None = None


@dataclass(frozen=True, slots=True)
class SpeechEmission:
    """One chunk of target speech. text: the words that begin in it; the rest as for Emission."""

    delay_ms: float
    duration_ms: float
    text: str = ""
    elapsed_ms: float | None = None
    step: int | None = None
    source_end_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One source and all that was written for it.

    steps: every decision in order, those that wrote nothing included. segments: for a long
    recording, its reference cut in segments. erased_words: words taken back from the tentative
    tail. speech_path: target speech without waits, as a sound file. source_text: for COMET.
    voiced: where somebody speaks in the source; empty where that was not judged.
    """

    index: int
    source: str
    source_length_ms: float
    reference: str | None = None
    source_text: str | None = None
    words: tuple[Emission, ...] = ()
    speech: tuple[SpeechEmission, ...] = ()
    speech_path: str | None = None
    steps: tuple[Step, ...] = ()
    segments: tuple[ReferenceSegment, ...] = ()
    erased_words: int = 0
    voiced: tuple[Stretch, ...] = ()

    @property
    def prediction(self) -> str:
        """What was written, with single spaces."""
        return " ".join("".join(word.text for word in self.words).split())


@dataclass(frozen=True, slots=True)
class EmissionLog:
    """A whole run, instances by index."""

    config: RunConfig
    instances: tuple[Instance, ...]


class LogWriter:
    """Appends instances to a log; goes on with a file that the same configuration began.

    written: indices already there. A last line cut short by a crash is removed. Raises ValueError
    where the file belongs to another configuration.
    """

    def __init__(self, path: Path, config: RunConfig) -> None:
        self.written: set[int] = set()
        header = _line({"schema": SCHEMA, "config": asdict(config)})
        if path.exists() and (size := _whole_lines(path)):
            os.truncate(path, size)
            with path.open(encoding="utf-8") as file:
                if file.readline() != header:
                    raise ValueError(f"{path} was begun with another configuration")
            self.written = {instance.index for instance in read_instances(path)}
            self._file = path.open("a", encoding="utf-8")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")
            self._file.write(header)
            self._file.flush()

    def __enter__(self) -> "LogWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, instance: Instance) -> None:
        """Append one instance and flush it. Raises ValueError where its index is already there."""
        if instance.index in self.written:
            raise ValueError(f"instance {instance.index} is already in the log")
        self.written.add(instance.index)
        self._file.write(_line(asdict(instance)))
        self._file.flush()


def write_log(path: Path, log: EmissionLog) -> None:
    """Write a whole log to a new or unfinished file."""
    with LogWriter(path, log.config) as writer:
        for instance in log.instances:
            writer.write(instance)


def read_config(path: Path) -> RunConfig:
    """The header of a log. Raises ValueError where the schema is not SCHEMA."""
    with path.open(encoding="utf-8") as file:
        header = json.loads(file.readline() or "{}")
    if header.get("schema") != SCHEMA:
        raise ValueError(f"{path} is not an emission log of schema {SCHEMA}")
    config = header["config"]
    return RunConfig(**{**config, "target_type": TargetType(config["target_type"])})


def read_instances(path: Path) -> Iterator[Instance]:
    """Instances in the order of the file, one at a time."""
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            yield _instance(json.loads(line))


def read_log(path: Path) -> EmissionLog:
    """The whole log, by index. Raises ValueError on a foreign file or a repeated index."""
    config = read_config(path)
    instances = sorted(read_instances(path), key=lambda instance: instance.index)
    if len({instance.index for instance in instances}) != len(instances):
        raise ValueError(f"{path} holds an instance twice")
    return EmissionLog(config, tuple(instances))


def _instance(fields: dict[str, Any]) -> Instance:
    return Instance(
        **{
            **fields,
            "words": tuple(Emission(**word) for word in fields["words"]),
            "speech": tuple(SpeechEmission(**chunk) for chunk in fields["speech"]),
            "steps": tuple(Step(**step) for step in fields["steps"]),
            "segments": tuple(ReferenceSegment(**segment) for segment in fields["segments"]),
            "voiced": tuple(Stretch(**stretch) for stretch in fields.get("voiced", ())),
        }
    )


def _line(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"


def _whole_lines(path: Path) -> int:
    """Bytes of the file up to and with its last line end."""
    return path.read_bytes().rfind(b"\n") + 1
