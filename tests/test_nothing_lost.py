"""What must not cost a sentence: music before it, long pauses, a list of digits, a sentence said
again and again, one without an end. Real weights, whole sessions, voices that nothing was tuned
on."""

from pathlib import Path

import pytest

from interp import app
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import TargetText, WrittenWord
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings

pytestmark = pytest.mark.weights

FOLDER = Path(__file__).parent / "data" / "hard"
QUALITIES = ["best", "fast"]


@pytest.fixture(scope="module")
def models() -> Models:
    return app.models(ModelSettings(threads=1), speaking=False)


def words_of(name: str, policy: str, models: Models) -> list[WrittenWord]:
    """What is written of a file, whose name begins with its language."""
    clock = VirtualClock()
    stage = app.session(SessionConfig(name[:2], "en", policy=policy), models, clock)
    events = list(interpret(stage, read_audio(FOLDER / name), clock))
    return [word for event in events if isinstance(event, TargetText) for word in event.words]


def text_of(words: list[WrittenWord]) -> str:
    """Lower case, letters and digits only."""
    letters = "".join(word.text for word in words).lower()
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


@pytest.mark.parametrize("policy", QUALITIES)
def test_music_is_no_speech_and_the_sentence_after_it_is_whole(policy: str, models: Models) -> None:
    words = words_of("es-music.ogg", policy, models)
    assert min(word.delay_ms for word in words) > 6000
    text = text_of(words)
    assert text.startswith("the government announced")
    assert "rural schools" in text
    assert "north" in text


@pytest.mark.parametrize("policy", QUALITIES)
def test_pauses_of_up_to_three_seconds_lose_nothing(policy: str, models: Models) -> None:
    text = text_of(words_of("es-pauses.ogg", policy, models))
    parts = ["good morning", "want to talk", "history of the trains", "south america", "lima"]
    places = [text.find(part) for part in [*parts, "1851"]]
    assert -1 not in places, text
    assert places == sorted(places)


@pytest.mark.parametrize("policy", QUALITIES)
def test_digits_said_one_by_one_are_all_written(policy: str, models: Models) -> None:
    text = text_of(words_of("es-numbers.ogg", policy, models))
    digits = "".join(c for c in text if c.isdigit())
    assert digits == "770004911380"
    assert text.endswith("of the central office")


@pytest.mark.parametrize("policy", QUALITIES)
def test_a_sentence_said_four_times_does_not_hide_the_next(policy: str, models: Models) -> None:
    text = text_of(words_of("pt-wait.ogg", policy, models))
    assert text.count("please wait") == 4
    assert text.endswith("in 10 minutes")


@pytest.mark.parametrize("policy", QUALITIES)
def test_a_sentence_of_fifty_words_is_written_once(policy: str, models: Models) -> None:
    """By way of a transcript, which is cut where no full stop was heard for so long."""
    text = text_of(words_of("pt-river.ogg", policy, models))
    assert text.count("full of water") == 1
    assert text.count("people") == 1
    assert "small boats" in text
