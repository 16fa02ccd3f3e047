"""The `interp` command. Each subcommand is a module of interp.commands; here is the dispatch."""

import argparse
import logging
import sys

from interp.commands import demo, evaluate, models, serve, stream, translate, tune
from interp.core.errors import InterpError
from interp.models.store import WeightsError

COMMANDS = (demo, translate, stream, serve, evaluate, tune, models)


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 when it could not, 2 for bad usage."""
    parser = argparse.ArgumentParser(
        prog="interp", description="Simultaneous interpretation: speech in, text and speech out."
    )
    parser.add_argument("--verbose", action="store_true", help="log what happens, to stderr")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(commands)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO if args.verbose else logging.WARNING)
    try:
        return int(args.run(args))
    except (InterpError, WeightsError, OSError) as error:
        print(f"interp {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
