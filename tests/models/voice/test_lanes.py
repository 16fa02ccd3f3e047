"""Lanes come together for a step and part again, each with what it had."""

import torch

from interp.models.voice.lanes import gathered, scattered
from interp.models.voice.speaker import SpeechFrame
from tests.models.voice.tiny import tiny_speaker


def test_gathered_lanes_speak_as_they_would_alone() -> None:
    speaker = tiny_speaker()

    def spoken(together: bool) -> list[SpeechFrame]:
        states = [speaker.init_state(1, seed) for seed in (1, 2)]
        for state, word in zip(states, ("bad", "egg."), strict=True):
            speaker.push(state, 0, [word])
        frames = []
        for _ in range(4):
            if together:
                batch = gathered(states)
                frames += speaker.step(batch, [0, 1])
                scattered(batch, states)
            else:
                frames += [frame for state in states for frame in speaker.step(state, [0])]
        return frames

    both, apart = spoken(together=True), spoken(together=False)
    assert [frame.codes for frame in both] == [frame.codes for frame in apart]
    assert {frame.lane for frame in both} == {0, 1}


def test_a_single_lane_is_its_own_batch() -> None:
    state = tiny_speaker().init_state(1)
    assert gathered([state]) is state


def test_a_batch_holds_copies_until_it_is_scattered() -> None:
    speaker = tiny_speaker()
    states = [speaker.init_state(1, seed) for seed in (1, 2)]
    for state in states:
        speaker.push(state, 0, ["bad"])
    batch = gathered(states)
    speaker.step(batch, [0, 1])
    assert not any(state.lm.keys.any() for state in states)
    scattered(batch, states)
    assert all(torch.equal(state.lm.steps, batch.lm.steps[:2]) for state in states)
