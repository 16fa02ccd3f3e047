"""Options of `interp say`."""

import argparse
from pathlib import Path

from interp.commands.options.machine import add_voice
from interp.commands.options.session import whole_number
from interp.core.audio import SPEECH_LEVEL_DB


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("text", metavar="TEXT", help="what to say")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="WAV, 24 kHz")
    parser.add_argument("--language", default="en", help="of the text; see `interp languages`")
    parser.add_argument(
        "--seed",
        type=whole_number,
        help="another take for each number (default: the likeliest)",
    )
    parser.add_argument(
        "--rate", type=float, default=1.0, metavar="N", help="times its own tempo, 0.6 to 1.35"
    )
    parser.add_argument(
        "--level", type=float, default=SPEECH_LEVEL_DB, metavar="DB", help="RMS against full scale"
    )
    parser.add_argument(
        "--stream", action="store_true", help="word by word, as a live translation comes"
    )
    add_voice(parser)
