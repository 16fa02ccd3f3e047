"""Ship a codec: `python -m training.codec.export RUN --out interp/data/snac-en`."""

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file

from interp.models.snac import build_snac, read_config, write_weights

CARD = Path(__file__).with_name("CARD.md")


def export(run: Path, out: Path) -> int:
    """Write the last weights of `run` as float16 with their config and card; returns the bytes."""
    config = read_config(run / "weights")
    model = build_snac(config)
    model.load_state_dict(load_file(run / "weights" / "model.safetensors"))
    write_weights(model, config, out, torch.float16)
    shutil.copy(CARD, out / "README.md")
    return sum(file.stat().st_size for file in out.iterdir())


def main() -> None:
    """Export one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    size = export(arguments.run, arguments.out)
    print(f"{size / 1e6:.2f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
