"""Writing while hearing, in the duplex layout: one step a frame, READ a pad, WRITE a token."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from interp.models.omni.grid import ROWS, TEXT_ROW, AudioSpecial, TextSpecial
from interp.models.omni.lm import OmniLM

MayWrite = Callable[[int, int], bool]
"""Whether another word may be begun, from the frame and the count of words written."""


@dataclass(frozen=True, slots=True)
class Written:
    """A token of the text, and the frame in which it was written."""

    token: int
    frame: int


@torch.inference_mode()
def follow(
    lm: OmniLM,
    source: Tensor,
    opening: int,
    begins_word: Callable[[int], bool],
    may_write: MayWrite,
    most_after: int = 200,
) -> list[Written]:
    """Write what `source` [frame, source_dim] is, at most a token a frame.

    opening: text id of the task. An end of the text that comes while the source goes on is a READ;
    after it the rest follows, at most `most_after` frames of it. A word that was begun goes on.
    """
    layout, state = lm.config.layout, lm.init_state(1)
    end, pad = layout.text(TextSpecial.END), layout.text(TextSpecial.PAD)
    ids = torch.full(
        (1, 1, ROWS), layout.audio(AudioSpecial.PAD), dtype=torch.int64, device=lm.device
    )
    ids[..., TEXT_ROW] = opening
    source = source.to(lm.device)
    silence = torch.zeros_like(source[:1])
    written: list[Written] = []
    words = 0
    for frame in range(len(source) + most_after):
        heard_all = frame >= len(source) - 1
        feature = source[frame : frame + 1] if frame < len(source) else silence
        hidden = lm(lm.embed_duplex(ids, feature[None]), state)[:, -1]
        logits = lm.text_logits(hidden)[0]
        logits[layout.text_tokens :] = (
            logits[end]
            .new_tensor(-torch.inf)
            .where(
                torch.arange(layout.specials, device=lm.device) != TextSpecial.END,
                logits[layout.text_tokens :],
            )
        )
        token = int(logits.argmax())
        begins = token == end or not written or begins_word(token)
        allowed = heard_all or (token != end and (not begins or may_write(frame, words)))
        if allowed and token == end:
            break
        if allowed:
            written.append(Written(token, frame))
            words += int(begins)
        ids[..., TEXT_ROW] = token if allowed else pad
    return written


def wait_k(k: int, unit_frames: int) -> MayWrite:
    """Word w, counted from 0, may be begun once k + w units have been heard."""
    return lambda frame, words: frame + 1 >= (k + words) * unit_frames
