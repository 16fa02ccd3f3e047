"""`interp translate`: recordings through the session engine in this process."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from interp import app
from interp.captions import export
from interp.commands.report import Report
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Output
from interp.engine.recording import interpret
from interp.intake.file import read_audio


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="any audio file")
    add_session(parser)
    add_output(parser)
    parser.add_argument("--realtime", action="store_true", help="at the speed it was spoken")
    parser.add_argument("--model", default="whisper-base", help="see `interp models list`")
    parser.add_argument("--threads", type=int, default=1, help="of torch; 0: all cores")
    parser.set_defaults(run=run)


def add_session(parser: argparse.ArgumentParser) -> None:
    """The options that make a SessionConfig, shared with `stream`."""
    parser.add_argument("--from", dest="source", default="fr", help="spoken language, BCP-47")
    parser.add_argument("--to", dest="target", default="en", help="wanted language, BCP-47")
    parser.add_argument("--policy", default=DEFAULT_POLICY, help="default: %(default)s")
    parser.add_argument("--source-text", action="store_true", help="also write what was said")


def add_output(parser: argparse.ArgumentParser) -> None:
    """The options that say where events go, shared with `stream`."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--captions", type=Path, help="also save as .srt, .vtt or .txt")


def session_config(args: argparse.Namespace) -> SessionConfig:
    """What the session options say."""
    outputs = {Output.TEXT} | ({Output.SOURCE_TEXT} if args.source_text else set())
    return SessionConfig(args.source, args.target, frozenset(outputs), args.policy)


def caption_file(wanted: Path, file: Path, several: bool) -> Path:
    """Where this file's captions go: `talk.srt`, or `talk.NAME.srt` when there are several."""
    return wanted.with_suffix(f".{file.stem}{wanted.suffix}") if several else wanted


def run(args: argparse.Namespace) -> int:
    """Translate each file; the model is loaded once."""
    model = app.translator(app.ModelSettings(args.model, args.threads))
    for file in args.files:
        clock = VirtualClock()
        stage = app.session(session_config(args), model, clock)
        pace = real_time() if args.realtime else None
        events = interpret(stage, model, read_audio(file), clock, pace=pace)
        if not args.json and len(args.files) > 1:
            print(f"== {file}")
        with Report(str(file), as_json=args.json, out=sys.stdout) as report:
            for event in events:
                report.take(event)
        if args.captions:
            several = len(args.files) > 1
            export.save(caption_file(args.captions, file, several), report.texts)
    return 0


def real_time() -> Callable[[float], None]:
    """Waits until so many ms after now."""
    start_s = time.monotonic()
    return lambda ms: time.sleep(max(0.0, start_s + ms / 1000 - time.monotonic()))
