"""`interp completion`: a script that completes commands and options in a shell."""

import argparse

import shtab

from interp.commands.options.parser import command_parser


def run(args: argparse.Namespace) -> int:
    """Print it; `eval "$(interp completion bash)"` takes it on."""
    print(shtab.complete(command_parser(whole=True), shell=args.shell))
    return 0
