"""Policies by name: `parse("waitk:k=3,guard_ms=400")`, a quality, a user's file, an entry point."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, get_type_hints

from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.policies.base import Policy
from interp.policies.guard import Guarded
from interp.policies.qualities import QUALITIES

ENTRY_POINT_GROUP = "interp.policies"
GUARDS = frozenset({"guard_ms", "guard_p", "beams", "anew_ms"})
MIN_UNIT_MS, MAX_UNIT_MS = 32, 10_000
MOST = 1_000_000

_registry: dict[str, type] = {}
ClassT = TypeVar("ClassT", bound=type)


def policy(name: str) -> Callable[[ClassT], ClassT]:
    """Class decorator: register a frozen dataclass whose fields are the policy's parameters."""

    def register(cls: ClassT) -> ClassT:
        _registry[name] = cls
        return cls

    return register


def names() -> list[str]:
    """Names that `parse` knows now, qualities and entry points included."""
    return sorted({*QUALITIES, *_registry, *(point.name for point in _entry_points())})


def parameters(name: str) -> Mapping[str, Any]:
    """Parameter names and their defaults; a quality has none."""
    if name in QUALITIES:
        return {}
    return {f.name: None if f.default is MISSING else f.default for f in fields(_class_of(name))}


def summary(name: str) -> str:
    """The first line of its documentation; of a quality, the policy that it names."""
    if name in QUALITIES:
        return QUALITIES[name]
    return (_class_of(name).__doc__ or "").partition("\n")[0]


def load_file(path: Path) -> ModuleType:
    """Import a user's policy file; what it registers becomes known to `parse`."""
    spec = importlib.util.spec_from_file_location(f"interp_policy_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InvalidRequest(Reason.BAD_POLICY, "a policy file is a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parse(text: str) -> Policy:
    """`name:key=value,...`, or the name of a quality, to a policy. GUARDS may follow any policy.

    Raises NotServed(POLICY_UNKNOWN), InvalidRequest(BAD_POLICY).
    """
    name, _, rest = QUALITIES.get(text.strip(), text.strip()).partition(":")
    cls = _class_of(name)
    given = dict(_pairs(rest))
    guards = {key: given.pop(key) for key in GUARDS - get_type_hints(cls).keys() if key in given}
    chosen: Policy = _build(cls, given)
    if not MIN_UNIT_MS <= chosen.unit_ms <= MAX_UNIT_MS:
        raise InvalidRequest(Reason.BAD_POLICY, f"unit_ms is {MIN_UNIT_MS} to {MAX_UNIT_MS}")
    return _guarded(chosen, guards) if guards else chosen


def _guarded(chosen: Policy, guards: dict[str, str]) -> Policy:
    guarded: Policy = _build(Guarded, {"policy": chosen, **guards})
    return guarded


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key, equals, value = part.partition("=")
        if not equals:
            raise InvalidRequest(Reason.BAD_POLICY, "policy parameters are written key=value")
        pairs.append((key.strip(), value.strip()))
    return pairs


def _build(cls: type, given: Mapping[str, Any]) -> Any:
    hints = get_type_hints(cls)
    unknown = [key for key in given if key not in hints]
    if unknown:
        known = ", ".join(sorted({*hints, *GUARDS} - {"policy"}))
        raise InvalidRequest(Reason.BAD_POLICY, f"unknown policy parameter; known: {known}")
    try:
        return cls(**{k: _setting(hints[k], v) for k, v in given.items()})
    except (TypeError, ValueError) as error:
        raise InvalidRequest(Reason.BAD_POLICY, "a policy parameter has a bad value") from error


def _setting(kind: Callable[[str], Any], value: Any) -> Any:
    """A parameter. Raises ValueError for a number that no policy can mean."""
    if not isinstance(value, str):
        return value
    setting = kind(value)
    if isinstance(setting, int | float) and not 0 <= setting <= MOST:
        raise ValueError("a number is negative, too large, or none")
    return setting


def _entry_points() -> list[Any]:
    return list(entry_points(group=ENTRY_POINT_GROUP))


def _class_of(name: str) -> type:
    if name not in _registry:
        for point in _entry_points():
            if point.name == name:
                _registry[name] = point.load()
    if name not in _registry:
        raise NotServed(Reason.POLICY_UNKNOWN, f"unknown policy; known: {', '.join(names())}")
    return _registry[name]
