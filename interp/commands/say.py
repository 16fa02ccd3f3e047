"""`interp say`: a text in the voice of the service, into a WAV file."""

import argparse
import time
import unicodedata
from dataclasses import replace
from pathlib import Path

from interp import app
from interp.commands.outputs import Wanted, planned
from interp.commands.settings import models_over
from interp.core.audio import SNAC_FRAME_SAMPLES, TARGET_RATE_HZ
from interp.core.errors import InvalidRequest, Reason
from interp.core.languages import language_of
from interp.engine.recital import recite
from interp.models.settings import ModelSettings, drawn
from interp.outlets.sound import SpeechFile

STREAM_LEAD = 2
"""With --stream a word comes when the last but one begins: about what wait-k leaves a voice."""


def run(args: argparse.Namespace) -> int:
    """Speak and save; raises where there is nothing to say, or something that cannot be said."""
    planned([Path("text")], Wanted(speech=args.out), "")
    language = language_of(args.language)
    words = sayable(args.text, language)
    settings = replace(models_over(ModelSettings(), args), speech_level_db=args.level)
    if args.seed is not None:
        settings = drawn(settings)
    speaks = app.voice(settings, language)
    lead = STREAM_LEAD if args.stream else None
    started_s, first_s, sound = time.process_time(), 0.0, []
    for frame in recite(speaks, words, lead, args.seed or 0, args.rate):
        first_s = first_s or time.process_time() - started_s
        sound.append(frame.samples)
    if not sound:
        raise InvalidRequest(Reason.BAD_CONFIG, "nothing in this text can be spoken")
    with SpeechFile(args.out) as file:
        for samples in sound:
            file.append(samples)
    compute_s = time.process_time() - started_s
    speech_s = len(sound) * SNAC_FRAME_SAMPLES / TARGET_RATE_HZ
    print(
        f"{args.out}: {speech_s:.1f} s of speech, {compute_s / speech_s:.2f} s of compute a second,"
        f" the first frame after {first_s * 1000:.0f} ms"
    )
    return 0


def sayable(text: str, language: str = "en") -> list[str]:
    """The words of a text, in English symbols spelled out by their names.

    Raises InvalidRequest for a text without words, and for letters that no voice here reads: its
    words would be left out without a sound.
    """
    words = text.split()
    if language == "en":
        words = [part for word in words for part in _spelled(word)]
    foreign = [word for word in words if any(c.isalpha() and not _is_latin(c) for c in word)]
    if foreign:
        raise InvalidRequest(
            Reason.BAD_CONFIG,
            f"no voice here reads these letters: {' '.join(foreign[:5])}",
        )
    if not any(letter.isalnum() for word in words for letter in word):
        raise InvalidRequest(Reason.BAD_CONFIG, "there is nothing to say")
    return words


def _spelled(word: str) -> list[str]:
    """A word with symbols, such as & or an emoji, as their names; other words as they are."""
    spaced = "".join(
        f" {unicodedata.name(letter, '').lower()} " if _is_symbol(letter) else letter
        for letter in word
    )
    return spaced.split()


def _is_symbol(letter: str) -> bool:
    return letter in "&@#%" or unicodedata.category(letter) in ("Sm", "Sc", "So")


def _is_latin(letter: str) -> bool:
    return "LATIN" in unicodedata.name(letter, "")
