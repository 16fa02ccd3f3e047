"""Speech and text in two languages, one entry a line: what a recipe learns from.

A manifest is JSON lines; empty fields are left out. Paths are relative to its folder.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from interp.core.settings import settings_from


@dataclass(frozen=True, slots=True)
class Entry:
    """An utterance, and what it is in another language, or what answers it in the same.

    source_audio, target_audio: files. source_word_ends_ms: when each word of the source has been
    said. target_reads: for each word of the target, the source word that it stands for. start_ms,
    end_ms: of the utterance in its source file; 0 for the file's end. speaker: of the source.
    licence, generator, seed: where the speech is from; a generator is an engine of
    `training.data.engines` with its voice, or a corpus. checksum: of the source audio, see
    `recording.recorded_checksum`. target_generator, target_checksum: of the target's speech.
    """

    name: str
    source_text: str = ""
    target_text: str = ""
    source_language: str = ""
    target_language: str = ""
    source_audio: str = ""
    target_audio: str = ""
    source_word_ends_ms: tuple[int, ...] = ()
    target_reads: tuple[int, ...] = ()
    start_ms: int = 0
    end_ms: int = 0
    speaker: str = ""
    licence: str = ""
    generator: str = ""
    target_generator: str = ""
    seed: int = 0
    checksum: str = ""
    target_checksum: str = ""

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
        file.writelines(f"{entry_line(entry)}\n" for entry in entries)
    partial.rename(path)


def join(paths: Sequence[Path], out: Path) -> list[Entry]:
    """One manifest of several, one after the other; files as seen from its folder. Raises
    ValueError for a name that comes twice."""
    entries = [
        _moved(entry, path.parent, out.parent) for path in paths for entry in read_manifest(path)
    ]
    if len({entry.name for entry in entries}) != len(entries):
        raise ValueError("a name is in two of them: give one a prefix of its own")
    write_manifest(out, entries)
    return entries


def _moved(entry: Entry, home: Path, to: Path) -> Entry:
    """The same, its files seen from another folder."""
    source, target = (
        os.path.relpath(home / audio, to) if audio else ""
        for audio in (entry.source_audio, entry.target_audio)
    )
    return replace(entry, source_audio=source, target_audio=target)


def entry_line(entry: Entry) -> str:
    """One line of a manifest."""
    usual = {field.name: field.default for field in fields(entry)}
    said = {name: value for name, value in asdict(entry).items() if value != usual[name]}
    return json.dumps(said, ensure_ascii=False)


def statistics(entries: Iterable[Entry]) -> Iterator[str]:
    """What a data card says, a line a pair of languages, licence and generator."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    for entry in entries:
        pair = f"{entry.source_language}-{entry.target_language or entry.source_language}"
        found = counts.setdefault((pair, entry.licence, entry.generator), [0, 0, 0, 0])
        found[0] += 1
        found[1] += len(entry.source_text.split())
        found[2] += bool(entry.source_audio)
        found[3] += entry.end_ms - entry.start_ms
    for (pair, licence, generator), (lines, words, heard, heard_ms) in sorted(counts.items()):
        origin = ", ".join(part for part in (licence, generator) if part) or "origin not given"
        hours = f", {heard_ms / 3.6e6:.2f} h" if heard_ms else ""
        said = f"{lines} entries, {words} source words, {heard} with speech{hours}"
        yield f"{pair}: {said} ({origin})"
