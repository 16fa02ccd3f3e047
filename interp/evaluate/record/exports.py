"""An emission log in the formats of the field's tools, and SimulEval's as an emission log.

SimulEval: instances.log and config.yaml. OmniSTEval: hypothesis.jsonl, references.txt and, for long
recordings, segmentation.yaml. simulstream: log.jsonl and config.yaml for its scorers.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import yaml

from interp.core.latency_elapsed import Step, playback
from interp.evaluate.record.log import (
    Emission,
    EmissionLog,
    Instance,
    RunConfig,
    SpeechEmission,
    TargetType,
)
from interp.evaluate.record.timelines import LatencyUnit, TimeModel, target_units, times


def write_simuleval(
    log: EmissionLog,
    folder: Path,
    unit: LatencyUnit = LatencyUnit.WORD,
    model: TimeModel = TimeModel.ACCUMULATED,
) -> None:
    """Write instances.log and config.yaml for `simuleval --score-only`.

    Instances are numbered anew from 0, which its ATD needs. Speech comes with its elapsed times,
    which SimulEval itself leaves empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = log.config.target_type
    line = _simuleval_speech if target is TargetType.SPEECH else _simuleval_text
    rows = (line(index, instance, unit, model) for index, instance in enumerate(log.instances))
    _write_lines(folder / "instances.log", rows)
    _write_yaml(folder / "config.yaml", {"source_type": "speech", "target_type": target.value})


def _simuleval_text(
    index: int, instance: Instance, unit: LatencyUnit, model: TimeModel
) -> dict[str, Any]:
    units = target_units(instance, unit)
    joint = " " if unit is LatencyUnit.WORD else ""
    return {
        "index": index,
        "prediction": joint.join(emission.text for emission in units),
        "delays": times(units, instance.steps, TimeModel.DELAY),
        "elapsed": _elapsed(units, instance.steps, model),
        "prediction_length": len(units),
        "reference": instance.reference or "",
        "source": [instance.source],
        "source_length": instance.source_length_ms,
    }


def _simuleval_speech(
    index: int, instance: Instance, _: LatencyUnit, model: TimeModel
) -> dict[str, Any]:
    delays = [chunk.delay_ms for chunk in instance.speech]
    durations = [chunk.duration_ms for chunk in instance.speech]
    spoken = playback(delays, durations)
    length_ms = spoken[-1].end_ms - spoken[0].start_ms if spoken else 0.0
    return {
        "index": index,
        "prediction": instance.speech_path or "",
        "delays": delays,
        "durations": durations,
        "prediction_offset": delays[0] if delays else instance.source_length_ms,
        "elapsed": _elapsed(instance.speech, instance.steps, model),
        "intervals": [[chunk.start_ms, chunk.end_ms - chunk.start_ms] for chunk in spoken],
        "prediction_length": length_ms / 1000,
        "source_length": instance.source_length_ms,
        "reference": instance.reference or "",
        "source": instance.source,
    }


def _elapsed(
    emissions: Sequence[Emission] | Sequence[SpeechEmission],
    steps: Sequence[Step],
    model: TimeModel,
) -> list[float]:
    """By `model`, or as recorded where the log has no steps, or none at all."""
    found = times(emissions, steps, model)
    return found if found is not None else times(emissions, steps, TimeModel.RECORDED) or []


