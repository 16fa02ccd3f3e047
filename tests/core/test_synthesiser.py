"""What the contract asks of any voice: add a new one to VOICES and see."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from interp.core.audio import SNAC_FRAME_SAMPLES, TARGET_RATE_HZ
from interp.core.synthesiser import SoundFrame, SpeakStep, Synthesiser
from interp.models.voice.synthesiser import VoiceSynthesiser
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.models.voice.tiny import tiny_codec, tiny_speaker

WORDS = ("a", "bad", "head.")
MOST_FRAMES = 400


def scripted() -> Synthesiser:
    return ScriptSynthesiser()


def spoken() -> Synthesiser:
    return VoiceSynthesiser("tiny", tiny_speaker(), tiny_codec())


VOICES: dict[str, Callable[[], Synthesiser]] = {"script": scripted, "voice": spoken}


@pytest.fixture(params=VOICES, name="voice", scope="module")
def _voice(request: pytest.FixtureRequest) -> Synthesiser:
    return VOICES[request.param]()


def step(state: Any, words: tuple[str, ...] = (), frames: int = 2) -> SpeakStep[Any]:
    return SpeakStep(state, words, pace=1.0, pause_frames=1, frames=frames)


def rest(voice: Synthesiser, state: Any) -> list[SoundFrame]:
    frames: list[SoundFrame] = []
    while not voice.idle(state):
        (some,) = voice.speak([step(state)])
        frames += some
        assert len(frames) < MOST_FRAMES, "it never falls silent"
    return frames


def sounds(frames: list[SoundFrame]) -> list[tuple[tuple[int, ...], int, bytes]]:
    return [(frame.codes, frame.words, frame.samples.tobytes()) for frame in frames]


def test_it_says_who_it_is_and_what_it_speaks(voice: Synthesiser) -> None:
    offered = voice.voice
    assert offered.name
    assert offered.language == offered.language.lower()
    assert 2 <= len(offered.language) <= 3
    assert offered.rate_hz == TARGET_RATE_HZ


def test_with_nothing_to_say_it_makes_no_sound(voice: Synthesiser) -> None:
    state = voice.init_state(0)
    assert voice.idle(state)
    assert voice.speak([step(state)]) == [()]


def test_frames_are_whole_and_say_how_far_it_is(voice: Synthesiser) -> None:
    state = voice.init_state(0)
    (first,) = voice.speak([step(state, WORDS)])
    frames = [*first, *rest(voice, state)]
    for frame in frames:
        assert frame.samples.shape == (SNAC_FRAME_SAMPLES,)
        assert frame.samples.dtype == np.float32
        assert np.isfinite(frame.samples).all()
        assert len(frame.codes) == 7
    counts = [frame.words for frame in frames]
    assert counts == sorted(counts)
    assert counts[-1] == len(WORDS)


@pytest.mark.parametrize("frames", [1, 3])
def test_no_more_frames_come_than_were_asked_for(voice: Synthesiser, frames: int) -> None:
    state = voice.init_state(0)
    (some,) = voice.speak([step(state, WORDS, frames)])
    assert len(some) == frames


def test_how_frames_are_asked_for_does_not_change_them(voice: Synthesiser) -> None:
    once, often = voice.init_state(0), voice.init_state(0)
    (all_at_once,) = voice.speak([step(once, WORDS, MOST_FRAMES)])
    (first,) = voice.speak([step(often, WORDS, 1)])
    assert sounds([*first, *rest(voice, often)]) == sounds(list(all_at_once))


def test_two_sessions_sound_together_as_each_does_alone(voice: Synthesiser) -> None:
    said = (WORDS, ("face",))
    alone = []
    for words in said:
        state = voice.init_state(0)
        (first,) = voice.speak([step(state, words)])
        alone.append([frame.codes for frame in (*first, *rest(voice, state))])
    states = [voice.init_state(0) for _ in said]
    both: list[list[tuple[int, ...]]] = [[], []]
    given = list(said)
    while not all(voice.idle(state) for state in states) or any(given):
        turns = [step(state, words) for state, words in zip(states, given, strict=True)]
        given = [(), ()]
        for heard, frames in zip(both, voice.speak(turns), strict=True):
            heard.extend(frame.codes for frame in frames)
        assert len(both[0]) < MOST_FRAMES
    assert both == alone


def test_it_speaks_again_after_it_fell_silent(voice: Synthesiser) -> None:
    state = voice.init_state(0)
    voice.speak([step(state, ("a",))])
    rest(voice, state)
    (again,) = voice.speak([step(state, ("bad",))])
    assert again
    assert rest(voice, state)[-1].words == 2


def test_words_of_a_step_that_is_given_again_count_once(voice: Synthesiser) -> None:
    state = voice.init_state(0)
    turn = step(state, WORDS)
    with pytest.raises(Exception, match=r".*"):
        voice.speak([turn, step(None, ("a",))])
    (first,) = voice.speak([turn])
    frames = [*first, *rest(voice, state)]
    assert frames[-1].words == len(WORDS)
