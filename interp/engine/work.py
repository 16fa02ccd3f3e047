"""The model work that a session asks for, and what comes of it."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeAlias, TypeVar

from interp.core.synthesiser import SoundFrame, SpeakStep, Voice
from interp.core.translator import DecodeStep, EncodeStep, Hypothesis

ResultT = TypeVar("ResultT")


class Stop(Enum):
    """Where a session stops without asking for work. HEARD: everything was worked through.
    ANSWERED: something was answered, and nothing was heard since: what comes now is decided when
    it is worked through, however much later that is."""

    HEARD = auto()
    ANSWERED = auto()


@dataclass(slots=True)
class Writing:
    """Work of decisions that are due together: encode what is new (None: nothing), then continue
    the prefix of each writer."""

    encode: EncodeStep[Any] | None
    decodes: tuple[DecodeStep[Any], ...]


@dataclass(slots=True)
class Identifying:
    """Work of one look at the language: encode what is new (None: nothing), then tell."""

    encode: EncodeStep[Any] | None
    source: Any


@dataclass(frozen=True, slots=True)
class Speaking:
    """Work of one voice: the next frames of its sound."""

    voice: Voice
    step: SpeakStep[Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a Writing, one hypothesis a decode. compute_ms: model time spent on it."""

    hypotheses: tuple[Hypothesis, ...]
    compute_ms: float


@dataclass(frozen=True, slots=True)
class Identified:
    """What came of an Identifying: as Translator.spoken. compute_ms: model time spent on it."""

    chances: Mapping[str, float]
    compute_ms: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came of a Speaking. compute_ms: model time spent on it."""

    frames: tuple[SoundFrame, ...]
    compute_ms: float


@dataclass(frozen=True, slots=True)
class Failed:
    """What came of work that a model could not do."""

    error: Exception
    compute_ms: float = 0.0


Work: TypeAlias = Writing | Identifying | Speaking
Done: TypeAlias = Written | Identified | Spoken
Answer: TypeAlias = Done | Failed

Running: TypeAlias = Generator[Work | Stop, Done, None]
"""A session at work."""


def attempt(call: Callable[[], ResultT]) -> ResultT | Failed:
    """What a call gives, or its fault: one session's must not end another's."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001  the engine's one place for faults of any kind
        return Failed(error)
