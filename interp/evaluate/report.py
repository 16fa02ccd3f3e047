"""stub"""
from collections.abc import Sequence
from pathlib import Path
from interp.evaluate.folder import Resolved
from interp.evaluate.log import EmissionLog
from interp.evaluate.summary import Row
def write_report(out: Path, resolved: Resolved, logs: Sequence[EmissionLog], rows: Sequence[Row]) -> None:
    """Later."""
