"""Options of `interp languages`."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--from", dest="source", metavar="LANGUAGE", help="only pairs from it")
    parser.add_argument("--model", default="whisper-base", help="see `interp models list`")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
