"""Options of `interp tune`."""

import argparse

from interp.commands.options.evaluate import add_data, add_machine, add_scoring


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_data(parser)
    asked = parser.add_argument_group("what is asked")
    asked.add_argument("--max-lag", type=float, required=True, metavar="SECONDS")
    asked.add_argument("--metric", default="LAAL", help="lag that is bounded (default: LAAL)")
    asked.add_argument("--computation-aware", action="store_true", help="bound it with compute")
    asked.add_argument("--sweep", action="append", default=[], help="search these instead")
    add_machine(parser)
    add_scoring(parser)
    parser.set_defaults(server=None, speech=False)
