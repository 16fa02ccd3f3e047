"""The parser of the `interp` command: subcommands, options, help that names defaults."""

import argparse
import difflib
import importlib
import importlib.metadata
from collections.abc import Iterable
from typing import Any, NoReturn

COMMANDS = {
    "demo": "server, client and a minute of real speech",
    "translate": "translate recordings in this process",
    "stream": "stream audio to a server and show what it says",
    "serve": "serve interpretation over gRPC",
    "say": "speak a text into a file",
    "chat": "ask a model of the recipe: a recording or a text in, text and speech out",
    "languages": "languages that are heard, written and spoken",
    "evaluate": "measure policies on a manifest",
    "tune": "find the best policy under a lag bound",
    "config": "show every setting of a deployment",
    "models": "list, pull and verify model weights",
    "health": "ask a server whether it is ready",
    "completion": "print completion for a shell",
}
ALIASES = {"eval": "evaluate"}


class Defaults(argparse.HelpFormatter):
    """Help that ends in the default, where there is one and the text does not name it."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        text = action.help
        if text is None or not action.option_strings or "default" in text:
            return text
        named = action.default not in (None, False, [], argparse.SUPPRESS)
        return f"{text} (default: %(default)s)" if named else text


class Parser(argparse.ArgumentParser):
    """A parser whose errors name the nearest thing that exists. commands: those it has."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=Defaults, allow_abbrev=False, **settings)
        self.commands: dict[str, Parser] = {}

    def nearest(self, word: str) -> str:
        """`: did you mean ...?`, or nothing."""
        return _nearest(word.partition("=")[0], self._option_string_actions)

    def error(self, message: str) -> NoReturn:
        """One line, and how to learn more."""
        self.exit(2, f"{self.prog}: {message}\n{self.prog} --help says more\n")


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {near[0]}?" if near else ""


def command_parser(wanted: str = "", *, whole: bool = False) -> Parser:
    """The parser, with the options of the wanted command alone; whole: with those of all."""
    parser = Parser(
        prog="interp", description="Simultaneous interpretation: speech in, text and speech out."
    )
    version = importlib.metadata.version("interp")
    parser.add_argument("--version", action="version", version=f"interp {version}")
    parser.add_argument("--verbose", action="store_true", help="log what happens, to stderr")
    known = [*COMMANDS, *ALIASES]
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    if wanted and wanted not in known:
        parser.error(f"there is no command {wanted}{_nearest(wanted, known)}")
    for name, text in COMMANDS.items():
        shorter = [alias for alias, full in ALIASES.items() if full == name]
        command = commands.add_parser(name, aliases=shorter, help=text, description=text)
        command.set_defaults(command=name)
        parser.commands[name] = command
        if whole or ALIASES.get(wanted, wanted) == name:
            _options(name, command)
    return parser


def _options(name: str, parser: Parser) -> None:
    """Those of the module of its name, which imports nothing heavy."""
    importlib.import_module(f"{__package__}.{name}").add(parser)
