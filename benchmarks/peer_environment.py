"""Virtual environments of other projects' tools, made once under .peers/ in the repository."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PEERS = Path(__file__).parents[1] / ".peers"


def environment(name: str, requirements: Sequence[str], bare: Sequence[str] = ()) -> Path:
    """Folder of the programs of an environment that holds `requirements`.

    bare: packages installed without what they depend on. It is made anew when a list changes.
    """
    folder = PEERS / name
    stamp = folder / ".installed"
    wanted = "\n".join([*requirements, "--no-deps", *bare])
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet")
        subprocess.run([*pip, *requirements], check=True)
        if bare:
            subprocess.run([*pip, "--no-deps", *bare], check=True)
        stamp.write_text(wanted)
    return folder / "bin"
