"""`interp translate`: recordings through the session engine in this process."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from interp import app
from interp.commands.settings import add_models, deployment_of
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Output
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.outlets import subtitles
from interp.outlets.outlet import Outlet, opened
from interp.outlets.report import Report
from interp.outlets.sound import SpeechFile
from interp.outlets.under import Original


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="any audio file")
    add_session(parser)
    add_output(parser)
    parser.add_argument("--realtime", action="store_true", help="at the speed it was spoken")
    add_models(parser)
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
    parser.add_argument("--speech", type=Path, help="also speak, into this WAV file")
    parser.add_argument(
        "--under", type=float, metavar="DB", help="the original under --speech, DB quieter there"
    )


def session_config(args: argparse.Namespace, *, speech: bool) -> SessionConfig:
    """What the session options say."""
    outputs = {Output.TEXT}
    if args.source_text:
        outputs.add(Output.SOURCE_TEXT)
    if speech:
        outputs.add(Output.SPEECH)
    return SessionConfig(args.source, args.target, frozenset(outputs), args.policy)


def own_file(wanted: Path, file: Path, several: bool) -> Path:
    """Where what comes of a file goes: `talk.srt`, or `talk.NAME.srt` when there are several."""
    return wanted.with_suffix(f".{file.stem}{wanted.suffix}") if several else wanted


def run(args: argparse.Namespace) -> int:
    """Translate each file; the models are loaded once."""
    deployment = deployment_of(args)
    models = app.models(deployment.models, speaking=bool(args.speech))
    several = len(args.files) > 1
    for file in args.files:
        clock = VirtualClock()
        config = session_config(args, speech=bool(args.speech))
        stage = app.session(config, models, clock, deployment)
        pace = real_time() if args.realtime else None
        samples = read_audio(file)
        events = interpret(stage, samples, clock, pace=pace)
        if not args.json and several:
            print(f"== {file}")
        report = Report(str(file), as_json=args.json, out=sys.stdout)
        outlets: list[Outlet] = [report]
        if args.speech:
            under = None if args.under is None else Original(samples, args.under)
            outlets.append(SpeechFile(own_file(args.speech, file, several), under))
        with opened(outlets) as take:
            for event in events:
                take(event)
        if args.captions:
            subtitles.save(own_file(args.captions, file, several), report.texts)
    return 0


def real_time() -> Callable[[float], None]:
    """Waits until so many ms after now."""
    start_s = time.monotonic()
    return lambda ms: time.sleep(max(0.0, start_s + ms / 1000 - time.monotonic()))
