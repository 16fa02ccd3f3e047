import pytest

from interp.engine.recital import recite
from tests.fakes.synthesiser import FRAMES_A_WORD, ScriptSpeech, ScriptSynthesiser

WORDS = ["one", "two.", "\u2014", "three", "*"]


@pytest.mark.parametrize("lead", [None, 1, 2, 5])
def test_all_words_are_said_once_at_any_lead(lead: int | None) -> None:
    frames = list(recite(ScriptSynthesiser(), WORDS, lead=lead))
    sounding = [frame for frame in frames if frame.samples.any()]
    assert len(sounding) == 3 * FRAMES_A_WORD
    assert max(frame.words for frame in frames) >= 4


def test_with_a_lead_of_one_a_word_comes_when_the_last_was_said() -> None:
    voice = ScriptSynthesiser()
    frames = recite(voice, ["one", "two"], lead=1)
    said = [next(frames).words for _ in range(2 * FRAMES_A_WORD)]
    assert said == [0] * 3 + [1] * 4 + [2]


def test_nothing_to_say_is_no_frames() -> None:
    assert list(recite(ScriptSynthesiser(), [])) == []


def test_a_seed_reaches_the_voice() -> None:
    seeds: list[int] = []

    class Seeded(ScriptSynthesiser):
        def init_state(self, seed: int) -> ScriptSpeech:
            seeds.append(seed)
            return super().init_state(seed)

    list(recite(Seeded(), WORDS, seed=7))
    assert seeds == [7]
