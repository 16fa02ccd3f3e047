"""Published evaluation sets as they are unpacked: CoVoST 2, Europarl-ST, ACL 60/60, TED talks."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from interp.core.translator import Pair
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import ReferenceSegment
from interp.evaluate.record.manifest import Clip, checked, read_manifest, segmented, text_lines

GOLD = Path("segmented_wavs", "gold")


def read_recordings(path: Path, target: Path | None, pair: Pair) -> tuple[Clip, ...]:
    """Clips of one of the corpora, by its layout, or else of a manifest as `read_manifest` has it.

    path: what the module names, file or folder. pair: which of its languages. Raises
    EvaluationError that says what is missing, OSError.
    """
    if target is not None:
        return read_manifest(path, target)
    if path.is_dir():
        return checked(path, _of_folder(path, pair))
    if path.name == "segments.lst":
        return checked(path, _europarl_st(path.parent, pair))
    if path.suffix == ".tsv" and {"path", "translation"} <= set(_header(path)):
        return checked(path, _covost(path))
    if path.suffix in {".yaml", ".yml"}:
        return read_manifest(path, path.with_suffix(f".{pair.target}"))
    return read_manifest(path)


def cut(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """Each reference segment as a clip of its own: gold-segmented short form."""
    found: list[Clip] = []
    for clip in clips:
        if not clip.segments:
            found.append(clip)
        for number, segment in enumerate(clip.segments):
            found.append(
                Clip(
                    id=f"{clip.id}:{number}",
                    audio=clip.audio,
                    reference=segment.text,
                    start_ms=segment.start_ms,
                    duration_ms=segment.duration_ms,
                )
            )
    return tuple(found)


def _of_folder(folder: Path, pair: Pair) -> Iterable[Clip]:
    if (folder / "segments.lst").is_file():
        return _europarl_st(folder, pair)
    if (folder / GOLD).is_dir():
        return _acl_6060(folder, pair)
    if timings := sorted((folder / "txt").glob("*.yaml")):
        return read_manifest(timings[0], timings[0].with_suffix(f".{pair.target}"))
    raise EvaluationError(f"{folder} has the layout of no corpus that is known here")


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as file:
        return file.readline().rstrip("\r\n").split("\t")


def _covost(path: Path) -> Iterator[Clip]:
    """`fr/covost_v2.fr_en.test.tsv` (path, sentence, translation), Common Voice's `clips` beside it
    or above; of a file with a column `split`, as it is published, the test part."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row.get("split", "test") == "test":
                places = [
                    path.parent / "clips" / row["path"],
                    path.parent.parent / "clips" / row["path"],
                ]
                yield Clip(
                    id=Path(row["path"]).stem,
                    audio=_found(places),
                    reference=row["translation"],
                    source_text=row.get("sentence") or None,
                )


def _europarl_st(folder: Path, pair: Pair) -> Iterator[Clip]:
    """`fr/en/test`: segments.lst (`speech start end`, in seconds), segments.fr, segments.en; audio
    in `fr/audios`. One clip per speech."""
    timed = _lines(folder / "segments.lst")
    texts = _lines(folder / f"segments.{pair.target}")
    if len(texts) != len(timed):
        raise EvaluationError(f"{folder}: {len(timed)} segments, {len(texts)} references")
    rows = []
    for number, (line, text) in enumerate(zip(timed, texts, strict=True), 1):
        try:
            speech, start_s, end_s = line.split()
            begin_ms, end_ms = 1000 * float(start_s), 1000 * float(end_s)
        except ValueError as error:
            place = folder / "segments.lst"
            raise EvaluationError(f"{place}:{number}: not `speech start end`") from error
        rows.append((speech, ReferenceSegment(begin_ms, end_ms - begin_ms, text)))
    audios = folder.parent.parent / "audios"
    for speech, group in groupby(rows, key=lambda row: row[0]):
        audio = _found([audios / f"{speech}{suffix}" for suffix in (".m4a", ".wav", ".flac")])
        yield segmented(speech, audio, (segment for _, segment in group))


def _acl_6060(folder: Path, pair: Pair) -> Iterator[Clip]:
    """`acl_6060/eval`: gold sentences, one a line of text/txt and segmented_wavs/gold/sent_N.wav
    from 1."""
    sources, references = (_acl_text(folder, tag) for tag in (pair.source, pair.target))
    for number, (source, reference) in enumerate(zip(sources, references, strict=True), 1):
        audio = folder / GOLD / f"sent_{number}.wav"
        yield Clip(audio.stem, audio, reference, source)


def _acl_text(folder: Path, tag: str) -> list[str]:
    texts = sorted((folder / "text" / "txt").glob(f"ACL.6060.*.{tag}.txt"))
    if not texts:
        raise EvaluationError(f"{folder} has no text in {tag!r}")
    return _lines(texts[0])


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in text_lines(path)]


def _found(places: Sequence[Path]) -> Path:
    return next((place for place in places if place.is_file()), places[0])
