"""Options of `interp chat`."""

import argparse
from pathlib import Path

from interp.commands.options.session import whole_number


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("question", metavar="TEXT|FILE", help="a recording if there is such a file")
    parser.add_argument(
        "--model",
        type=Path,
        required=True,
        metavar="MODEL",
        help="folder of a training run, of mini-omni as it was released, or `omni`, the package's",
    )
    parser.add_argument("--to", default="", metavar="LANGUAGE", help="translate, do not answer")
    parser.add_argument("--transcribe", action="store_true", help="write down what was said")
    parser.add_argument("--aloud", action="store_true", help="say the text itself; needs --speech")
    parser.add_argument("--speech", type=Path, metavar="FILE", help="WAV of the answer, 24 kHz")
    parser.add_argument("--codec", type=Path, metavar="FOLDER", help="that makes codes sound")
    parser.add_argument("--temperature", type=float, default=0.0, help="0: the likeliest answer")
    parser.add_argument("--seed", type=whole_number, default=0, help="of what is drawn")
    parser.add_argument("--device", default="auto", help="cpu, cuda or auto")
