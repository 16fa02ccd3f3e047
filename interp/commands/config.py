"""`interp config show`: every setting of a deployment, as it would be used."""

import argparse
from pathlib import Path

from interp.core.settings import rendered
from interp.deployment import read_deployment


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", help="print the file with all defaults filled in")
    show.add_argument("--config", type=Path, help="TOML file (default: none, all defaults)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print it; what is printed can be used as a file."""
    print(rendered(read_deployment(args.config)), end="")
    return 0