def write_omnisteval(
    log: EmissionLog,
    folder: Path,
    unit: LatencyUnit = LatencyUnit.WORD,
    model: TimeModel = TimeModel.OVERLAPPED,
) -> None:
    """Write the files that `omnisteval shortform` or, where there are segments, `longform` reads.

    Elapsed times need no repair there: they are those of `model`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_simuleval_text(i, instance, unit, model) for i, instance in enumerate(log.instances)]
    for row in rows:
        row["source"] = row["source"][0]
        if not row["elapsed"] and row["delays"]:
            del row["elapsed"]
    _write_lines(folder / "hypothesis.jsonl", rows)
    segments = [(i.source, segment) for i in log.instances for segment in i.segments]
    references = [segment.text for _, segment in segments] or [
        instance.reference or "" for instance in log.instances
    ]
    lines = (" ".join(text.split("\n")) for text in references)
    (folder / "references.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    if segments:
        entries = [
            {"wav": source, "offset": s.start_ms / 1000, "duration": s.duration_ms / 1000}
            for source, s in segments
        ]
        _write_yaml(folder / "segmentation.yaml", entries)


def write_simulstream(log: EmissionLog, folder: Path) -> None:
    """Write log.jsonl and config.yaml for simulstream's scorers and statistics.

    One line per step with the words it wrote; where there are no steps, one per moment of writing.
    Words are the tokens, and none is ever deleted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_lines(
        folder / "log.jsonl", (row for instance in log.instances for row in _stream_rows(instance))
    )
    _write_yaml(folder / "config.yaml", {"detokenizer_type": "simuleval", "latency_unit": "word"})


def _stream_rows(instance: Instance) -> Iterable[dict[str, Any]]:
    yield {"id": instance.index, "metadata": {"wav_name": instance.source}}
    for step, words in _written_by_step(instance):
        yield {
            "id": instance.index,
            "total_audio_processed": step.delay_ms / 1000,
            "computation_time": step.compute_ms / 1000,
            "generated_tokens": words,
            "deleted_tokens": [],
        }


def _written_by_step(instance: Instance) -> Iterable[tuple[Step, list[str]]]:
    words = target_units(instance, LatencyUnit.WORD)
    if instance.steps and all(word.step is not None for word in words):
        for index, step in enumerate(instance.steps):
            yield step, [word.text for word in words if word.step == index]
        return
    for (delay, elapsed), run in groupby(words, lambda word: (word.delay_ms, word.elapsed_ms)):
        compute = 0.0 if elapsed is None else elapsed - delay
        yield Step(delay, compute), [word.text for word in run]


def read_simuleval(path: Path, config: RunConfig) -> EmissionLog:
    """SimulEval's instances.log, versions 1.0 and 1.1, as an emission log.

    Its accumulated elapsed times give back the compute of each word, so that both models of elapsed
    time can be scored. Speech has no words, and no elapsed times unless another tool wrote them.
    """
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    instances = [_from_simuleval(row, config.target_type) for row in rows]
    return EmissionLog(config, tuple(sorted(instances, key=lambda instance: instance.index)))


def _from_simuleval(row: dict[str, Any], target: TargetType) -> Instance:
    delays, elapsed = row["delays"], row["elapsed"] or [None] * len(row["delays"])
    steps = _steps_of_accumulated(delays, row["elapsed"])
    place = [index if steps else None for index in range(len(delays))]
    words: list[Emission] = []
    speech: list[SpeechEmission] = []
    if target is TargetType.SPEECH:
        for delay, duration, late, step in zip(
            delays, row["durations"], elapsed, place, strict=True
        ):
            speech.append(SpeechEmission(delay, duration, "", late, step))
    else:
        pieces = row["prediction"].split()
        gap = " " if len(pieces) == len(delays) else ""
        pieces = pieces if gap else list(row["prediction"].replace(" ", ""))
        for text, delay, late, step in zip(pieces, delays, elapsed, place, strict=True):
            words.append(Emission(gap + text, delay, late, 0, step))
    source = row["source"]
    return Instance(
        index=row["index"],
        source=source if isinstance(source, str) else source[0],
        source_length_ms=row["source_length"],
        reference=row.get("reference"),
        words=tuple(words),
        speech=tuple(speech),
        speech_path=row["prediction"] if target is TargetType.SPEECH else None,
        steps=steps,
    )


def _steps_of_accumulated(delays: Sequence[float], elapsed: Sequence[float]) -> tuple[Step, ...]:
    """Compute per emission: increments of elapsed - delay."""
    spent = [late - delay for late, delay in zip(elapsed, delays, strict=False)]
    increments = (after - before for before, after in pairwise([0.0, *spent]))
    return tuple(
        Step(delay, max(0.0, more)) for delay, more in zip(delays, increments, strict=False)
    )


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write_yaml(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")
