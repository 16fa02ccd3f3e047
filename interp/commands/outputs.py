"""Where what comes of each recording goes, checked before any work is done."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from interp.core.audio import TARGET_RATE_HZ
from interp.core.errors import InvalidRequest, Reason
from interp.outlets.captions.formats import FORMATS, format_of

_NAME_BYTES = 240  # of the 255 that disks take: a file is saved under a longer name first
_SPARE_BYTES = 8 << 20  # beyond what is counted, on each disk


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files that one recording becomes; None where one is not wanted."""

    captions: Path | None = None
    speech: Path | None = None
    video: Path | None = None

    def all(self) -> list[Path]:
        """Those that are wanted."""
        return [path for path in (self.captions, self.speech, self.video) if path is not None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """As the options say it. captions: a path, or a format's suffix alone, with or without dot."""

    captions: str | None = None
    speech: Path | None = None
    video: Path | None = None


def planned(files: Sequence[Path], wanted: Wanted, language: str) -> list[Outputs]:
    """Outputs of each file. language: of the target, in the names of files beside a recording.

    Raises InvalidRequest for a suffix that no format has, for two outputs of one name and for one
    that is an input; OSError for a folder that is not there or cannot be written to.
    """
    labels = _labels(files) if len(files) > 1 else [""] * len(files)
    plans = [
        Outputs(
            _captions(wanted.captions, file, label, language),
            _own(wanted.speech, label),
            _own(wanted.video, label),
        )
        for file, label in zip(files, labels, strict=True)
    ]
    for plan in plans:
        _check_suffixes(plan)
    paths = [path for plan in plans for path in plan.all()]
    _check_apart(paths, files)
    for path in paths:
        check_writable(path)
    return plans


def check_room(plans: Iterable[tuple[Outputs, float, int]]) -> None:
    """Raises OSError where a disk has not the room. Each plan with its seconds and input bytes."""
    needed: Counter[int] = Counter()
    folders: dict[int, Path] = {}
    for plan, length_s, input_bytes in plans:
        for path in plan.all():
            device = path.parent.stat().st_dev
            folders[device] = path.parent
            needed[device] += _size(path, plan, length_s, input_bytes)
    for device, size in needed.items():
        free = shutil.disk_usage(folders[device]).free
        if size + _SPARE_BYTES > free:
            raise OSError(
                f"{folders[device]} has {free / 1e6:.0f} MB free and about {size / 1e6:.0f} MB"
                " would be written"
            )


def check_writable(path: Path) -> None:
    """Raises OSError unless a file can be written there."""
    folder = path.parent
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder} for {path.name}")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder")
    if not os.access(path if path.exists() else folder, os.W_OK) or not os.access(folder, os.W_OK):
        raise PermissionError(f"{path} cannot be written")
    if len(os.fsencode(path.name)) > _NAME_BYTES:
        raise OSError(f"the name {path.name} is too long")


def beside(file: Path, language: str, suffix: str) -> Path:
    """Where players look for captions: `talk.en.srt` beside `talk.mp4`."""
    return file.with_name(f"{file.stem}.{language}{suffix}")


def _captions(wanted: str | None, file: Path, label: str, language: str) -> Path | None:
    if wanted is None:
        return None
    suffix = f".{wanted.removeprefix('.').lower()}"
    return beside(file, language, suffix) if suffix in FORMATS else _own(Path(wanted), label)


def _own(wanted: Path | None, label: str) -> Path | None:
    """`out.wav`, or `out.LABEL.wav` where there are several recordings."""
    if wanted is None or not label:
        return wanted
    return wanted.with_name(f"{wanted.stem}.{label}{wanted.suffix}")


def _labels(files: Sequence[Path]) -> list[str]:
    """A name for each: its stem, with as many folders before it as tell it from the others."""
    parts = [(*file.resolve().parts[1:-1], file.stem) for file in files]
    depth = 1
    while depth < max(map(len, parts)):
        labels = ["-".join(part[-depth:]) for part in parts]
        if len(set(labels)) == len(labels):
            return labels
        depth += 1
    return [f"{file.stem}-{number}" for number, file in enumerate(files, 1)]


def _check_suffixes(plan: Outputs) -> None:
    if plan.captions is not None:
        format_of(plan.captions)
    if plan.speech is not None and plan.speech.suffix.lower() != ".wav":
        raise InvalidRequest(Reason.BAD_CONFIG, f"speech is written as .wav; {plan.speech} is not")
    if plan.video is not None and plan.video.suffix.lower() not in VIDEO_SUFFIXES:
        known = ", ".join(VIDEO_SUFFIXES)
        raise InvalidRequest(Reason.BAD_CONFIG, f"a video ends in {known}; {plan.video} does not")


VIDEO_SUFFIXES = (".mkv", ".mp4", ".m4v", ".mov")


def _check_apart(paths: Sequence[Path], files: Sequence[Path]) -> None:
    taken = {file.resolve() for file in files}
    for path in paths:
        if path.resolve() in taken:
            raise InvalidRequest(Reason.BAD_CONFIG, f"{path} would be written over")
        taken.add(path.resolve())


def _size(path: Path, plan: Outputs, length_s: float, input_bytes: int) -> int:
    if path == plan.video:
        return int(input_bytes * 1.05 + length_s * 16_000)
    return int(length_s * (TARGET_RATE_HZ * 2 if path == plan.speech else 50))
