"""The pronouncer: looked-up words exactly, any other word somehow."""

from pathlib import Path

from interp.models.voice.pronouncer import PLACES, load_pronouncer, save_pronouncer
from tests.models.voice.tiny import SYMBOLS, tiny_pronouncer


def test_known_words_are_looked_up_and_others_are_worked_out() -> None:
    said = tiny_pronouncer().say(["bad", "zebra", "cab"])
    assert (said[0], said[2]) == ("bad", "cab")
    assert set(said[1]) <= set(SYMBOLS)
    assert len(said[1]) <= PLACES * len("zebra")


def test_a_word_sounds_the_same_alone_and_among_others() -> None:
    pronouncer = tiny_pronouncer()
    words = ["xylophone", "z", "jazz", "quick's"]
    assert pronouncer.say(words) == [pronouncer.say([word])[0] for word in words]


def test_nothing_to_say_is_nothing() -> None:
    assert tiny_pronouncer().say([]) == []


def test_a_saved_pronouncer_is_the_same(tmp_path: Path) -> None:
    pronouncer = tiny_pronouncer().half().float()
    save_pronouncer(tmp_path / "p.safetensors", pronouncer)
    again = load_pronouncer(tmp_path / "p.safetensors")
    words = ["bad", "sphinx", "quartz", "vow"]
    assert again.say(words) == pronouncer.say(words)
