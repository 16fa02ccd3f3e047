"""Corpora as users have them on disk, as manifest entries. Nothing is downloaded or copied.

Each reader takes the folder as the corpus is unpacked; layouts are named with each.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml

from training.data.manifest import Entry

Reader = Callable[[Path, str, str], Iterator[Entry]]
"""A folder or file, source and target language, to its entries."""


def pairs_tsv(path: Path, source: str, target: str) -> Iterator[Entry]:
    """A TSV with a header and columns named as the fields of Entry; `name` is the line's number
    where it has none."""
    for number, row in enumerate(_tsv(path)):
        known = {key: value for key, value in row.items() if value}
        defaults = {"name": str(number), "source_language": source, "target_language": target}
        yield Entry(**{**defaults, **known})  # type: ignore[arg-type]


def common_voice(folder: Path, source: str, target: str) -> Iterator[Entry]:
    """Mozilla Common Voice: `validated.tsv` beside `clips/`; no translations. CC0."""
    for row in _tsv(folder / "validated.tsv"):
        yield Entry(
            name=Path(row["path"]).stem,
            source_text=row["sentence"],
            source_language=source,
            source_audio=str(Path("clips", row["path"])),
            speaker=row["client_id"],
            licence="CC0-1.0",
            generator="Common Voice",
        )


def covost2(folder: Path, source: str, target: str) -> Iterator[Entry]:
    """CoVoST 2 over Common Voice: `covost_v2.SOURCE_TARGET.tsv` beside `clips/`. CC0."""
    for row in _tsv(folder / f"covost_v2.{source}_{target}.tsv"):
        yield Entry(
            name=Path(row["path"]).stem,
            source_text=row["sentence"],
            target_text=row["translation"],
            source_language=source,
            target_language=target,
            source_audio=str(Path("clips", row["path"])),
            speaker=row.get("client_id", ""),
            licence="CC0-1.0",
            generator="CoVoST 2",
        )


def cvss(folder: Path, source: str, target: str) -> Iterator[Entry]:
    """CVSS: `train.tsv` of file and translation, target speech in `train/`; sources from Common
    Voice beside them in `clips/`. CC BY 4.0."""
    for line in (folder / "train.tsv").read_text("utf-8").splitlines():
        file, text = line.split("\t")[:2]
        yield Entry(
            name=Path(file).stem,
            target_text=text,
            source_language=source,
            target_language=target,
            source_audio=str(Path("clips", file)),
            target_audio=str(Path("train", f"{file}.wav")),
            licence="CC-BY-4.0",
            generator="CVSS",
        )


def must_c(folder: Path, source: str, target: str) -> Iterator[Entry]:
    """MuST-C: `train.yaml`, `train.SOURCE` and so on in `txt/`, talks in `wav/`. CC BY-NC-ND."""
    text = folder / "txt"
    places = yaml.safe_load((text / "train.yaml").read_text("utf-8"))
    sides = [(text / f"train.{side}").read_text("utf-8").splitlines() for side in (source, target)]
    for number, (place, said, told) in enumerate(zip(places, *sides, strict=True)):
        start_ms = round(1000 * float(place["offset"]))
        yield Entry(
            name=f"{Path(place['wav']).stem}-{number}",
            source_text=said,
            target_text=told,
            source_language=source,
            target_language=target,
            source_audio=str(Path("wav", place["wav"])),
            start_ms=start_ms,
            end_ms=start_ms + round(1000 * float(place["duration"])),
            speaker=str(place.get("speaker_id", "")),
            licence="CC-BY-NC-ND-4.0",
            generator="MuST-C",
        )


def voice_assistant(folder: Path, source: str, target: str) -> Iterator[Entry]:
    """VoiceAssistant-400K: `data.jsonl` with question, answer, and the question's file in
    `question_audio`. Apache 2.0."""
    for number, line in enumerate((folder / "data.jsonl").read_text("utf-8").splitlines()):
        row = json.loads(line)
        yield Entry(
            name=str(row.get("index", number)),
            source_text=row["question"],
            target_text=row["answer"],
            source_language=source,
            target_language=source,
            source_audio=row.get("question_audio", ""),
            licence="Apache-2.0",
            generator="VoiceAssistant-400K",
        )


def evaluation(path: Path, source: str, target: str) -> Iterator[Entry]:
    """A manifest of `interp eval`: `id`, `audio`, `source_text` and, where it translates,
    `reference`."""
    for row in _tsv(path):
        reference = row.get("reference", "")
        yield Entry(
            name=row["id"],
            source_text=row.get("source_text", ""),
            target_text=reference,
            source_language=source,
            target_language=target if reference else "",
            source_audio=row["audio"],
        )


READERS: Mapping[str, Reader] = {
    "tsv": pairs_tsv,
    "evaluation": evaluation,
    "common-voice": common_voice,
    "covost2": covost2,
    "cvss": cvss,
    "must-c": must_c,
    "voice-assistant": voice_assistant,
}


def _tsv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
