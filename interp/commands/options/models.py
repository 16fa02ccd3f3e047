"""Options of `interp models`."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="known models and where they are")
    for action, text in (
        ("pull", "fetch a model to this machine"),
        ("verify", "check a model's files against their published hashes"),
    ):
        sub = actions.add_parser(action, help=text)
        sub.add_argument("name", help="see `interp models list`")
