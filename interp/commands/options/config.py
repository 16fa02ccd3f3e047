"""Options of `interp config`."""

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", help="print the file with all defaults filled in")
    show.add_argument("--config", type=Path, help="TOML file (default: none, all defaults)")
