"""interp/v1 is what `make proto` makes of protos/ now."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROTOS = sorted(path.relative_to(ROOT) for path in ROOT.glob("protos/interp/v1/*.proto"))


def generate(folder: Path) -> None:
    """What `make proto` runs, into another folder."""
    services = [path for path in PROTOS if path.stem.endswith("_service")]
    for options, sources in (
        ((f"--python_out={folder}", f"--pyi_out={folder}"), PROTOS),
        ((f"--grpc_python_out={folder}",), services),
    ):
        command = [sys.executable, "-m", "grpc_tools.protoc", "-I", "protos", *options, *sources]
        subprocess.run(command, cwd=ROOT, check=True)


def texts(folder: Path) -> dict[str, str]:
    return {
        path.name: path.read_text()
        for path in folder.glob("*_pb2*")
        if path.suffix in (".py", ".pyi")
    }


def test_generated_code_is_current(tmp_path: Path) -> None:
    generate(tmp_path)
    made = texts(tmp_path / "interp/v1")
    services = [each for each in PROTOS if each.stem.endswith("_service")]
    assert len(made) == 2 * len(PROTOS) + len(services)
    assert texts(ROOT / "interp/v1") == made


def test_protos_keep_the_style() -> None:
    buf = Path(sys.executable).with_name("buf")
    for check in (["lint"], ["format", "--diff", "--exit-code"]):
        done = subprocess.run([buf, *check], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
