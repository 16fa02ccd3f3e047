import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.audio import Samples
from interp.core.latency_elapsed import playback
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


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 500)), min_size=1, max_size=8),
    st.integers(0, 300),
)
def test_what_is_played_is_what_was_said_with_waits_of_silence(
    chunks: list[tuple[int, int]], more: int
) -> None:
    times = [float(time) for time in sorted(time for time, _ in chunks)]
    durations = [float(duration) for _, duration in chunks]
    speech = np.ones(int(sum(durations)) + more, np.float32)
    heard = played(speech, times, durations, rate_hz=1000)
    last = playback(times, durations)[-1].end_ms
    assert heard.size == last - times[0] + more
    assert heard.sum() == speech.size
    assert (heard[heard > 0] == 1).all()


def test_speech_without_an_end_in_the_log_is_kept() -> None:
    # A server's last chunk may be longer than its log says.
    assert played(np.ones(350, np.float32), [0], [300], rate_hz=1000).size == 350
