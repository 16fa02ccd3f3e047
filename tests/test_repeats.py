"""What is said many times, and what a model would say for ever: real weights, whole sessions."""

from pathlib import Path

import pytest

from interp import app
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import TargetText
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings

pytestmark = pytest.mark.weights

FOLDER = Path(__file__).parent / "data" / "repeats"
DIGITS = {"zero": "0", "one": "1", "two": "2", "five": "5"}


@pytest.fixture(scope="module")
def models() -> Models:
    return app.models(ModelSettings(threads=1), speaking=False)


def text_of(name: str, policy: str, models: Models) -> str:
    """What is written of a file, whose name begins with its language; lower case, words only."""
    clock = VirtualClock()
    stage = app.session(SessionConfig(name[:2], "en", policy=policy), models, clock)
    events = list(interpret(stage, read_audio(FOLDER / name), clock))
    texts = [event for event in events if isinstance(event, TargetText)]
    letters = "".join(word.text for text in texts for word in text.words).lower()
    words = "".join(c if c.isalnum() else " " for c in letters).split()
    return " ".join(DIGITS.get(word, word) for word in words)


@pytest.mark.parametrize("policy", ["best", "fast", "offline", "alignatt:guard_ms=600"])
def test_a_number_that_begins_with_zeros_does_not_end_the_text(policy: str, models: Models) -> None:
    text = text_of("en-digits.flac", policy, models)
    assert text.startswith("my number is 0 0 0 0")
    assert text.replace("5 1 2", "512").endswith("512 and please call me before lunch tomorrow")


@pytest.mark.parametrize("policy", ["best", "fast"])
def test_what_follows_four_times_yes_is_written(policy: str, models: Models) -> None:
    text = text_of("en-yes.flac", policy, models)
    assert text.startswith("yes yes yes")
    assert text.endswith("we agree with the chairman the vote will be held next monday in berlin")


@pytest.mark.parametrize("policy", ["best", "fast"])
def test_a_sentence_said_again_and_again_is_written_as_often(policy: str, models: Models) -> None:
    text = text_of("en-sent.flac", policy, models)
    assert text.count("please press 1") >= 3
    assert text.endswith("thank you for calling the city office")


@pytest.mark.parametrize("policy", ["best", "fast"])
@pytest.mark.parametrize(
    ("name", "what_follows"),
    [("en-no.flac", "my brother"), ("it-sette.flac", "call"), ("fr-non.flac", "i")],
)
def test_what_follows_a_repetition_is_not_lost(
    name: str, what_follows: str, policy: str, models: Models
) -> None:
    assert what_follows in text_of(name, policy, models)


@pytest.mark.parametrize("policy", ["best", "fast", "offline"])
def test_a_loop_is_left_out_and_decoding_goes_on_behind_it(policy: str, models: Models) -> None:
    text = text_of("fr-loop-aac32.m4a", policy, models)
    assert "connected to the internet" in text
    assert text.count("with a device") <= 2


@pytest.mark.parametrize(("name", "policy"), [("sv-nej.ogg", "best"), ("de-nein.ogg", "offline")])
def test_a_word_said_four_times_is_not_written_in_place_of_what_follows(
    name: str, policy: str, models: Models
) -> None:
    words = text_of(name, policy, models).split()
    assert words[:4] == ["no"] * 4
    assert "no" not in words[4:]
    assert len(words) > 4 + 5
