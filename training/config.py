"""TOML files to frozen dataclasses; an unknown or missing key is an error that names it."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

ConfigT = TypeVar("ConfigT")


def load_config(path: Path, kind: type[ConfigT]) -> ConfigT:
    """Read `path` as a `kind`, a dataclass whose fields may be dataclasses, tuples and paths."""
    with path.open("rb") as file:
        return from_table(tomllib.load(file), kind, str(path))


def from_table(table: dict[str, Any], kind: type[ConfigT], where: str) -> ConfigT:
    """One TOML table to one dataclass. where: how error messages call the table."""
    hints = get_type_hints(kind)
    known = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(table) - known):
        raise ValueError(f"{where}: unknown keys {', '.join(unknown)}")
    values = {key: _value(value, hints[key], f"{where}: {key}") for key, value in table.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from error


def _value(value: Any, hint: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_table(value, hint, where)
    if get_origin(hint) is tuple:
        return tuple(_value(item, get_args(hint)[0], where) for item in value)
    if hint is Path:
        return Path(value).expanduser()
    if hint is float and isinstance(value, int):
        return float(value)
    if not isinstance(value, hint):
        raise ValueError(f"{where}: {value!r} is not a {hint.__name__}")
    return value
