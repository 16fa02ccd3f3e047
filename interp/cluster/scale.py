"""How many replicas there should be beside those that there always are.

More when few lanes are free or words come late, fewer when lanes are long unused: a value, told of
the loads and the time, that says what is to be. All gateways of a Ray ask the same one
(`scaling.py`), so that what they do about it is the same thing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from interp.engine.load import Load

NAME = "interp-replica-"
STALE_S = 5.0
"""A replica of which nothing was heard for so long counts no lanes."""
SETTLE_S = 3.0
"""After it takes no new sessions, one that a gateway was just placing has come by then."""
GONE_S = 60.0
"""So long an ended replica's name is not used again, and whoever carries it is ended."""


@dataclass(frozen=True, slots=True)
class ScaleSettings:
    """grow_below: of all lanes, the share that is free below which there are too few. grow_lag_ms:
    words that come so late even at the replica that is least so say the same. Either for
    grow_after_s asks for one more. shrink_above: if so large a share would be free without the
    newest for shrink_after_s, it goes. place_s: to be placed and load its models, or the wish is
    withdrawn; pause_s: before the next one then.
    """

    grow_below: float = 0.2
    grow_lag_ms: float = 1_000.0
    grow_after_s: float = 5.0
    shrink_above: float = 0.5
    shrink_after_s: float = 300.0
    place_s: float = 600.0
    pause_s: float = 60.0

    def __post_init__(self) -> None:
        if not 0 <= self.grow_below < self.shrink_above <= 1:
            raise ValueError("grow_below is less than shrink_above, both shares of all lanes")
        times = self.grow_lag_ms, self.grow_after_s, self.shrink_after_s, self.place_s, self.pause_s
        if min(times) < 0:
            raise ValueError("times are not negative")


@dataclass(frozen=True, slots=True)
class Plan:
    """names: replicas beside the usual, the newest last. retiring: those of them that take no new
    sessions. gone: names whose replicas are to be ended. withdrawn: one of these that was never
    placed, told to one gateway once."""

    names: tuple[str, ...] = ()
    retiring: frozenset[str] = frozenset()
    gone: tuple[str, ...] = ()
    withdrawn: str | None = None


@dataclass(slots=True)
class _Member:
    """heard_s: when it was last heard of, or wished for. load: None before it lives."""

    heard_s: float
    load: Load | None = None
    retired_s: float | None = None

    def lives(self, now_s: float) -> bool:
        return self.load is not None and now_s - self.heard_s <= STALE_S


