"""What an attack was to hold and what was measured, one row each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """target, measured: as a person reads them. holds: whether the target was met."""

    attack: str
    target: str
    measured: str
    holds: bool


def printed(rows: list[Row]) -> str:
    """The table."""
    cells = [("attack", "target", "measured", ""), *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _cells(row: Row) -> tuple[str, str, str, str]:
    return row.attack, row.target, row.measured, "ok" if row.holds else "MISSED"
