"""From what a log recorded to what metrics read: target units, and their times under each model."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from interp.core.latency_elapsed import Step, accumulated_elapsed, overlapped_elapsed
from interp.evaluate.record.log import Emission, Instance, SpeechEmission


class LatencyUnit(StrEnum):
    """What counts as one target unit: space-separated words, or characters (zh, ja)."""

    WORD = "word"
    CHAR = "char"


class TimeModel(StrEnum):
    """What a unit's time is.

    DELAY: source heard, computation ignored. RECORDED: elapsed as the run logged it. OVERLAPPED:
    from the steps, compute overlaps with listening. ACCUMULATED: from the steps, as SimulEval.
    """

    DELAY = "delay"
    RECORDED = "recorded"
    OVERLAPPED = "overlapped"
    ACCUMULATED = "accumulated"


def target_units(instance: Instance, unit: LatencyUnit) -> tuple[Emission, ...]:
    """The written text as units, in the order of Instance.prediction, without spaces.

    A unit that was written in several pieces has the times of its last piece. Speech without
    recorded words counts by chunks, as in SimulEval; those units have no text.
    """
    if not instance.words:
        return tuple(
            Emission("", chunk.delay_ms, chunk.elapsed_ms, 0, chunk.step)
            for chunk in instance.speech
        )
    words: list[Emission] = []
    for emission in instance.words:
        for i, piece in enumerate(emission.text.split()):
            if words and i == 0 and not emission.text[0].isspace():
                words[-1] = replace(emission, text=words[-1].text + piece)
            else:
                words.append(replace(emission, text=piece))
    if unit is LatencyUnit.WORD:
        return tuple(words)
    return tuple(replace(word, text=char) for word in words for char in word.text)


def reference_units(reference: str | None, unit: LatencyUnit) -> int:
    """R as SimulEval counts it: single spaces plus one, or characters; 0 without a reference."""
    if reference is None:
        return 0
    return len(reference.split(" ") if unit is LatencyUnit.WORD else reference.strip())


def times(
    emissions: Sequence[Emission] | Sequence[SpeechEmission],
    steps: Sequence[Step],
    model: TimeModel,
) -> list[float] | None:
    """Time of each emission in ms; None where the log lacks what the model needs."""
    match model:
        case TimeModel.DELAY:
            return [emission.delay_ms for emission in emissions]
        case TimeModel.RECORDED:
            return _all([emission.elapsed_ms for emission in emissions])
        case TimeModel.OVERLAPPED:
            return _of_steps(emissions, overlapped_elapsed(steps))
        case TimeModel.ACCUMULATED:
            return _of_steps(emissions, accumulated_elapsed(steps))


def _of_steps(
    emissions: Sequence[Emission] | Sequence[SpeechEmission], elapsed_ms: Sequence[float]
) -> list[float] | None:
    return _all([None if e.step is None else elapsed_ms[e.step] for e in emissions])


def _all(values: Sequence[float | None]) -> list[float] | None:
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None
