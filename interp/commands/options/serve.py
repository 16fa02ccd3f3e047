"""Options of `interp serve`."""

import argparse
from pathlib import Path

from interp.commands.options.session import add_threads, add_voice


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--config", type=Path, help="TOML file; see docs/operations.md")
    parser.add_argument("--address", help="host:port (default: 127.0.0.1:50051)")
    parser.add_argument("--metrics-address", help="host:port of Prometheus metrics")
    parser.add_argument("--replicas", type=int, default=1, help="model copies")
    parser.add_argument("--lanes", type=int, default=8, help="sessions at once, per replica")
    add_threads(parser)
    parser.add_argument("--ray-address", help="an existing Ray (default: start one here)")
    parser.add_argument("--model", default="whisper-base", help="see `interp models list`")
    add_voice(parser)
    parser.add_argument(
        "--catch-up-ms", type=int, default=6000, help="pass over decisions this late; 0: never"
    )
