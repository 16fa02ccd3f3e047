"""What the contract asks of each voice that the package brings, on its real weights."""

from collections.abc import Sequence

import numpy as np
import pytest

from interp import inventory
from interp.core.audio import SOURCE_RATE_HZ, VAD_FRAME_SAMPLES, Samples, samples_to_ms
from interp.core.events import TargetSpeech, WrittenWord
from interp.core.synthesiser import Gender, SoundFrame, SpeakStep
from interp.engine.mouth import Mouth, SpeechSettings
from interp.models.voice.synthesiser import SynthesisState, VoiceSynthesiser, load_synthesisers

WORDS = {
    "en": ("Good", "morning,", "everyone."),
    "pt": ("Bom", "dia", "a", "todos."),
}
"""Something to say, by language."""
OTHER = {"en": ("Thank", "you."), "pt": ("Muito", "obrigado.")}
TOLERANCE = 1e-5
FRAME_MS = 2048 / 24
FOLDERS = inventory.shipped_voices()


@pytest.fixture(scope="module", params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def part(request: pytest.FixtureRequest) -> VoiceSynthesiser:
    (found,) = load_synthesisers(request.param)
    return found


def step(
    state: SynthesisState, words: Sequence[str] = (), frames: int = 1
) -> SpeakStep[SynthesisState]:
    return SpeakStep(state, tuple(words), 1.0, 3, frames)


def spoken(part: VoiceSynthesiser, words: Sequence[str], pieces: int) -> list[SoundFrame]:
    """All frames, so many at a time."""
    state = part.init_state(0)
    found = list(part.speak([step(state, words, pieces)])[0])
    while not part.idle(state):
        found += part.speak([step(state, frames=pieces)])[0]
    return found


@pytest.fixture(scope="module")
def whole(part: VoiceSynthesiser) -> list[SoundFrame]:
    return spoken(part, WORDS[part.voice.language], 10_000)


def check_same(found: Sequence[SoundFrame], wanted: Sequence[SoundFrame]) -> None:
    assert [frame.codes for frame in found] == [frame.codes for frame in wanted]
    assert [frame.words for frame in found] == [frame.words for frame in wanted]
    np.testing.assert_allclose(sound(found), sound(wanted), atol=TOLERANCE)


def sound(frames: Sequence[SoundFrame]) -> Samples:
    return np.concatenate([frame.samples for frame in frames])


def test_it_says_what_it_sounds_like(part: VoiceSynthesiser) -> None:
    assert part.voice.gender is not Gender.UNSPECIFIED
    assert part.voice.name == f"voice-{part.voice.language}"


def test_all_words_are_said_at_a_voices_level(
    part: VoiceSynthesiser, whole: list[SoundFrame]
) -> None:
    assert whole[-1].words == len(WORDS[part.voice.language])
    assert 0.05 < float(np.sqrt(np.mean(sound(whole) ** 2))) < 0.3


@pytest.mark.parametrize("pieces", [1, 3])
def test_in_pieces_it_says_the_same(
    part: VoiceSynthesiser, whole: list[SoundFrame], pieces: int
) -> None:
    check_same(spoken(part, WORDS[part.voice.language], pieces), whole)


def test_in_a_batch_it_says_the_same(part: VoiceSynthesiser, whole: list[SoundFrame]) -> None:
    one, other = part.init_state(0), part.init_state(0)
    language = part.voice.language
    part.speak([step(other, OTHER[language], 4)])
    found = list(part.speak([step(other), step(one, WORDS[language])])[1])
    while not part.idle(one):
        found += part.speak([step(one), step(other)])[0]
    check_same(found, whole)


def test_interrupted_it_is_silent_when_the_frame_that_plays_has_sounded(
    part: VoiceSynthesiser,
) -> None:
    mouth = Mouth(part, SpeechSettings(), wanted=True)
    words = [WrittenWord(f" {word}", 0, 0, 0, 0) for word in WORDS[part.voice.language]]
    mouth.write(0, words)
    heard: list[TargetSpeech] = []
    interrupted = SOURCE_RATE_HZ // 2
    for position in range(VAD_FRAME_SAMPLES, 2 * SOURCE_RATE_HZ, VAD_FRAME_SAMPLES):
        if position - VAD_FRAME_SAMPLES < interrupted <= position:
            mouth.hush()
        while position_step := mouth.next_step(position, finishing=False):
            (frames,) = part.speak([position_step])
            now_ms = samples_to_ms(position)
            events = mouth.sounded(frames, now_ms, now_ms)
            heard += [event for event in events if isinstance(event, TargetSpeech)]
    assert heard
    assert heard[-1].offset_ms + FRAME_MS <= samples_to_ms(interrupted) + FRAME_MS
