"""Options of `interp translate`."""

import argparse
from pathlib import Path

from interp.commands.options.machine import add_models
from interp.commands.options.session import add_output, add_session


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="any file with sound, video too"
    )
    parser.add_argument(
        "--track", type=int, help="which audio track, from 1 (default: the file's default)"
    )
    add_session(parser)
    add_output(parser)
    group = parser.add_argument_group("video")
    group.add_argument(
        "--mux",
        type=Path,
        metavar="FILE",
        help="write a copy of the video with captions and, where a voice speaks the language,"
        " the translation aloud (.mkv, .mp4, .mov)",
    )
    group.add_argument(
        "--original",
        choices=["second", "duck"],
        default="second",
        help="the original sound in that copy: a second track, or lower under the translation",
    )
    parser.add_argument("--realtime", action="store_true", help="at the speed it was spoken")
    add_models(parser)
