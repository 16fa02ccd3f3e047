"""Options of `interp completion`."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"], help="whose completion")
