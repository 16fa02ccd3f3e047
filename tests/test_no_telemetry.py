"""What people say stays here: no library leaves an identity in the home, or means to report."""

import os
import subprocess
import sys
from pathlib import Path

USE = "from interp.models.vad import SileroDetector; SileroDetector()"


def test_the_detector_leaves_nothing_in_the_home(tmp_path: Path) -> None:
    unset = ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "DO_NOT_TRACK")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    subprocess.run([sys.executable, "-c", USE], env={**kept, "HOME": str(tmp_path)}, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
