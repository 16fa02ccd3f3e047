"""Options of `interp languages`."""

import argparse

from interp.commands.options.machine import add_models


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--from", dest="source", metavar="LANGUAGE", help="only what is heard so")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_models(parser)
