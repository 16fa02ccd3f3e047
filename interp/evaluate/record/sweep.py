"""Operating points: policy strings, written out one by one or as a sweep of their parameters."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product

from interp.evaluate.record.errors import EvaluationError

STANDARD = (
    "offline",
    "best",
    "fast",
    "agree:n=2,unit_ms=250,guard_ms=600,beams=5,anew_ms=4000",
    "alignatt:guard_ms=1000,unit_ms=500",
    "waitk:k=1,unit_ms=500",
    "waitk:k=2,unit_ms=500",
    "waitk:k=3,unit_ms=500",
    "waitk:k=5,unit_ms=500",
)
"""The points that the documentation speaks of."""

MAX_POINTS = 200
_PARAMETER = re.compile(r",?([A-Za-z_]\w*)=")


def expand(sweep: str) -> tuple[str, ...]:
    """`waitk:k=1..3,unit_ms=320|640` to its policy strings, the last parameter fastest.

    A value is `first..last`, `first..last:step` (both ends included) or `one|another`. Raises
    EvaluationError for a range that makes no sense or more than MAX_POINTS points.
    """
    name, _, rest = sweep.strip().partition(":")
    pieces = _PARAMETER.split(rest)
    if pieces[0]:
        raise EvaluationError(f"{sweep}: parameters are written key=value")
    keys, choices = pieces[1::2], [_values(text) for text in pieces[2::2]]
    points = []
    for values in product(*choices):
        given = ",".join(f"{key}={value}" for key, value in zip(keys, values, strict=True))
        points.append(f"{name}:{given}" if given else name)
        if len(points) > MAX_POINTS:
            raise EvaluationError(f"{sweep}: more than {MAX_POINTS} points")
    return tuple(points)


def operating_points(policies: Iterable[str], sweeps: Iterable[str]) -> tuple[str, ...]:
    """All points once each, policies before sweeps, in the order they were given."""
    swept = (point for sweep in sweeps for point in expand(sweep))
    return tuple(dict.fromkeys([*(policy.strip() for policy in policies), *swept]))


def _values(text: str) -> list[str]:
    return [value for part in text.split("|") for value in _range(part.strip())]


def _range(text: str) -> list[str]:
    first, dots, rest = text.partition("..")
    if not dots:
        return [text]
    last, _, step = rest.partition(":")
    try:
        low, high, by = Decimal(first), Decimal(last), Decimal(step or 1)
    except InvalidOperation as error:
        raise EvaluationError(f"{text}: a range is first..last or first..last:step") from error
    if by <= 0 or high < low or (high - low) / by >= MAX_POINTS:
        raise EvaluationError(f"{text}: a range goes up, in at most {MAX_POINTS} steps")
    return [str(low + i * by) for i in range(int((high - low) / by) + 1)]


@dataclass(frozen=True, slots=True)
class Family:
    """Points that differ in one parameter: a line of the curves.

    swept: that parameter, empty for a policy without any. members: indices of points.
    """

    label: str
    swept: str
    members: tuple[int, ...]


def families(policies: Iterable[str]) -> tuple[Family, ...]:
    """Group points into lines: same policy, same parameters named, all but one of them equal.

    The parameter with the most values is the one a line runs along.
    """
    parsed = [_parsed(policy) for policy in policies]
    shapes: dict[tuple[str, ...], list[int]] = {}
    for index, (name, given) in enumerate(parsed):
        shapes.setdefault((name, *given), []).append(index)
    found = []
    for (name, *keys), members in shapes.items():
        swept = max(keys, key=lambda key: len({parsed[i][1][key] for i in members}), default="")
        lines: dict[str, list[int]] = {}
        for index in members:
            fixed = _pairs({k: v for k, v in parsed[index][1].items() if k != swept})
            lines.setdefault(" ".join([name, *fixed]), []).append(index)
        if len(members) == 1:
            lines, swept = {" ".join([name, *_pairs(parsed[members[0]][1])]): members}, ""
        elif len(lines) == len(members):  # nothing is swept alone: one line through them all
            lines, swept = {f"{name} ({', '.join(keys)})": members}, ""
        found += [Family(label, swept, tuple(line)) for label, line in lines.items()]
    return tuple(found)


def _parsed(policy: str) -> tuple[str, dict[str, str]]:
    name, _, rest = policy.partition(":")
    pairs = (part.partition("=") for part in rest.split(",") if part)
    return name, {key: value for key, _, value in sorted(pairs)}


def _pairs(given: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in given.items()]
