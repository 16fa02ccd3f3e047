"""What the image is built by, run in a clean environment where no builder is at hand."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("pyproject.toml", "constraints.txt", "LICENSE", "README.md", "deploy/install.sh")
COPIED = (*FILES, "interp")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_steps_of_the_image_give_an_environment_that_speaks(tmp_path: Path) -> None:
    """Only what the Dockerfile copies is there, and what is installed needs none of it."""
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    context = tmp_path / "src"
    for name in COPIED:
        assert Path(name).name in dockerfile, name
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, context / name)
    prefix = tmp_path / "interp"
    (extras,) = re.findall(r'^ARG EXTRAS="(.+)"$', dockerfile, re.MULTILINE)
    environment = {**os.environ, "EXTRAS": extras}
    environment.pop("PYTHONPATH", None)
    steps = ["deploy/install.sh", str(prefix)]
    subprocess.run(steps, cwd=context, env=environment, check=True, timeout=800)
    shutil.rmtree(context)
    sound = tmp_path / "hello.wav"
    said = [str(prefix / "bin/interp"), "say", "Good morning.", "--out", str(sound)]
    subprocess.run(said, env=environment, check=True, timeout=120)
    assert sound.stat().st_size > 20_000
