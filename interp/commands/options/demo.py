"""Options of `interp demo`."""

import argparse
from pathlib import Path

from interp.core.config import DEFAULT_POLICY


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "--from", dest="source", default="fr", choices=["en", "fr"], help="which recording"
    )
    parser.add_argument("--to", dest="target", default="en", help="wanted language")
    parser.add_argument("--policy", default=DEFAULT_POLICY, help="when to write")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="folder for results")
    parser.add_argument("--local", action="store_true", help="without Ray, in this process")
    parser.add_argument(
        "--page", action="store_true", help="keep the page open after the speech, to look around"
    )
