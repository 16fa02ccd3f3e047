"""Every model works on the device it is given: no tensor is made without saying where."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from interp.core.errors import InvalidRequest
from interp.models.device import device_of
from interp.models.omni.config import OmniConfig
from interp.models.omni.duplex import begins_of, follow, opening, wait_k
from interp.models.omni.generate import Manner, answer
from interp.models.omni.lm import OmniLM
from interp.models.omni.prompts import Task, heard_prompt, written_prompt
from interp.models.snac import Codec, build_snac
from interp.models.voice.network import Cue, SpeakerNet
from interp.models.voice.speaker import Speaker
from tests.models.device_guard import NoDefaultDevice
from tests.models.omni.tiny import compact_config, released_config
from tests.models.voice.tiny import CODEC, speaker_config, tiny_front, tiny_net

CPU, META = torch.device("cpu"), torch.device("meta")


def test_the_guard_finds_a_tensor_made_without_a_device() -> None:
    with NoDefaultDevice(), pytest.raises(AssertionError, match="zeros without a device"):
        torch.zeros(1)
    with NoDefaultDevice():
        torch.zeros(1, device=CPU)


def test_auto_is_the_processor_that_is_there() -> None:
    assert device_of("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert device_of("cpu") == CPU


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cuda:99", "cpux"])
def test_a_device_that_is_not_here_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidRequest, match=name):
        device_of(name)


def test_the_speaker_makes_its_state_on_its_device() -> None:
    speaker = Speaker(tiny_net(), tiny_front())
    with NoDefaultDevice():
        state = speaker.init_state(2)
        speaker.push(state, 1, ["bad", "egg."])
        assert speaker.step(state, [0, 1])
        speaker.reset(state, 1)


@pytest.mark.parametrize("voiced", [False, True])
@pytest.mark.parametrize("noise_seed", [None, 3])
def test_the_codec_streams_on_its_device(noise_seed: int | None, voiced: bool) -> None:
    config = replace(CODEC, voiced=voiced)
    codec = Codec(build_snac(config), config, noise_seed, CPU)
    with NoDefaultDevice():
        codes = codec.encode(np.zeros(3 * 2048, np.float32))
        assert len(codec.decode_whole(codes)) == 3 * 2048


@pytest.mark.parametrize("config", [released_config(), compact_config()], ids=["full", "compact"])
def test_no_host_tensor_meets_those_of_the_decoder(config: OmniConfig) -> None:
    # Tensors without data refuse to meet those of another device, as a GPU's do.
    with META:
        lm = OmniLM(config)
        ids = torch.zeros(3, 2, 8, dtype=torch.int64)
        active = torch.ones(3, dtype=torch.bool)
    state = lm.init_state(3, longest_call=2)
    hidden = lm(lm.embed(ids), state, active)
    codes = lm.codes_by(hidden, lambda row, logits: logits.argmax(-1))
    assert lm(lm.embed(ids)).device == codes.device == state.keys.device == META


def test_no_host_tensor_meets_those_of_the_speaker() -> None:
    with META:
        net = SpeakerNet(speaker_config())
        window = torch.zeros(2, 1, net.config.window, dtype=torch.int64)
        moves = torch.zeros(2, 1, dtype=torch.int64)
        last = torch.zeros(2, 1, 7, dtype=torch.int64)
    x = net.embed(last, Cue(window, moves, moves.float(), moves))
    assert net.advance_logits(net.lm(x, net.lm.init_state(2))).device == META


def test_answers_are_made_on_the_device_of_the_model() -> None:
    lm = OmniLM(compact_config(window=64)).eval()
    layout = lm.config.layout
    heard = torch.zeros(3, lm.config.source_dim)
    with NoDefaultDevice():
        answer(lm, [heard_prompt(layout, Task.A2A, 3)], heard, Manner(most_steps=20))
        answer(lm, [written_prompt(layout, Task.T2T, [1])], None, Manner(most_steps=20))
        begins = begins_of(layout, lambda token: True, layout.text_tokens)
        follow(lm, heard, begins, opening(layout, None, 1), wait_k(1, 1), most_after=3)
