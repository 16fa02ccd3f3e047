"""All modes, against an answer worked out step by step without a cache."""

import pytest
import torch
from torch import Tensor

from interp.models.omni.config import OmniConfig
from interp.models.omni.generate import Answer, Manner, answer
from interp.models.omni.lm import OmniLM
from interp.models.omni.prompts import Prompt, Task, heard_prompt, written_prompt
from interp.models.omni.settings import Sampling
from tests.models.omni.tiny import compact_config, released_config, tiny_lm

MOST = 40
FORMS = [released_config(tied=False), compact_config(window=64)]


def talkative(config: OmniConfig, seed: int = 7) -> OmniLM:
    """Random weights that seldom choose a special id: it says something before it ends."""
    lm = tiny_lm(config, seed)
    layout = config.layout
    with torch.no_grad():
        if config.code_rank:
            lm.text_head.bias[layout.text_tokens :] -= 2.0
            lm.chain.bias[:, layout.codes :] -= 2.0
        else:
            audio = lm.lm_head.weight[layout.text_vocab :].view(7, -1, config.dim)
            audio[:, layout.codes :] *= 0.02
            lm.lm_head.weight[layout.text_tokens : layout.text_vocab] *= 0.2
    return lm


def asked(lm: OmniLM, task: Task) -> tuple[Prompt, Tensor | None]:
    language = 1 if task.translates else None
    if not task.hears:
        return written_prompt(lm.config.layout, task, [1, 2, 3], language), None
    features = torch.randn(4, lm.config.source_dim, generator=torch.Generator().manual_seed(5))
    return heard_prompt(lm.config.layout, task, 4, language), features


def embedded(lm: OmniLM, grid: list[list[int]], features: Tensor | None) -> Tensor:
    """Every step by itself: the mean of its rows, or of the text and seven times the feature."""
    steps = []
    for at, row in enumerate(grid):
        mean = lm.embed(torch.tensor([[row]]))[0, 0]
        if features is not None and 1 <= at <= len(features):
            pads = torch.tensor([[[0] * 7 + [row[7]]]])
            nothing = torch.tensor([[[0] * 7 + [0]]])
            # the text's own vector: what it changes in the mean of eight, against token 0
            change = 8 * (lm.embed(pads) - lm.embed(nothing))[0, 0]
            text = change + text_vector(lm, 0)
            mean = (7 * lm.whisper_adapter(features[at - 1]) + text) / 8
        steps.append(mean)
    return torch.stack(steps)[None]


def text_vector(lm: OmniLM, token: int) -> Tensor:
    name = "transformer.wte.text.weight" if lm.config.code_rank else "transformer.wte.weight"
    return lm.get_parameter(name)[token]


def straight(lm: OmniLM, prompts: list[Prompt], features: Tensor | None) -> Answer:
    """As mini-omni decodes, written out: the whole grid anew for every step, the best id each."""
    layout = lm.config.layout
    end_t, pad_t = layout.text_tokens, layout.text_tokens + 1
    end_a, pad_a = layout.codes, layout.codes + 1
    speaks = prompts[0].task.speaks
    lanes = [prompt.ids.tolist() for prompt in prompts]
    text, audio, wrote = [], [], not prompts[-1].task.writes
    while len(lanes[0]) < MOST:
        hidden = [lm(embedded(lm, lane, features))[:, -1] for lane in lanes]
        token = pad_t if wrote else int(lm.text_logits(hidden[-1]).argmax())
        codes = [pad_a] * 7
        if speaks:
            codes = lm.codes_by(hidden[0], lambda row, logits: logits.argmax(-1))[0].tolist()
        wrote = wrote or token == end_t
        text.append(token)
        audio.append(codes)
        for number, lane in enumerate(lanes):
            lane.append([*(codes if number == 0 else [pad_a] * 7), token])
        if (speaks and codes[6] == end_a) or (not speaks and wrote):
            break
    stop = next((i for i, t in enumerate(text) if t >= layout.text_tokens), len(text))
    frames = []
    for frame in range(len(audio) - max(layout.shifts)):
        of_frame = [audio[frame + shift][row] for row, shift in enumerate(layout.shifts)]
        if max(of_frame) >= layout.codes:
            break
        frames.append(of_frame)
    last = audio[-1][6] == end_a if speaks else wrote
    return Answer(text[:stop], torch.tensor(frames, dtype=torch.int64).reshape(-1, 7), last)


@pytest.mark.parametrize("config", FORMS, ids=["full", "compact"])
@pytest.mark.parametrize("task", list(Task))
def test_every_task_is_answered_as_worked_out_step_by_step(config: OmniConfig, task: Task) -> None:
    lm = talkative(config)
    prompt, features = asked(lm, task)
    with torch.inference_mode():
        wanted = straight(lm, [prompt], features)
    found = answer(lm, [prompt], features, Manner(most_steps=MOST))
    assert found.text == wanted.text
    assert torch.equal(found.frames, wanted.frames)
    assert found.ended == wanted.ended
    assert found.text if task.writes else found.text == []
    assert len(found.frames) > 0 or not task.speaks


def test_two_lanes_share_one_text_and_one_speech() -> None:
    lm = talkative(released_config(tied=False))
    speaks, features = asked(lm, Task.A2A)
    writes, _ = asked(lm, Task.A2T)
    with torch.inference_mode():
        wanted = straight(lm, [speaks, writes], features)
    found = answer(lm, [speaks, writes], features, Manner(most_steps=MOST))
    assert found.text == wanted.text
    assert torch.equal(found.frames, wanted.frames)
    alone = answer(lm, [speaks], features, Manner(most_steps=MOST))
    assert found.text != alone.text


def test_a_seed_says_what_is_drawn() -> None:
    lm = talkative(released_config(tied=False))
    prompt, features = asked(lm, Task.A2A)
    free = Sampling(temperature=1.0, top_k=0)

    def said(seed: int) -> Answer:
        return answer(lm, [prompt], features, Manner(free, free, MOST, seed))

    assert said(1).text == said(1).text
    assert torch.equal(said(1).frames, said(1).frames)
    assert said(1).text != said(2).text


def test_prompts_of_different_length_are_refused() -> None:
    lm = tiny_lm(released_config())
    layout = lm.config.layout
    pair = [written_prompt(layout, Task.T2A, [1]), written_prompt(layout, Task.T2T, [1, 2])]
    with pytest.raises(ValueError, match="same length"):
        answer(lm, pair)
