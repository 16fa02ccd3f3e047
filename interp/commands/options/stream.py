"""Options of `interp stream`."""

import argparse

from interp.commands.options.session import add_output, add_session

MIN_CHUNK_MS, MAX_CHUNK_MS = 10, 2_000


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="any file with sound, or - for stdin: WAV and other files, else raw PCM16",
    )
    parser.add_argument("--server", default="127.0.0.1:50051", metavar="HOST:PORT", help="where")
    parser.add_argument("--rate", type=int, default=16_000, help="Hz, of raw PCM16 on stdin")
    parser.add_argument("--track", type=int, help="which audio track, from 1")
    parser.add_argument("--chunk-ms", type=_chunk_ms, default=100, help="audio per message")
    parser.add_argument(
        "--resume-window",
        type=float,
        default=30.0,
        metavar="S",
        help="for how long a lost connection is taken up again; 0: not at all",
    )
    parser.add_argument("--key", help="the server's API key; by default INTERP_KEY")
    parser.add_argument("--tls-authority", default="", metavar="PEM", help="that signed the server")
    parser.add_argument("--tls-certificate", default="", metavar="PEM", help="ours, for mTLS")
    parser.add_argument("--tls-key", default="", metavar="PEM", help="of our certificate")
    add_session(parser)
    add_output(parser)
    parser.add_argument("--play", action="store_true", help="speak, on this machine's loudspeaker")


def _chunk_ms(text: str) -> int:
    value = int(text)
    if not MIN_CHUNK_MS <= value <= MAX_CHUNK_MS:
        raise argparse.ArgumentTypeError(f"{MIN_CHUNK_MS} to {MAX_CHUNK_MS} ms")
    return value
