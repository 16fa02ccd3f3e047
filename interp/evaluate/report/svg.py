"""Charts as SVG text that takes its colours from the page: axes, lines, marks. Nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from pathlib import Path

SERIES_COLOURS = 8
"""Classes s0 to s7 of the style sheet."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Values low..high onto pixels start..end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, about: int = 6) -> list[float]:
        """Round values inside, about that many."""
        step = nice_step((self.high - self.low) / about)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [i * step for i in range(first, last + 1)]


def nice_step(rough: float) -> float:
    """The 1, 2 or 5 times a power of ten that is next above `rough`."""
    power = 10.0 ** floor(log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))


def spanned(values: Sequence[float], start: float, end: float, *, from_zero: bool = False) -> Scale:
    """A scale with round ends around the values; around 0 where there are none."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    low = 0.0 if from_zero else low
    if high <= low:
        low, high = low - (not from_zero), low + 1
    step = nice_step((high - low) / 5)
    return Scale(
        0.0 if from_zero else floor(low / step - 0.1) * step,
        ceil(high / step + 0.1) * step,
        start,
        end,
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """Axes of a chart. title: read out in place of the picture."""

    title: str
    x: Scale
    y: Scale
    x_label: str
    y_label: str
    width: int
    height: int

    def draw(self, *content: str) -> str:
        """The whole <svg>, content over the grid."""
        size = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}"'
        return (
            f'<svg {size} role="img" aria-label="{escape(self.title)}" class="chart">'
            f"{self._grid()}{''.join(content)}</svg>"
        )

    def _grid(self) -> str:
        parts = []
        for tick in self.y.ticks():
            level = self.y(tick)
            parts.append(line(self.x.start, level, self.x.end, level, "grid"))
            parts.append(text(self.x.start - 8, level + 4, f"{tick:g}", "tick end"))
        for tick in self.x.ticks(8):
            parts.append(text(self.x(tick), self.y.start + 18, f"{tick:g}", "tick mid"))
        parts.append(line(self.x.start, self.y.start, self.x.end, self.y.start, "axis"))
        middle = (self.x.start + self.x.end) / 2
        parts.append(text(middle, self.y.start + 38, self.x_label, "label mid"))
        parts.append(text(self.x.start - 8, self.y.end - 14, self.y_label, "label"))
        return "".join(parts)


def series(number: int) -> str:
    """Colour class of the n-th series."""
    return f"s{number % SERIES_COLOURS}"


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{classes}"/>'


def path(points: Sequence[tuple[float, float]], classes: str) -> str:
    """A line through pixels (x, y)."""
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{drawn}" class="{classes}"/>'


def area(x1: float, y1: float, x2: float, y2: float, classes: str) -> str:
    """A rectangle between two corners, the upper left one first."""
    size = f'width="{x2 - x1:.1f}" height="{y2 - y1:.1f}"'
    return f'<rect x="{x1:.1f}" y="{y1:.1f}" {size} class="{classes}"/>'


def dot(x: float, y: float, classes: str, told: str, number: int = 0) -> str:
    """A mark that says `told` under the pointer. number: of its series; once the colours repeat,
    the shape is another one."""
    shape = _SHAPES[number // SERIES_COLOURS % len(_SHAPES)]
    inside = f"<title>{escape(told)}</title>"
    if shape is None:
        place = f'cx="{x:.1f}" cy="{y:.1f}" r="3.5"'
        return f'<circle {place} class="{classes}">{inside}</circle>'
    corners = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shape)
    return f'<polygon points="{corners}" class="{classes}">{inside}</polygon>'


_SHAPES = (
    None,
    ((-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)),
    ((0.0, -5.0), (4.5, 3.5), (-4.5, 3.5)),
    ((0.0, -5.0), (5.0, 0.0), (0.0, 5.0), (-5.0, 0.0)),
)
"""Of series by how often the colours were used: circle, square, triangle, diamond."""


def text(x: float, y: float, content: str, classes: str) -> str:
    """A piece of text; classes `mid` and `end` say where it is held."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{classes}">{escape(content)}</text>'


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend. line: classes of its line, empty where none is drawn. number: of the
    series whose mark it shows, or None."""

    label: str
    line: str
    number: int | None


KEY_WIDTH, KEY_HEIGHT = 390, 22


def legend_height(keys: Sequence[Key], width: float) -> int:
    """How high a legend of that width is."""
    return KEY_HEIGHT * -(-len(keys) // _key_columns(width))


def _key_columns(width: float) -> int:
    return max(1, int(width // KEY_WIDTH))


def legend(keys: Sequence[Key], x: float, y: float, width: float) -> str:
    """Entries row by row from the upper left corner, each as what it names is drawn."""
    parts = []
    for place, key in enumerate(keys):
        row, column = divmod(place, _key_columns(width))
        left, middle = x + column * KEY_WIDTH, y + (row + 0.5) * KEY_HEIGHT
        if key.line:
            parts.append(line(left, middle, left + 28, middle, key.line))
        if key.number is not None:
            kind = f"mark {series(key.number)}"
            parts.append(dot(left + 14, middle, kind, key.label, key.number))
        parts.append(text(left + 36, middle + 4, key.label, "key"))
    return "".join(parts)


def standalone(chart: str) -> str:
    """A chart as a file of its own, in the colours of light paper."""
    opened = chart.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, tag, rest = opened.partition(">")
    return f"{head}{tag}<style>{_plain_style()}</style>{rest}\n"


def _plain_style() -> str:
    """chart.css without variables, which programs other than browsers do not know."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", Path(__file__).with_name("chart.css").read_text())
    given = dict(re.findall(r"(--\w+):\s*([^;]+);", rules[0][1]))
    colours = {
        selector.strip(): given[name]
        for selector, body in rules
        if (name := body.partition("--c: var(")[2].partition(")")[0])
    }
    plain = []
    for selector, body in rules[1:]:
        if "var(--c)" in body:
            for series_class, colour in colours.items():
                own = series_class.removeprefix(".chart ")
                selectors = ",".join(f"{each.strip()}{own}" for each in selector.split(","))
                plain.append(f"{selectors}{{{body.strip().replace('var(--c)', colour)}}}")
        elif "--c:" not in body:
            known = re.sub(r"var\((--\w+)\)", lambda found: given[found[1]], body.strip())
            plain.append(f"{selector.strip()}{{{known}}}")
    return "".join(plain)
