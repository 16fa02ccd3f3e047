"""Speech and text in two languages, one entry a line: what a recipe learns from.

A manifest is JSON lines; empty fields are left out. Paths are relative to its folder.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from interp.core.settings import settings_from


@dataclass(frozen=True, slots=True)
class Entry:
    """An utterance, and what it is in another language, or what answers it in the same.

    source_audio, target_audio: files. source_word_ends_ms: when each word of the source has been
    said. start_ms, end_ms: of the utterance in its source file; 0 for the file's end. speaker: of
    the source. licence, generator, seed: where the speech is from; a generator is a program or a
    corpus. checksum: sha256 of the source audio, as hex.
    """

    name: str
    source_text: str = ""
    target_text: str = ""
    source_language: str = ""
    target_language: str = ""
    source_audio: str = ""
    target_audio: str = ""
    source_word_ends_ms: tuple[int, ...] = ()
    start_ms: int = 0
    end_ms: int = 0
    speaker: str = ""
    licence: str = ""
    generator: str = ""
    seed: int = 0
    checksum: str = ""

    @property
    def translates(self) -> bool:
        """Source and target are in two languages."""
        return bool(self.target_text) and self.source_language != self.target_language


def read_manifest(path: Path) -> list[Entry]:
    """All entries. Raises InvalidRequest(BAD_CONFIG), naming the line, for one that does not fit;
    ValueError for a name that comes twice."""
    entries = [
        settings_from(Entry, json.loads(line), f"line {number}: ")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
    ]
    if len({entry.name for entry in entries}) != len(entries):
        raise ValueError(f"{path} has a name twice")
    return entries


def write_manifest(path: Path, entries: Iterable[Entry]) -> None:
    """Write one file; renamed into place when complete."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(f"{_line(entry)}\n" for entry in entries)
    partial.rename(path)


def _line(entry: Entry) -> str:
    usual = {field.name: field.default for field in fields(entry)}
    said = {name: value for name, value in asdict(entry).items() if value != usual[name]}
    return json.dumps(said, ensure_ascii=False)


def statistics(entries: Iterable[Entry]) -> Iterator[str]:
    """What a data card says, a line a pair of languages, licence and generator."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    for entry in entries:
        pair = f"{entry.source_language}-{entry.target_language or entry.source_language}"
        found = counts.setdefault((pair, entry.licence, entry.generator), [0, 0, 0])
        found[0] += 1
        found[1] += len(entry.source_text.split())
        found[2] += bool(entry.source_audio)
    for (pair, licence, generator), (lines, words, heard) in sorted(counts.items()):
        origin = ", ".join(part for part in (licence, generator) if part) or "origin not given"
        yield f"{pair}: {lines} entries, {words} source words, {heard} with speech ({origin})"
