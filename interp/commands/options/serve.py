"""Options of `interp serve`."""

import argparse

from interp.commands.options.machine import add_models


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--address", help="host:port (default: 127.0.0.1:50051)")
    parser.add_argument("--metrics-address", help="host:port of Prometheus metrics")
    parser.add_argument("--page-address", help="host:port of the page (default: none)")
    parser.add_argument("--riva", action="store_true", help="also speak the contract of Riva")
    parser.add_argument(
        "--replicas",
        type=_bounds,
        metavar="N or MIN:MAX",
        help="model copies; more than MIN while lanes run out or words come late (default: 1)",
    )
    parser.add_argument("--lanes", type=int, help="sessions at once, per replica (default: 8)")
    parser.add_argument("--gpus-per-replica", type=float, help="that Ray reserves (default: 0)")
    parser.add_argument("--local", action="store_true", help="one replica, here, without Ray")
    parser.add_argument("--ray-address", help="an existing Ray (default: start one here)")
    parser.add_argument(
        "--catch-up-ms",
        type=int,
        help="warn of decisions this late; 0: make all where due (default: 6000)",
    )
    add_models(parser)


def _bounds(text: str) -> tuple[int, int]:
    """How many there always are, and at most."""
    least, bounded, most = text.partition(":")
    try:
        return int(least), int(most if bounded else least)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither N nor MIN:MAX") from None
