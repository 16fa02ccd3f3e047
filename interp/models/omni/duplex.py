"""Writing while hearing, in the duplex layout: one step a frame, READ a pad, WRITE a token.

Two steps come before the first frame: the task, and the k that is waited for. A word that is over
is followed by a pad, unless the next one is due.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from interp.core.audio import SNAC_FRAME_SAMPLES, TARGET_RATE_HZ
from interp.core.translator import Wait
from interp.models.omni.grid import ROWS, TEXT_ROW, AudioSpecial, GridLayout, TextSpecial
from interp.models.omni.lm import OmniLM

MayWrite = Callable[[int, int], bool]
"""Whether another word may be begun, from the frame and the count of words written."""

UNTOLD = 0
"""The k of whoever writes as the words align, or under a policy that has no k."""
MOST_TOLD = TextSpecial.LANGUAGE - TextSpecial.WAIT - 1
"""A larger k is told as this one."""


@dataclass(frozen=True, slots=True)
class Written:
    """A token of the text, and the frame in which it was written."""

    token: int
    frame: int


def opening(layout: GridLayout, language: int | None, k: int = UNTOLD) -> tuple[int, int]:
    """Text ids before the first frame. language: number of the translation's; None: the speaker's
    own words are written."""
    task = layout.text(TextSpecial.ASR)
    if language is not None:
        task = layout.text(TextSpecial.LANGUAGE, language)
    return task, layout.text(TextSpecial.WAIT, min(k, MOST_TOLD))


def told_k(wait: Wait | None, unit_frames: int) -> int:
    """k in units of so many frames, as near as it gets to what a policy keeps; UNTOLD where that is
    nothing fixed, or the model knows no unit."""
    if wait is None or not unit_frames:
        return UNTOLD
    frames = wait.units * wait.unit_ms * TARGET_RATE_HZ / (1000 * SNAC_FRAME_SAMPLES)
    return min(max(1, round(frames / unit_frames)), MOST_TOLD)


class Speller:
    """Chooses tokens of whole words. begins: bool [token], whether each begins a word."""

    def __init__(self, layout: GridLayout, begins: Tensor) -> None:
        self._end, self._pad = layout.text(TextSpecial.END), layout.text(TextSpecial.PAD)
        never = torch.full((layout.text_vocab,), -torch.inf, device=begins.device)
        self._going_on, self._beginning = never.clone(), never.clone()
        self._going_on[: layout.text_tokens] = 0.0
        self._beginning[: layout.text_tokens][begins] = 0.0
        self._first = self._going_on.clone()
        for allowed in (self._going_on, self._beginning, self._first):
            allowed[self._end] = 0.0
        self._going_on[self._pad] = 0.0
        self._begins = begins

    def begun(self, logits: Tensor, words: int) -> int | None:
        """The first token of the next word from logits [text_vocab]; None where the text ends."""
        allowed = self._beginning if words else self._first
        token = int((logits + allowed).argmax())
        return None if token == self._end else token

    def gone_on(self, logits: Tensor) -> int | None:
        """The next token of a word that was begun; None where the word is over."""
        token = int((logits + self._going_on).argmax())
        over = token in (self._end, self._pad) or bool(self._begins[token])
        return None if over else token


def begins_of(layout: GridLayout, begins_word: Callable[[int], bool], count: int) -> Tensor:
    """Which of a layout's text tokens begin a word, bool [token]. count: of the vocabulary's."""
    begins = torch.zeros(layout.text_tokens, dtype=torch.bool, device="cpu")
    begins[:count] = torch.tensor([begins_word(token) for token in range(count)], device="cpu")
    return begins


def steps_of(layout: GridLayout, tokens: Sequence[int], device: torch.device) -> Tensor:
    """Steps [1, step, 8] whose text rows are these ids; nothing is said."""
    ids = torch.full(
        (1, len(tokens), ROWS), layout.audio(AudioSpecial.PAD), dtype=torch.int64, device=device
    )
    ids[0, :, TEXT_ROW] = torch.tensor(tokens, device=device)
    return ids


@torch.inference_mode()
def follow(
    lm: OmniLM,
    source: Tensor,
    begins: Tensor,
    told: Sequence[int],
    may_write: MayWrite,
    most_after: int = 200,
) -> list[Written]:
    """Write what `source` [frame, source_dim] is, at most a token a frame.

    begins: as `begins_of` gives it. told: ids of `opening`, the last of which stands before the
    first frame. An end of the text that comes while the source goes on is a READ; after it the rest
    follows, at most `most_after` frames of it. A word that was begun goes on.
    """
    layout, state, device = lm.config.layout, lm.init_state(1, longest_call=len(told)), lm.device
    pad = layout.text(TextSpecial.PAD)
    speller, source = Speller(layout, begins.to(device)), source.to(device)
    silence = torch.zeros_like(source[:1])
    lm(lm.embed_duplex(steps_of(layout, told, device)), state)
    said, words, is_open = pad, 0, False
    written: list[Written] = []
    for frame in range(len(source) + most_after):
        feature = source[frame : frame + 1] if frame < len(source) else silence
        step = lm.embed_duplex(steps_of(layout, [said], device), feature[None])
        logits = lm.text_logits(lm(step, state)[:, -1])[0]
        heard_all = frame >= len(source) - 1
        token = speller.gone_on(logits) if is_open else None
        is_open = token is not None
        if token is None and (heard_all or may_write(frame, words)):
            token = speller.begun(logits, words)
            if token is None and heard_all:
                break
            is_open = token is not None
            words += int(is_open)
        if token is not None:
            written.append(Written(token, frame))
        said = pad if token is None else token
    return written


def wait_k(k: int, unit_frames: int) -> MayWrite:
    """Word w, counted from 0, may be begun once k + w units have been heard."""
    return lambda frame, words: frame + 1 >= (k + words) * unit_frames
