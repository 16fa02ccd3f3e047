from dataclasses import dataclass
from pathlib import Path

import pytest

from training.config import load_config


@dataclass(frozen=True)
class Inner:
    sizes: tuple[int, ...]
    rate: float = 1.0


@dataclass(frozen=True)
class Outer:
    folder: Path
    inner: Inner


def read(folder: Path, text: str) -> Outer:
    path = folder / "config.toml"
    path.write_text(text)
    return load_config(path, Outer)


def test_tables_become_dataclasses(tmp_path: Path) -> None:
    config = read(tmp_path, 'folder = "runs/a"\n[inner]\nsizes = [1, 2]\nrate = 3\n')
    assert config == Outer(Path("runs/a"), Inner((1, 2), 3.0))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('folder = "a"\nfoldre = "b"\n[inner]\nsizes = []\n', "unknown keys foldre"),
        ('folder = "a"\n[inner]\nsizes = []\nsize = 3\n', "inner: unknown keys size"),
        ('folder = "a"\n', "inner"),
        ('folder = "a"\n[inner]\nsizes = ["b"]\n', "'b' is not a int"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read(tmp_path, text)
