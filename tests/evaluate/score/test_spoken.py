import numpy as np
import pytest

from interp.core.audio import Samples
from interp.evaluate.score.spoken import asr_bleu, plain, plain_bleu, played


class CountingTranscriber:
    name = "counting"

    def transcribe(self, samples: Samples, rate_hz: int) -> str:
        return "Hello, World! don't" if len(samples) == 2 * rate_hz else "nothing"


def test_waits_are_put_between_chunks() -> None:
    speech = np.ones(300, np.float32)
    heard = played(speech, [500, 650, 1000], [100, 100, 100], rate_hz=1000)
    assert heard.tolist() == [1] * 100 + [0] * 50 + [1] * 100 + [0] * 250 + [1] * 100


def test_speech_that_never_waits_stays_as_it_is() -> None:
    speech = np.arange(300, dtype=np.float32)
    assert (played(speech, [0, 10, 20], [100, 100, 100], rate_hz=1000) == speech).all()
    assert len(played(speech[:0], [], [])) == 0


def test_asr_bleu_names_its_recogniser_and_ignores_case_and_punctuation() -> None:
    speech = [np.zeros(2 * 24_000, np.float32), np.zeros(0, np.float32)]
    found = asr_bleu(CountingTranscriber(), speech, ["hello world, DON'T.", ""])
    assert found.name == "ASR-BLEU[counting]"
    assert "asr:counting" in found.signature
    assert found.statistics[0, 2] == 3  # all three words understood


def test_the_text_is_counted_in_the_same_way_to_compare_with() -> None:
    assert plain_bleu(["Good morning, all of you"], ["good morning all of you!"]).value > 99.9


def test_silence_is_not_sent_to_the_recogniser() -> None:
    found = asr_bleu(CountingTranscriber(), [np.zeros(0, np.float32)], ["a b c d"])
    assert found.value == 0


@pytest.mark.parametrize(
    ("text", "expected"), [("«Bonjour» — l'ami.", "bonjour l'ami"), ("A-B", "a b"), ("", "")]
)
def test_plain_text_has_words_only(text: str, expected: str) -> None:
    assert plain(text) == expected
