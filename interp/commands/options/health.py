"""Options of `interp health`."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--server", default="127.0.0.1:50051", metavar="HOST:PORT", help="where")
    parser.add_argument("--timeout-s", type=float, default=3.0, help="wait this long")
