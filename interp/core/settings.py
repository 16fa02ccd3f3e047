"""Settings: TOML to frozen dataclasses and back. A key that is not known is refused.

The one typed reader, for a deployment and for the recipes of training alike.
"""

import dataclasses
import json
import tomllib
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_type_hints

from interp.core.errors import InvalidRequest, Reason

SettingsT = TypeVar("SettingsT")

NONE = "none"
"""How a file says that an optional setting is not set."""


def read_settings(path: Path, cls: type[SettingsT]) -> SettingsT:
    """Read a TOML file as a `cls`, a dataclass of plain values, paths, tuples and dataclasses.

    Raises InvalidRequest(BAD_CONFIG), naming the key and the known ones; OSError.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad(f"{path.name} is not TOML: {error}") from error
    return settings_from(cls, table, "")


def settings_from(
    cls: type[SettingsT], table: Mapping[str, Any], where: str, base: SettingsT | None = None
) -> SettingsT:
    """A frozen dataclass from a table, nested ones included.

    where: its path, for errors. base: what holds where the table says nothing, else the defaults.
    """
    hints = get_type_hints(cls)
    unknown = sorted(table.keys() - hints.keys())
    if unknown:
        raise _bad(f"unknown key {where}{unknown[0]}; known: {', '.join(sorted(hints))}")
    fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    values = {
        key: _value(hints[key], value, f"{where}{key}", _default(fields[key], base))
        for key, value in table.items()
    }
    try:
        return cls(**values) if base is None else dataclasses.replace(base, **values)  # type: ignore[type-var]
    except TypeError as error:
        needed = [f.name for f in dataclasses.fields(cls) if _is_needed(f)]  # type: ignore[arg-type]
        raise _bad(f"{where or 'the file'} needs: {', '.join(needed)}") from error
    except ValueError as error:
        raise _bad(f"{where or 'the file'} {error}") from error


def rendered(settings: Any, hidden: Collection[str] = ()) -> str:
    """A dataclass as the TOML that reads back as the same; but for fields of a `hidden` name, of
    which only is said that they are set."""
    return "\n".join(_lines(settings, "", hidden)).strip() + "\n"


def _lines(settings: Any, where: str, hidden: Collection[str]) -> Iterator[str]:
    tables: list[str] = []
    for field in dataclasses.fields(settings):
        value, path = getattr(settings, field.name), f"{where}{field.name}"
        if dataclasses.is_dataclass(value):
            tables += ["", f"[{path}]", *_lines(value, f"{path}.", hidden)]
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            for each in value:
                tables += ["", f"[[{path}]]", *_lines(each, f"{path}.", hidden)]
        elif field.name in hidden and value:
            yield f"# {field.name} is set, and not shown"
        else:
            yield f"{field.name} = {_written(value)}"
    yield from tables


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if value is None:
        return json.dumps(NONE)
    if isinstance(value, tuple):
        return f"[{', '.join(_written(each) for each in value)}]"
    # TOML has JSON's strings, but for one character more that must be escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(hint: Any, value: Any, where: str, default: Any = None) -> Any:
    if value == NONE and type(None) in get_args(hint):
        return None
    inner = [each for each in get_args(hint) if each not in (type(None), Ellipsis)]
    if isinstance(hint, GenericAlias):  # tuple[X, ...]
        if not isinstance(value, list):
            raise _bad(f"{where} must be a list")
        return tuple(_value(inner[0], each, f"{where}[{i}]") for i, each in enumerate(value))
    kind = inner[0] if inner else hint
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise _bad(f"{where} must be a table")
        base = default if type(default) is kind else None
        return settings_from(kind, value, f"{where}.", base)  # type: ignore[arg-type]
    if isinstance(value, str) and isinstance(kind, type) and issubclass(kind, Path | StrEnum):
        return _named(kind, value, where)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise _bad(f"{where} must be of type {'str' if kind is Path else kind.__name__}")
    return value


def _named(kind: "type[Path | StrEnum]", value: str, where: str) -> Path | StrEnum:
    """A place, or one of a few words."""
    if issubclass(kind, Path):
        return kind(value).expanduser()
    try:
        return kind(value)
    except ValueError:
        raise _bad(f"{where} is one of: {', '.join(kind)}") from None


def _default(f: "dataclasses.Field[Any]", base: Any) -> Any:
    """What a field holds where its table says nothing."""
    if base is not None:
        return getattr(base, f.name)
    if f.default_factory is not dataclasses.MISSING:
        return f.default_factory()
    return None if f.default is dataclasses.MISSING else f.default


def _is_needed(f: "dataclasses.Field[Any]") -> bool:
    return f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING


def _bad(message: str) -> InvalidRequest:
    return InvalidRequest(Reason.BAD_CONFIG, message)
