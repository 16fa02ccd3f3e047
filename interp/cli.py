"""The `interp` command. Each subcommand is a module of interp.commands; here is the dispatch.

Only the module of the command that is asked for is imported: `interp models` should not load torch.
"""

import argparse
import importlib
import logging
import sys

from interp.core.errors import InterpError
from interp.models.store import WeightsError

COMMANDS = {
    "demo": "server, client and a minute of real speech",
    "translate": "translate recordings in this process",
    "stream": "stream audio to a server and show what it says",
    "serve": "serve interpretation over gRPC",
    "say": "speak a text into a file",
    "evaluate": "measure policies on a manifest",
    "tune": "find the best policy under a lag bound",
    "config": "show every setting of a deployment",
    "models": "list, pull and verify model weights",
    "health": "ask a server whether it is ready",
}
ALIASES = {"eval": "evaluate"}


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 when it did what was asked, 1 when it could not, 2 for bad usage."""
    words = sys.argv[1:] if argv is None else argv
    args = _parser(next((word for word in words if not word.startswith("-")), "")).parse_args(words)
    logging.basicConfig(level=logging.INFO if args.verbose else logging.WARNING)
    try:
        return int(args.run(args))
    except (InterpError, WeightsError, OSError) as error:
        print(f"interp {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(wanted: str) -> argparse.ArgumentParser:
    """The parser, with the options of the wanted command alone."""
    parser = argparse.ArgumentParser(
        prog="interp", description="Simultaneous interpretation: speech in, text and speech out."
    )
    parser.add_argument("--verbose", action="store_true", help="log what happens, to stderr")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        shorter = [alias for alias, full in ALIASES.items() if full == name]
        command = commands.add_parser(name, aliases=shorter, help=text)
        if ALIASES.get(wanted, wanted) == name:
            importlib.import_module(f"interp.commands.{name}").add(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
