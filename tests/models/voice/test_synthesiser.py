"""Speaker and codec joined: frames whole, in place, and the same however they are asked for."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from interp.core.audio import SNAC_FRAME_SAMPLES, SPEECH_LEVEL_DB, louder
from interp.core.synthesiser import Gender, SoundFrame, SpeakStep, Voice
from interp.models.omni.grid import frames_to_levels
from interp.models.snac import Codes
from interp.models.store import WeightsError
from interp.models.voice.folder import FILES
from interp.models.voice.synthesiser import (
    ABOUT,
    SynthesisState,
    VoiceSynthesiser,
    gain_to,
    load_synthesisers,
)
from tests.models.voice.tiny import (
    tiny_codec,
    tiny_speaker,
    write_tiny_voice,
)

TEXT = ["bad", "cab,", "head", "egg.", "each", "face"]
OTHER = ["a", "face.", "deaf"]
TOLERANCE = 1e-5
LONG = 10_000


def voice() -> VoiceSynthesiser:
    return VoiceSynthesiser("tiny", tiny_speaker(), tiny_codec())


def step(
    state: SynthesisState, words: Sequence[str] = (), frames: int = 1
) -> SpeakStep[SynthesisState]:
    return SpeakStep(state, tuple(words), 1.0, 3, frames)


def spoken(part: VoiceSynthesiser, state: SynthesisState, words: Sequence[str]) -> list[SoundFrame]:
    """All frames, one at a time."""
    (frames,) = part.speak([step(state, words)])
    found = list(frames)
    while not part.idle(state):
        found += part.speak([step(state)])[0]
        assert len(found) < LONG, "it never falls silent"
    return found


def codes(frames: Sequence[SoundFrame]) -> list[tuple[int, ...]]:
    return [frame.codes for frame in frames]


def sound(frames: Sequence[SoundFrame]) -> np.ndarray:
    return np.concatenate([frame.samples for frame in frames])


def whole(frames: Sequence[SoundFrame]) -> np.ndarray:
    levels = frames_to_levels(torch.tensor(codes(frames)))
    decoded = tiny_codec().decode_whole(Codes(*(level.numpy() for level in levels)))
    return louder(decoded, gain_to(SPEECH_LEVEL_DB))


def test_nothing_given_is_nothing_said() -> None:
    part = voice()
    state = part.init_state(0)
    assert part.idle(state)
    assert part.speak([step(state)]) == [()]


def test_every_frame_comes_with_its_own_samples() -> None:
    part = voice()
    frames = spoken(part, part.init_state(0), TEXT)
    assert {len(frame.samples) for frame in frames} == {SNAC_FRAME_SAMPLES}
    assert float(np.abs(sound(frames)).max()) > 0.01
    np.testing.assert_allclose(sound(frames), whole(frames), atol=TOLERANCE)


@pytest.mark.parametrize("pieces", [[2], [1, 5], [3, 1, 1, 7], [LONG]])
def test_however_many_frames_are_asked_for_at_a_time_they_are_the_same(pieces: list[int]) -> None:
    part = voice()
    wanted = spoken(part, part.init_state(4), TEXT)
    state = part.init_state(4)
    found = list(part.speak([step(state, TEXT, pieces[0])])[0])
    while not part.idle(state):
        for count in pieces:
            found += part.speak([step(state, frames=count)])[0]
    assert codes(found) == codes(wanted)
    assert [frame.words for frame in found] == [frame.words for frame in wanted]
    np.testing.assert_allclose(sound(found), sound(wanted), atol=TOLERANCE)


def test_a_state_alone_speaks_as_in_a_batch_that_others_join_and_leave() -> None:
    part = voice()
    wanted = spoken(part, part.init_state(3), TEXT)
    one, two, three = (part.init_state(3) for _ in range(3))
    part.speak([step(two, OTHER, 5)])
    found = list(part.speak([step(two), step(one, TEXT)])[1])
    turn = 0
    while not part.idle(one):
        turn += 1
        batch = [step(one)]
        if turn > 4:
            batch.insert(turn % 2, step(three, OTHER if turn == 5 else ()))
        if turn < 9:
            batch.append(step(two))
        given = part.speak(batch)
        found += next(f for s, f in zip(batch, given, strict=True) if s.state is one)
    assert codes(found) == codes(wanted)
    np.testing.assert_allclose(sound(found), sound(wanted), atol=TOLERANCE)


def test_the_same_seed_gives_the_same_speech_and_another_seed_another() -> None:
    part = voice()
    first, again, other = (spoken(part, part.init_state(seed), TEXT) for seed in (1, 1, 2))
    np.testing.assert_array_equal(sound(first), sound(again))
    assert codes(first) != codes(other)


def test_all_words_are_said_and_silence_ends_the_codecs_stream() -> None:
    part = voice()
    state = part.init_state(0)
    first = spoken(part, state, TEXT)
    assert first[-1].words == len(TEXT)
    second = spoken(part, state, OTHER)
    assert second[-1].words == len(TEXT) + len(OTHER)
    np.testing.assert_allclose(sound(second), whole(second), atol=TOLERANCE)


def test_a_batch_that_failed_can_be_given_again() -> None:
    part = voice()
    wanted = spoken(part, part.init_state(0), TEXT)
    good, bad = part.init_state(0), part.init_state(0)
    speak = step(good, TEXT)
    with pytest.raises(AttributeError):
        part.speak([speak, SpeakStep(bad, (None,), 1.0, 3, 1)])  # type: ignore[arg-type]
    found = list(part.speak([speak])[0]) + spoken(part, good, ())
    assert codes(found) == codes(wanted)
    assert found[-1].words == len(TEXT)


def test_a_voice_is_as_loud_as_is_wished() -> None:
    heard = []
    for level_db in (-36.0, -42.0):
        part = VoiceSynthesiser("tiny", tiny_speaker(), tiny_codec(), level_db=level_db)
        heard.append(sound(spoken(part, part.init_state(0), TEXT)))
    np.testing.assert_allclose(heard[1], heard[0] * 10 ** (-6 / 20), atol=TOLERANCE)


def test_a_voice_is_read_from_its_folder_and_named_after_it(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path / "anna")
    (part,) = load_synthesisers(tmp_path / "anna")
    assert part.voice == Voice("anna", "en")
    assert spoken(part, part.init_state(0), TEXT)[-1].words == len(TEXT)


def test_a_voice_may_say_what_it_sounds_like(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path / "anna")
    about = tmp_path / "anna" / ABOUT
    about.write_text(json.dumps({"gender": "female"}))
    (part,) = load_synthesisers(tmp_path / "anna")
    assert part.voice.gender is Gender.FEMALE
    about.write_text(json.dumps({"gender": "loud"}))
    with pytest.raises(WeightsError):
        load_synthesisers(tmp_path / "anna")


def test_several_voices_share_a_speaker(tmp_path: Path) -> None:
    folder = tmp_path / "choir"
    write_tiny_voice(folder, ("anna", "bruno"))
    (folder / ABOUT).write_text(json.dumps({"genders": {"anna": "female", "bruno": "male"}}))
    parts = load_synthesisers(folder)
    assert [part.voice for part in parts] == [
        Voice("anna", "en", Gender.FEMALE),
        Voice("bruno", "en", Gender.MALE),
    ]
    said = [spoken(part, part.init_state(0), TEXT) for part in parts]
    assert said[0][-1].words == said[1][-1].words == len(TEXT)
    assert codes(said[0]) != codes(said[1])


def test_a_speaker_whose_voices_are_not_all_told_of_is_refused(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path / "choir", ("anna", "bruno"))
    (tmp_path / "choir" / ABOUT).write_text(json.dumps({"genders": {"anna": "female"}}))
    with pytest.raises(WeightsError):
        load_synthesisers(tmp_path / "choir")


@pytest.mark.parametrize("name", [*FILES, "pronouncer.safetensors"])
def test_a_voice_with_a_file_missing_or_damaged_is_told_of(tmp_path: Path, name: str) -> None:
    write_tiny_voice(tmp_path / "anna")
    (tmp_path / "anna" / name).write_text(json.dumps({"no": "weights"}))
    with pytest.raises(WeightsError):
        load_synthesisers(tmp_path / "anna")
    (tmp_path / "anna" / name).unlink()
    with pytest.raises(WeightsError, match="missing"):
        load_synthesisers(tmp_path / "anna")
