"""Ear-voice span, and how long until something comes out at all."""

from interp.core.latency_elapsed import playback
from interp.evaluate.record.log import Emission, Instance, SpeechEmission
from interp.evaluate.record.timelines import TimeModel, times


def spans(instance: Instance, model: TimeModel) -> list[float]:
    """Ear-voice span of each word, ms: from the source it attends to until it is written.

    Speech that is logged without words counts by chunks, from the end of what a chunk says to the
    start of its playback. Empty where the log does not tell what was attended to.
    """
    return [
        out - emission.source_end_ms
        for out, emission in _outputs(instance, model)
        if emission.source_end_ms is not None
    ]


def first_outputs(instance: Instance, model: TimeModel) -> list[float]:
    """When the first word is written or, for speech without words, heard, ms from where speech
    begins in the source; from its start where the log does not tell. At most one value."""
    begun_ms = instance.voiced[0].start_ms if instance.voiced else 0.0
    return [out - begun_ms for out, _ in _outputs(instance, model)[:1]]


def _outputs(instance: Instance, model: TimeModel) -> list[tuple[float, Emission | SpeechEmission]]:
    if instance.words:
        known = times(instance.words, instance.steps, model)
        return [] if known is None else list(zip(known, instance.words, strict=True))
    known = times(instance.speech, instance.steps, model)
    if known is None:
        return []
    played = playback(known, [chunk.duration_ms for chunk in instance.speech])
    return [(p.start_ms, chunk) for p, chunk in zip(played, instance.speech, strict=True)]
