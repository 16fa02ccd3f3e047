"""The sentences that a log is scored on: its instances, or the re-aligned segments of long ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from interp.core.latency import Timeline
from interp.evaluate.record.log import Instance
from interp.evaluate.record.timelines import LatencyUnit, reference_units, target_units
from interp.evaluate.score.align import soft_segments

Aligner: TypeAlias = Callable[[Sequence[str], Sequence[str]], NDArray[np.int64]]
"""Hypothesis words and references to a reference index per word [word]."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One scored sentence.

    instance, segment: where it is in the log. start_ms, source_length_ms: its stretch of the
    source. recording_end_ms: end of the recording from start_ms, None for a short instance.
    places: which of the instance's target units belong to it. reference_units: R.
    """

    instance: int
    segment: int
    source: str
    start_ms: float
    source_length_ms: float
    recording_end_ms: float | None
    hypothesis: str
    reference: str | None
    reference_units: int
    source_text: str | None
    places: tuple[int, ...]

    def timeline(self, times_ms: Sequence[float]) -> Timeline:
        """Its timeline, from its start, out of the times of all the instance's units."""
        return Timeline(
            [times_ms[place] - self.start_ms for place in self.places],
            self.source_length_ms,
            self.reference_units,
            self.recording_end_ms,
        )


def sentences(
    instance: Instance, unit: LatencyUnit, align: Aligner | None = None
) -> list[Sentence]:
    """The whole instance, or one sentence per reference segment, its words found by `align`.

    Without `align`: soft_segments, over characters where they are the unit. A recording ends where
    its last reference segment does, as in OmniSTEval.
    """
    if not instance.segments:
        return [_whole(instance, unit)]
    chars = unit is LatencyUnit.CHAR
    texts = [emission.text for emission in target_units(instance, unit)]
    references = [segment.text for segment in instance.segments]
    if align is None:
        owners = soft_segments(texts, references, chars=chars)
    else:
        owners = align(texts, references)
    recording_end_ms = max(segment.start_ms + segment.duration_ms for segment in instance.segments)
    joint = "" if chars else " "
    found = []
    for index, segment in enumerate(instance.segments):
        places = tuple(int(place) for place in np.flatnonzero(owners == index))
        found.append(
            Sentence(
                instance=instance.index,
                segment=index,
                source=instance.source,
                start_ms=segment.start_ms,
                source_length_ms=segment.duration_ms,
                recording_end_ms=recording_end_ms - segment.start_ms,
                hypothesis=joint.join(texts[place] for place in places),
                reference=segment.text,
                reference_units=reference_units(
                    segment.text.replace(" ", "") if chars else segment.text, unit
                ),
                source_text=None,
                places=places,
            )
        )
    return found


def _whole(instance: Instance, unit: LatencyUnit) -> Sentence:
    joint = "" if unit is LatencyUnit.CHAR else " "
    units = target_units(instance, unit)
    return Sentence(
        instance=instance.index,
        segment=0,
        source=instance.source,
        start_ms=0.0,
        source_length_ms=instance.source_length_ms,
        recording_end_ms=None,
        hypothesis=joint.join(emission.text for emission in units).strip(),
        reference=instance.reference,
        reference_units=reference_units(instance.reference, unit),
        source_text=instance.source_text,
        places=tuple(range(len(units))),
    )
