"""The curves as files for a paper: curves.svg and curves.png. The only file with matplotlib."""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from interp.evaluate.report.curves import REGIMES_S, Curves


def save_figures(found: Curves, folder: Path) -> None:
    """Write curves.svg and curves.png."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for number, curve in enumerate(found.curves):
        colour = f"C{number}"
        aware = sorted(curve.points, key=lambda point: point.aware_s)
        axes.plot(
            [point.lag_s for point in curve.points],
            [point.quality for point in curve.points],
            color=colour,
            marker="o",
            label=curve.label,
        )
        axes.plot(
            [point.aware_s for point in aware],
            [point.quality for point in aware],
            color=colour,
            marker="o",
            markerfacecolor="none",
            linestyle="--",
        )
    for regime in REGIMES_S:
        axes.axvline(regime, color="0.8", linewidth=1)
    if found.offline is not None:
        axes.axhline(found.offline, color="0.4", linestyle=":", label="offline")
    axes.set_xlim(left=0)
    axes.set_xlabel(f"{found.lag}, seconds (dashed: with compute)")
    axes.set_ylabel(found.quality)
    if found.curves or found.offline is not None:
        axes.legend(fontsize="small", frameon=False)
    for kind in ("svg", "png"):
        figure.savefig(folder / f"curves.{kind}", dpi=150)
