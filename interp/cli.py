"""The `interp` command. Each subcommand is a module of interp.commands; here is the dispatch.

Only what is asked for is imported: help must not wait for torch.
"""

import argparse
import importlib
import io
import logging
import os
import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

from interp.commands.options.parser import Parser, command_parser
from interp.core.errors import InterpError
from interp.models.store import WeightsError

EXTRAS = {
    "PIL": "slides",
    "jinja2": "eval",
    "opentelemetry": "otel",
    "pypdfium2": "slides",
    "ray": "serve",
    "riva": "riva",
    "sacrebleu": "eval",
    "sounddevice": "play",
    "yaml": "eval",
}
"""Which extra of the package brings a module that may not be here."""


STANDARD_ERROR = 2


class Terminated(BaseException):
    """Somebody asked the process to end; like KeyboardInterrupt, outlets close on the way.

    number: of the signal.
    """

    def __init__(self, number: int) -> None:
        self.number = number


def program() -> NoReturn:
    """The process of the `interp` command: `main`, with the signals and warnings of a program."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup has us ignore one
            signal.signal(number, _terminate)
    if isinstance(sys.stdout, io.TextIOWrapper):  # letters a terminal lacks, names that are none
        sys.stdout.reconfigure(errors="backslashreplace")
    _hold_standard_files()
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its core's own lines are in nobody's format
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries: they tell a user nothing to act on
    sys.exit(main(sys.argv[1:]))


def _hold_standard_files() -> None:
    """Where one of them is closed, as a shell's `2>&-` has it, the next file or socket would be
    taken for it by whoever writes there."""
    while (spare := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
        os.set_inheritable(spare, True)
    os.close(spare)


def main(words: list[str]) -> int:
    """Run one command; 0 when it did what was asked, 1 when it could not, 2 for bad usage.

    Above 128: the number of the signal that ended it, as shells count.
    """
    args = _parsed(words)
    logging.basicConfig(level=logging.INFO if args.verbose else logging.ERROR)
    try:
        return int(importlib.import_module(f"interp.commands.{args.command}").run(args))
    except BrokenPipeError:
        # Who read us has gone; nothing may be written at exit, either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        return _refused(args.command, f"needs an extra: pip install 'interp[{extra}]'")
    except (InterpError, WeightsError, OSError) as error:
        return _refused(args.command, str(error))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Terminated as ended:
        return 128 + ended.number


def _parsed(words: list[str]) -> argparse.Namespace:
    parser = command_parser(next((word for word in words if not word.startswith("-")), ""))
    args, unknown = parser.parse_known_args(words)
    if unknown:
        _unknown_option(parser, args.command, unknown[0])
    return args


def _unknown_option(parser: Parser, command: str, option: str) -> NoReturn:
    asked = parser.commands[command]
    asked.error(f"unknown option {option}{asked.nearest(option)}")


def _refused(command: str, text: str) -> int:
    print(f"interp {command}: {text}", file=sys.stderr)
    return 1


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated(number)


if __name__ == "__main__":
    program()
