"""Options of `interp eval`; those of its data, machine and scores are shared with `tune`."""

import argparse
import os
from pathlib import Path

from interp.evaluate.record.timelines import LatencyUnit

EXPORTS = ("simuleval", "omnisteval", "simulstream")


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_data(parser)
    points = parser.add_argument_group("operating points")
    points.add_argument("--policy", action="append", default=[], help="may be repeated")
    points.add_argument(
        "--sweep", action="append", default=[], help="waitk:k=1..9, alignatt:guard_ms=200..1000:200"
    )
    points.add_argument("--standard", action="store_true", help="the points of the docs' table")
    points.add_argument(
        "--lead-silence",
        default="0",
        metavar="SECONDS",
        help="before each recording, as 0,2,5,10: a point each",
    )
    add_machine(parser)
    server = parser.add_argument_group("against a live server")
    server.add_argument("--server", metavar="HOST:PORT", help="score the server's own replies")
    server.add_argument("--key", help="the server's API key; by default INTERP_KEY")
    server.add_argument("--tls-authority", default="", metavar="PEM", help="that signed the server")
    server.add_argument("--tls-certificate", default="", metavar="PEM", help="ours, for mTLS")
    server.add_argument("--tls-key", default="", metavar="PEM", help="of our certificate")
    server.add_argument("--sessions", default="1", help="at a time, as 1,2,4: one load point each")
    server.add_argument("--speech", action="store_true", help="ask for target speech as well")
    server.add_argument("--unpaced", action="store_true", help="up to 25 s ahead of time")
    add_scoring(parser)
    parser.add_argument("--score-only", action="store_true", help="score the logs in --out again")


def add_data(parser: argparse.ArgumentParser) -> None:
    """What is heard."""
    data = parser.add_argument_group("data")
    data.add_argument(
        "manifest", nargs="?", type=Path, help="manifest, or a corpus as it is unpacked"
    )
    data.add_argument("--source", dest="source_list", type=Path, help="SimulEval's list of audio")
    data.add_argument("--target", dest="target_list", type=Path, help="references, one a line")
    data.add_argument("--cut", action="store_true", help="long recordings by reference segment")
    data.add_argument("--limit", type=int, help="only the first recordings")
    data.add_argument("--from", dest="source", default="fr", help="spoken language, BCP-47")
    data.add_argument("--to", dest="target", default="en", help="wanted language, BCP-47")
    parser.add_argument("--policy-file", action="append", default=[], type=Path, metavar="FILE.py")
    parser.add_argument("--out", type=Path, required=True, help="run folder; finished work is kept")


def add_machine(parser: argparse.ArgumentParser) -> None:
    """What runs it here."""
    here = parser.add_argument_group("on this machine")
    here.add_argument("--model", default="whisper-base", help="see `interp models list`")
    here.add_argument("--device", default="auto", help="cpu, cuda or auto")
    here.add_argument(
        "--precision",
        choices=["auto", "float32", "float16", "int8"],
        help="of linear layers on a CPU (default: as is served)",
    )
    cores = len(os.sched_getaffinity(0))
    here.add_argument("--workers", type=int, default=cores, help="processes, one thread each")


def add_scoring(parser: argparse.ArgumentParser) -> None:
    """How it is scored."""
    how = parser.add_argument_group("scores")
    how.add_argument("--unit", choices=[*LatencyUnit], default="word", help="of latency")
    how.add_argument("--tokenizer", default="13a", help="sacreBLEU's, such as zh or ja-mecab")
    how.add_argument("--terms", type=Path, metavar="FILE", help="target terms, a line each")
    how.add_argument("--comet", type=Path, metavar="CHECKPOINT", help="also score with COMET")
    how.add_argument("--asr-bleu", action="store_true", help="of target speech, by --model")
    how.add_argument("--export", action="append", default=[], choices=EXPORTS)
