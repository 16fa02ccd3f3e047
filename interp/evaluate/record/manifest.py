"""What is evaluated: recordings with references, from our TSV or JSONL, SimulEval's lists, MuST-C.

Audio is looked for beside the manifest, as its lines say; MuST-C's also in the `wav` folders of
its layout. Everything is checked before a model is loaded.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import ReferenceSegment

COLUMNS = ("id", "audio", "duration_s", "source_text", "reference")


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording, or a stretch of one.

    segments: for a long one, its references with their place in it. start_ms, duration_ms: of the
    stretch; None: to the end of the file.
    """

    id: str
    audio: Path
    reference: str | None = None
    source_text: str | None = None
    segments: tuple[ReferenceSegment, ...] = ()
    start_ms: float = 0.0
    duration_ms: float | None = None


def read_manifest(path: Path, target: Path | None = None) -> tuple[Clip, ...]:
    """Clips of a .tsv, .jsonl, .yaml or a list of audio files, in order.

    target: references, one a line, for a list (per clip) or a .yaml (per segment). Raises
    EvaluationError that says which line is wrong, OSError.
    """
    references = text_lines(target) if target else None
    match path.suffix.lower():
        case ".tsv":
            clips = tuple(_from_tsv(path))
        case ".jsonl":
            clips = tuple(_from_jsonl(path))
        case ".yaml" | ".yml":
            clips = tuple(_from_yaml(path, references))
        case _:
            clips = tuple(_from_list(path, references))
    return checked(path, clips)


def text_lines(path: Path) -> list[str]:
    """Lines of a UTF-8 text, however they end. Other separators that Unicode has are text: corpora
    hold them inside sentences. Raises OSError."""
    return path.read_text("utf-8-sig").removesuffix("\n").split("\n")


def checked(path: Path, clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """The clips that `path` lists, if there are any and all are there. Raises EvaluationError."""
    found = tuple(clips)
    if not found:
        raise EvaluationError(f"{path} lists no recording")
    for clip in found:
        if not clip.audio.is_file():
            raise EvaluationError(f"{path}: no audio file {clip.audio}")
    return found


def segmented(name: str, audio: Path, segments: Iterable[ReferenceSegment]) -> Clip:
    """A long recording; its segments come in the order of time."""
    in_order = sorted(segments, key=lambda segment: segment.start_ms)
    return Clip(name, audio, segments=tuple(in_order))


def _from_tsv(path: Path) -> Iterator[Clip]:
    """Columns `id audio duration_s source_text reference` by name; id and audio are needed."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        for number, row in enumerate(rows, 2):
            yield _clip(path, number, row)


def _from_jsonl(path: Path) -> Iterator[Clip]:
    """An object a line with the same names; `segments`: [{start_ms, duration_ms, text}]."""
    for number, line in enumerate(text_lines(path), 1):
        if not line.strip():
            continue
        try:
            yield _clip(path, number, json.loads(line))
        except (json.JSONDecodeError, TypeError, AttributeError) as error:
            raise EvaluationError(f"{path}:{number}: not a manifest line") from error


def _clip(path: Path, number: int, row: Mapping[str, Any]) -> Clip:
    if not row.get("id") or not row.get("audio"):
        raise EvaluationError(f"{path}:{number}: a line needs id and audio; names: {COLUMNS}")
    return Clip(
        id=row["id"],
        audio=path.parent / row["audio"],
        reference=row.get("reference") or None,
        source_text=row.get("source_text") or None,
        segments=tuple(ReferenceSegment(**segment) for segment in row.get("segments", ())),
    )


def _from_list(path: Path, references: Sequence[str] | None) -> Iterator[Clip]:
    """SimulEval's --source and --target: an audio path a line, a reference a line."""
    sources = [line.strip() for line in text_lines(path) if line.strip()]
    if references is not None and len(references) != len(sources):
        raise EvaluationError(f"{path}: {len(sources)} recordings, {len(references)} references")
    for index, source in enumerate(sources):
        reference = references[index].strip() if references else None
        yield Clip(Path(source).stem, path.parent / source, reference)


def _from_yaml(path: Path, references: Sequence[str] | None) -> Iterator[Clip]:
    """MuST-C: a list of {wav, offset, duration} in seconds; one clip per recording."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows = yaml.load(path.read_text("utf-8"), Loader=loader)
    if not isinstance(rows, list) or not all({"wav", "offset", "duration"} <= {*r} for r in rows):
        raise EvaluationError(f"{path}: not a list of wav, offset, duration")
    if references is None or len(references) != len(rows):
        raise EvaluationError(f"{path}: {len(rows)} segments need as many lines of references")
    pairs = zip(rows, references, strict=True)
    for wav, group in groupby(pairs, key=lambda pair: str(pair[0]["wav"])):
        yield segmented(Path(wav).stem, _must_c_audio(path, wav), _segments(group))


def _segments(group: Iterable[tuple[Mapping[str, Any], str]]) -> Iterator[ReferenceSegment]:
    for row, reference in group:
        yield ReferenceSegment(
            1000 * float(row["offset"]), 1000 * float(row["duration"]), reference.strip()
        )


def _must_c_audio(path: Path, wav: str) -> Path:
    """Beside the file, or where corpora keep it: txt/set.yaml next to wav/, or full_wavs/.

    mTEDx has FLAC files under the names of WAV ones.
    """
    folders = [path.parent, path.parent / "wav", path.parent.parent / "wav"]
    folders += [path.parent / "full_wavs"]
    places = [folder / name for folder in folders for name in (wav, Path(wav).with_suffix(".flac"))]
    return next((place for place in places if place.is_file()), places[0])
