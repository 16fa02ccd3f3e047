import wave
from pathlib import Path

import numpy as np
import pytest

from interp.core.events import SessionEnded, TargetSpeech, Totals
from interp.outlets.loudspeaker import Fill, Loudspeaker
from interp.outlets.sound import SpeechFile
from interp.outlets.under import Underlay

FRAME = 2048


def sound(offset_ms: int, value: float) -> TargetSpeech:
    samples = np.full(FRAME, value, np.float32)
    return TargetSpeech(0, samples, None, offset_ms, "", 0, 0, 0, 0)


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_speech_lies_in_its_place_on_the_timeline(tmp_path: Path) -> None:
    with SpeechFile(tmp_path / "a.wav") as file:
        for event in (sound(1000, 0.5), sound(1085, -0.5), SessionEnded(Totals()), sound(2000, 2)):
            file.take(event)
    heard = read(tmp_path / "a.wav")
    assert heard.size == 48_000 + FRAME
    assert not heard[:24_000].any()
    assert (heard[24_000 : 24_000 + FRAME] > 0).all()
    assert (heard[24_000 + FRAME : 24_000 + 2 * FRAME] < 0).all(), "no gap for a part of a ms"
    assert not heard[24_000 + 2 * FRAME : 48_000].any()
    assert (heard[48_000:] == 32_767).all()


class Card:
    """A sound card that asks for as much as a test wants to hear."""

    def __init__(self, fill: Fill) -> None:
        self.fill = fill
        self.started = self.closed = False

    def start(self) -> None:
        self.started = True

    def close(self) -> None:
        self.closed = True

    def play(self, samples: int) -> list[int]:
        out = bytearray(2 * samples)
        self.fill(out, samples, None, None)
        return [int(value) for value in np.frombuffer(out, "<i2")]


def test_a_loudspeaker_plays_what_came_then_silence() -> None:
    cards: list[Card] = []

    def plug(fill: Fill) -> Card:
        cards.append(Card(fill))
        return cards[0]

    with Loudspeaker(plug) as loudspeaker:
        (card,) = cards
        assert card.started
        assert card.play(3) == [0, 0, 0]
        loudspeaker.take(sound(0, 1.0))
        loudspeaker.take(SessionEnded(Totals()))
        assert card.play(FRAME - 1) == [32_767] * (FRAME - 1)
        assert card.play(3) == [32_767, 0, 0]
        assert not card.closed
    assert card.closed


def test_the_original_is_heard_quieter_under_speech_and_to_its_end(tmp_path: Path) -> None:
    original = Underlay(np.full(5 * 16_000, 0.4, np.float32), under_db=20.0)
    with SpeechFile(tmp_path / "a.wav", original) as file:
        file.take(sound(2000, 0.5))
    heard = read(tmp_path / "a.wav") / 32_768
    assert heard.size == 5 * 24_000
    assert heard[24_000] == pytest.approx(0.4, abs=0.01)
    assert heard[48_000 + FRAME // 2] == pytest.approx(0.5 + 0.04, abs=0.01)
    assert heard[47_990] < 0.1, "it goes before speech begins"
    assert heard[4 * 24_000] == pytest.approx(0.4, abs=0.01), "and comes back after it"
