"""The speaker: words in at any time, frames out, lanes apart, silence when all is said."""

from pathlib import Path

import torch

from interp.models.voice.network import load_speaker, save_speaker
from interp.models.voice.settings import SpeakerSettings
from interp.models.voice.speaker import TAIL_FRAMES, Speaker, SpeakerState, SpeechFrame
from tests.models.voice.tiny import tiny_front, tiny_net, tiny_speaker

TEXT = ["bad", "cab,", "head", "egg.", "each", "face"]


def speaker() -> Speaker:
    return tiny_speaker()


def until_idle(part: Speaker, state: SpeakerState, lane: int) -> list[SpeechFrame]:
    frames: list[SpeechFrame] = []
    while found := part.step(state, [lane]):
        frames += found
        assert len(frames) < 1000, "it never falls silent"
    return frames


def test_everything_written_is_said_and_then_the_lane_rests() -> None:
    part = speaker()
    state = part.init_state(1)
    part.push(state, 0, TEXT)
    frames = until_idle(part, state, 0)
    said = [frame.words for frame in frames]
    assert said == sorted(said)
    assert set(said) <= set(range(len(TEXT) + 1))
    assert said[-1] == len(TEXT)
    assert [frame.silent for frame in frames[-TAIL_FRAMES:]] == [True] * TAIL_FRAMES
    assert part.idle(state, 0)


def test_nothing_is_said_before_there_are_words() -> None:
    part = speaker()
    state = part.init_state(2)
    assert part.step(state, [0, 1]) == []


def test_no_special_id_is_ever_spoken() -> None:
    part = speaker()
    state = part.init_state(1)
    part.push(state, 0, TEXT * 3)
    codes = [code for frame in until_idle(part, state, 0) for code in frame.codes]
    assert max(codes) < part.net.config.lm.layout.codes


def test_words_may_come_late_and_all_are_said() -> None:
    part = speaker()
    state = part.init_state(1)
    frames: list[SpeechFrame] = []
    for number, word in enumerate(TEXT):
        part.push(state, 0, [word])
        for _ in range(number * 3):
            frames += part.step(state, [0])
    frames += until_idle(part, state, 0)
    assert frames[-1].words == len(TEXT)
    assert any(frame.silent for frame in frames[: len(frames) // 2])


def test_a_lane_speaks_the_same_alone_and_in_a_batch() -> None:
    part = speaker()
    alone = part.init_state(1, seed=3)
    part.push(alone, 0, TEXT)
    wanted = [(frame.codes, frame.words) for frame in until_idle(part, alone, 0)]
    state = part.init_state(3, seed=3)
    part.push(state, 0, ["a", "face."])
    for _ in range(4):
        part.step(state, [0, 1, 2])
    part.push(state, 1, TEXT)
    found: list[SpeechFrame] = []
    for turn in range(1000):
        if turn == 5:
            part.push(state, 2, ["deaf", "a", "a."])
        found += part.step(state, [0, 1, 2] if turn % 3 else [1])
    assert [(frame.codes, frame.words) for frame in found if frame.lane == 1] == wanted


def test_the_same_seed_gives_the_same_speech_and_another_seed_another() -> None:
    part = speaker()
    spoken = []
    for seed in (1, 1, 2):
        state = part.init_state(1, seed)
        part.push(state, 0, TEXT)
        spoken.append([frame.codes for frame in until_idle(part, state, 0)])
    assert spoken[0] == spoken[1] != spoken[2]


def test_an_interrupted_lane_is_silent_at_once_and_can_speak_anew() -> None:
    part = speaker()
    state = part.init_state(1)
    part.push(state, 0, TEXT)
    first = [part.step(state, [0]) for _ in range(8)]
    part.reset(state, 0)
    assert part.step(state, [0]) == []
    part.push(state, 0, TEXT)
    assert [part.step(state, [0]) for _ in range(8)] == first


def test_words_without_a_sound_do_no_harm() -> None:
    part = speaker()
    state = part.init_state(1)
    part.push(state, 0, ["\u2014", "bad", "*", "cab.", "\u65e5"])
    assert until_idle(part, state, 0)[-1].words == 5


def first_codes(guidance: float, text: str) -> tuple[int, ...]:
    part = Speaker(tiny_net(seed=3), tiny_front(), SpeakerSettings(guidance=guidance))
    state = part.init_state(1)
    part.push(state, 0, [text])
    (frame,) = part.step(state, [0])
    return frame.codes


def test_guidance_leads_from_speech_without_the_text_to_speech_with_it() -> None:
    spoken = {g: [first_codes(g, text) for text in TEXT] for g in (0.0, 1.0, 8.0)}
    assert len(set(spoken[0.0])) == 1  # deaf to the text
    assert len(set(spoken[1.0])) > 1
    assert spoken[8.0] != spoken[1.0]


def test_without_guidance_a_lane_is_one_stream() -> None:
    part = Speaker(tiny_net(), tiny_front(), SpeakerSettings(guidance=1.0))
    assert part.init_state(3).lm.lanes == 3
    assert speaker().init_state(3).lm.lanes == 6


def test_a_saved_voice_speaks_the_same(tmp_path: Path) -> None:
    voice = tiny_net().half().float()
    save_speaker(tmp_path / "v.safetensors", voice)
    again = load_speaker(tmp_path / "v.safetensors")
    assert again.config == voice.config
    spoken = []
    for each in (voice, again):
        part = Speaker(each, tiny_front())
        state = part.init_state(1)
        part.push(state, 0, TEXT)
        spoken.append(until_idle(part, state, 0))
    assert spoken[0] == spoken[1]


def test_a_frame_costs_the_same_memory_late_as_early() -> None:
    part = speaker()
    state = part.init_state(1)
    size = state.lm.keys.shape
    for _ in range(40):
        part.push(state, 0, ["bad"])
        until_idle(part, state, 0)
    assert state.lm.keys.shape == size
    assert len(state.scripts[0].symbols) < 20
    assert bool((state.lm.slot_steps >= state.lm.steps[:, None] - size[2]).all())
    assert torch.isfinite(state.lm.keys).all()