@dataclass(slots=True)
class Scale:
    """first: the number of the first name beside the usual; most: how many of them at most."""

    settings: ScaleSettings
    first: int
    most: int
    _usual: dict[str, _Member] = field(default_factory=dict)
    _more: dict[str, _Member] = field(default_factory=dict)
    _gone: dict[str, float] = field(default_factory=dict)
    _short_since_s: float | None = None
    _idle_since_s: float | None = None
    _not_before_s: float = 0.0

    def beat(self, loads: Mapping[str, Load], kept: Collection[str], now_s: float) -> Plan:
        """What is to be, now that a gateway sees these loads. kept: names of replicas beside the
        usual that it has, or has asked for; what is not known of them is taken over."""
        self._gone = {name: at_s for name, at_s in self._gone.items() if now_s - at_s < GONE_S}
        self._hear(loads, kept, now_s)
        self._end_unused(now_s)
        withdrawn = self._withdraw(now_s)
        self._decide(now_s)
        retiring = (name for name, each in self._more.items() if each.retired_s is not None)
        return Plan(tuple(self._more), frozenset(retiring), tuple(self._gone), withdrawn)

    def _hear(self, loads: Mapping[str, Load], kept: Collection[str], now_s: float) -> None:
        for name in sorted({*loads, *kept} - self._more.keys() - self._gone.keys(), key=_number):
            if _number(name) >= self.first:
                self._more[name] = _Member(now_s)
        for name, load in loads.items():
            if name in self._more:
                self._more[name].heard_s, self._more[name].load = now_s, load
            elif name not in self._gone:
                self._usual[name] = _Member(now_s, load)

    def _end_unused(self, now_s: float) -> None:
        """Those that retired, once their last session has ended, or they have."""
        for name, each in list(self._more.items()):
            if each.retired_s is None or now_s - each.retired_s < SETTLE_S:
                continue
            if not each.lives(now_s) or (each.load and each.load.sessions == 0):
                self._end(name, now_s)

    def _withdraw(self, now_s: float) -> str | None:
        """One that was not placed in time, or is lost and finds no place again."""
        for name, each in self._more.items():
            if now_s - each.heard_s > self.settings.place_s:
                self._end(name, now_s)
                self._not_before_s = now_s + self.settings.pause_s
                return name
        return None

    def _end(self, name: str, now_s: float) -> None:
        del self._more[name]
        self._gone[name] = now_s

    def _decide(self, now_s: float) -> None:
        settings = self.settings
        serving = {
            name: each.load
            for name, each in {**self._usual, **self._more}.items()
            if each.load and each.lives(now_s) and each.retired_s is None
        }
        short, idle = self._short(serving), self._idle(serving)
        self._short_since_s = _since(self._short_since_s, now_s) if short else None
        self._idle_since_s = _since(self._idle_since_s, now_s) if idle else None
        if short and now_s - (self._short_since_s or 0.0) >= settings.grow_after_s:
            self._grow(now_s)
        if idle and now_s - (self._idle_since_s or 0.0) >= settings.shrink_after_s:
            self._more[self._newest(serving)].retired_s = now_s
            self._idle_since_s = None

    def _short(self, serving: Mapping[str, Load]) -> bool:
        if not serving:
            return False  # nothing is known
        free, lanes = _lanes(serving)
        late_ms = min(each.lag_ms for each in serving.values())
        return free < self.settings.grow_below * lanes or late_ms > self.settings.grow_lag_ms

    def _idle(self, serving: Mapping[str, Load]) -> bool:
        """Whether the newest could go: its sessions, too, would find room among the others."""
        name = self._newest(serving)
        if not name or not all(each.load for each in self._more.values()):
            return False
        rest = {other: load for other, load in serving.items() if other != name}
        free, lanes = _lanes(rest)
        late_ms = max((each.lag_ms for each in serving.values()), default=0.0)
        enough = free - serving[name].sessions >= self.settings.shrink_above * lanes
        return bool(rest) and enough and late_ms <= self.settings.grow_lag_ms / 2

    def _newest(self, serving: Mapping[str, Load]) -> str:
        return next((name for name in reversed(self._more) if name in serving), "")

    def _grow(self, now_s: float) -> None:
        """One more, one at a time: what that one makes of it is seen first."""
        retired = [name for name, each in self._more.items() if each.retired_s is not None]
        settled = all(each.lives(now_s) for each in self._more.values())
        if retired:
            self._more[retired[-1]].retired_s = None
        elif settled and len(self._more) < self.most and now_s >= self._not_before_s:
            self._more[self._free_name()] = _Member(now_s)
        self._short_since_s = None

    def _free_name(self) -> str:
        taken, number = self._more.keys() | self._gone.keys(), self.first
        while f"{NAME}{number}" in taken:
            number += 1
        return f"{NAME}{number}"


def _since(since_s: float | None, now_s: float) -> float:
    return now_s if since_s is None else since_s


def _number(name: str) -> int:
    number = name.removeprefix(NAME)
    return int(number) if number.isdigit() else -1


def _lanes(loads: Mapping[str, Load]) -> tuple[int, int]:
    """How many are free, and how many there are."""
    free = sum(each.free_lanes for each in loads.values())
    return free, free + sum(each.sessions for each in loads.values())
