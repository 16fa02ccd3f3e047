"""`interp say`: a text in a voice of the service, into a WAV file."""

import argparse
import time
from pathlib import Path

from interp import app
from interp.commands.settings import add_voice, models_over
from interp.core.audio import SNAC_FRAME_SAMPLES, TARGET_RATE_HZ
from interp.engine.recital import recite
from interp.models.settings import ModelSettings
from interp.outlets.sound import SpeechFile

STREAM_LEAD = 2
"""With --stream a word comes when the last but one begins: about what wait-k leaves a voice."""


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("text", metavar="TEXT", help="what to say")
    parser.add_argument("--language", default="en", help="of the text (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="WAV, 24 kHz")
    parser.add_argument(
        "--stream", action="store_true", help="word by word, as a live translation comes"
    )
    parser.add_argument("--rate", type=float, default=1.0, help="0.6 to 1.35 times its own tempo")
    parser.add_argument("--seed", type=int, default=0, help="of what is left to chance")
    add_voice(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Speak and save; 1 if there was nothing to say."""
    speaks = app.voice(models_over(ModelSettings(), args), args.language)
    lead = STREAM_LEAD if args.stream else None
    frames, first_s, started_s = 0, 0.0, time.process_time()
    with SpeechFile(args.out) as file:
        for frame in recite(speaks, args.text.split(), lead, seed=args.seed, pace=args.rate):
            first_s = first_s or time.process_time() - started_s
            file.append(frame.samples)
            frames += 1
    if not frames:
        return 1
    compute_s = time.process_time() - started_s
    speech_s = frames * SNAC_FRAME_SAMPLES / TARGET_RATE_HZ
    print(
        f"{args.out}: {speech_s:.1f} s of speech, {compute_s / speech_s:.2f} s of compute a second,"
        f" the first frame after {first_s * 1000:.0f} ms"
    )
    return 0
