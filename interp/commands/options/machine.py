"""Options that say what runs a command, shared by most: `interp.commands.settings` reads them."""

import argparse
from pathlib import Path


def add_models(parser: argparse.ArgumentParser) -> None:
    """The file, and the models."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="TOML file; see `interp config show`"
    )
    parser.add_argument(
        "--model",
        help="see `interp models list`; `omni`, or a folder of one (default: whisper-base)",
    )
    add_voice(parser)


def add_voice(parser: argparse.ArgumentParser) -> None:
    """What speaks, and on what; all that `say` needs."""
    parser.add_argument(
        "--voice",
        dest="voices",
        type=Path,
        action="append",
        metavar="VOICE",
        help="a folder, or the name of one of the package's, such as voice-pt; may be given again"
        " (default: voice-en)",
    )
    parser.add_argument("--threads", type=int, help="of torch, each; 0: all cores (default: 1)")
    parser.add_argument("--device", help="cpu, cuda or auto (default: auto)")
