"""One reader of settings: what fits is typed, what does not is named."""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interp.core.errors import InvalidRequest, Reason
from interp.core.settings import read_settings, rendered, settings_from


@dataclass(frozen=True)
class Step:
    after_ms: int
    name: str = "a"


class Kind(StrEnum):
    A = "a"
    B = "b"


@dataclass(frozen=True)
class Inner:
    sizes: tuple[int, ...] = ()
    rate: float = 1.0
    limit: int | None = 5
    kind: Kind = Kind.A

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise ValueError("a rate is positive")


@dataclass(frozen=True)
class Outer:
    folder: Path
    inner: Inner = field(default_factory=lambda: Inner(rate=7.0))
    steps: tuple[Step, ...] = ()
    loud: bool = False


def read(folder: Path, text: str) -> Outer:
    path = folder / "settings.toml"
    path.write_text(text)
    return read_settings(path, Outer)


def test_tables_become_dataclasses(tmp_path: Path) -> None:
    text = 'folder = "runs/a"\n[inner]\nsizes = [1, 2]\nrate = 3\n[[steps]]\nafter_ms = 4\n'
    assert read(tmp_path, text) == Outer(Path("runs/a"), Inner((1, 2), 3.0), (Step(4),))


def test_a_table_changes_only_what_it_says(tmp_path: Path) -> None:
    assert read(tmp_path, 'folder = "a"\n[inner]\nsizes = [1]\n').inner == Inner((1,), 7.0)


def test_an_optional_setting_can_be_unset(tmp_path: Path) -> None:
    assert read(tmp_path, 'folder = "a"\n[inner]\nlimit = "none"\n').inner.limit is None


def test_what_is_rendered_reads_back_the_same(tmp_path: Path) -> None:
    steps = (Step(4, 'quo"ted'), Step(5))
    settings = Outer(Path("a/b"), Inner((3,), 1e-6, None, Kind.B), steps, loud=True)
    assert read(tmp_path, rendered(settings)) == settings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('folder = "a"\nfoldre = "b"\n', "unknown key foldre; known: folder, inner"),
        ('folder = "a"\n[inner]\nsize = 3\n', "unknown key inner.size; known: kind, limit, rate"),
        ("", "the file needs: folder"),
        ('folder = "a"\n[inner]\nsizes = ["b"]\n', r"inner.sizes\[0\] must be of type int"),
        ('folder = "a"\n[inner]\nrate = -1\n', "inner. a rate is positive"),
        ("folder = 3\n", "folder must be of type str"),
        ('folder = "a"\n[inner]\nkind = "c"\n', "inner.kind is one of: a, b"),
        ('folder = "none"\n[inner]\nrate = "none"\n', "inner.rate must be of type float"),
        ("[folder", "is not TOML"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told) as caught:
        read(tmp_path, text)
    assert caught.value.reason is Reason.BAD_CONFIG


@given(
    folder=st.text(st.characters(categories=("L", "N")), min_size=1),
    sizes=st.lists(st.integers(-(10**12), 10**12)),
    rate=st.floats(0, 1e300),
    limit=st.none() | st.integers(0, 99),
    names=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3),
)
@example(folder="a", sizes=[], rate=0.0, limit=None, names=["\x7f", "none", "\x00\n\\"])
def test_any_settings_read_back_as_they_were_rendered(
    folder: str, sizes: list[int], rate: float, limit: int | None, names: list[str]
) -> None:
    steps = tuple(Step(number, name) for number, name in enumerate(names))
    settings = Outer(Path(folder), Inner(tuple(sizes), rate, limit), steps)
    assert settings_from(Outer, tomllib.loads(rendered(settings)), "") == settings


def test_what_is_hidden_is_only_said_to_be_set() -> None:
    shown = rendered(Outer(Path("a"), steps=(Step(1, "secret"), Step(2, ""))), hidden=["name"])
    assert "secret" not in shown
    assert shown.count("# name is set, and not shown") == 1
    assert 'name = ""' in shown, "that nothing is set is no secret"
    assert tomllib.loads(shown)["steps"][0] == {"after_ms": 1}
