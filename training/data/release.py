"""A made set as a manifest that makes it again anywhere: texts, engines, seeds and checksums.

Speech of engines is said anew; that of corpora, whose licences differ, is taken from where the user
has it. Either has to have the checksum that it had.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path

from tqdm import tqdm

from training.data.engine import Engine
from training.data.engines import ENGINES, engine_called
from training.data.making import MANIFEST
from training.data.manifest import Entry, read_manifest, statistics, write_manifest
from training.data.recording import recorded_checksum, write_recording
from training.data.synthesise import LEVEL, speak

ABOUT, CARD = "release.json", "README.md"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One side of an entry that can be heard. engine: empty for a corpus."""

    name: str
    text: str
    file: str
    engine: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Released:
    """entries: in all. engines: versions of the packages that each depends on. corpora: entries
    that come from each, to be had from their publishers."""

    entries: int
    engines: dict[str, dict[str, str]]
    corpora: dict[str, int]


def release(manifest: Path, out: Path) -> Released:
    """Write manifest, card and versions. Raises ValueError for speech that is not what its entry
    says; FileNotFoundError for speech that is not there."""
    home, entries = manifest.parent, read_manifest(manifest)
    checked = [_checked(entry, home) for entry in tqdm(entries, unit="entry")]
    sides = [side for entry in checked for side in recorded(entry)]
    kinds = sorted({side.engine.partition(":")[0] for side in sides if side.engine})
    corpora = Counter(entry.generator for entry in checked if not _is_engine(entry.generator))
    about = Released(
        len(checked), {kind: _versions(ENGINES[kind].packages) for kind in kinds}, dict(corpora)
    )
    out.mkdir(parents=True, exist_ok=True)
    write_manifest(out / MANIFEST, checked)
    (out / ABOUT).write_text(json.dumps(asdict(about), indent=2) + "\n", "utf-8")
    (out / CARD).write_text("\n".join(_card(checked, about)) + "\n", "utf-8")
    return about


def rebuild(release_folder: Path, out: Path, corpora: Path | None = None) -> int:
    """Make the speech of a released set and its manifest; how many recordings there are.

    corpora: folder of what engines did not make. Raises ValueError, naming the first recording that
    is not what it was.
    """
    entries = read_manifest(release_folder / MANIFEST)
    engine = cache(engine_called)
    sides = [side for entry in entries for side in recorded(entry)]
    for side in tqdm(sides, unit="recording"):
        path = out / side.file
        if side.engine:
            made = _say(engine(side.engine), side, path)
        elif corpora is None:
            raise ValueError(f"{side.name} is of a corpus: say where {side.file} lies")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(corpora / side.file, path)
            made = recorded_checksum(path)
        if side.checksum and made != side.checksum:
            raise ValueError(f"{side.name}: {side.file} is not what it was when it was released")
    write_manifest(out / MANIFEST, entries)
    return len(sides)


def recorded(entry: Entry) -> Iterator[Recorded]:
    """The sides of an entry that can be heard."""
    for text, file, generator, checksum in (
        (entry.source_text, entry.source_audio, entry.generator, entry.checksum),
        (entry.target_text, entry.target_audio, entry.target_generator, entry.target_checksum),
    ):
        if file:
            engine = generator if _is_engine(generator) else ""
            yield Recorded(entry.name, text, file, engine, checksum)


def _say(engine: Engine, side: Recorded, path: Path) -> str:
    made = write_recording(path, speak(engine, side.text, LEVEL).samples)
    return made if engine.repeats else side.checksum


def _is_engine(generator: str) -> bool:
    return generator.partition(":")[0] in ENGINES


def _checked(entry: Entry, home: Path) -> Entry:
    """The entry with the checksums of its speech."""
    known = entry.checksum, entry.target_checksum
    found = [
        recorded_checksum(home / file) if file else ""
        for file in (entry.source_audio, entry.target_audio)
    ]
    for was, now in zip(known, found, strict=True):
        if was and was != now:
            raise ValueError(f"{entry.name}: its speech is not what its manifest says")
    return replace(entry, checksum=found[0], target_checksum=found[1])


def _versions(packages: tuple[str, ...]) -> dict[str, str]:
    return {name: metadata.version(name) for name in packages}


def _card(entries: list[Entry], about: Released) -> Iterator[str]:
    yield "# Speech and text in two languages"
    yield ""
    yield from (f"- {line}" for line in statistics(entries))
    yield ""
    yield "## Made by"
    for name, versions in about.engines.items():
        engine = ENGINES[name]
        packages = ", ".join(f"{package} {version}" for package, version in versions.items())
        exact = "" if engine.repeats else "; it speaks a little differently each time"
        yield f"- `{name}` ({engine.licence}){': ' if packages else ''}{packages}{exact}"
    for name, count in about.corpora.items():
        yield f"- {name or 'a corpus without a name'}: {count} entries; its publisher has it"
    yield ""
    yield "`python -m training data rebuild FOLDER --out SET` says it all again, and checks it."
