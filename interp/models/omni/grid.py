"""The token grid: eight rows of ids a step, seven audio and one text, and its way to SNAC."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import torch
from torch import Tensor

AUDIO_ROWS = 7
TEXT_ROW = 7
ROWS = 8

LEVEL_OF_ROW = (0, 1, 2, 2, 1, 2, 2)
"""SNAC level of each audio row."""
_PLACE_OF_ROW = (0, 0, 0, 1, 1, 2, 3)
_CODES_A_FRAME = (1, 2, 4)
LEVELS = len(_CODES_A_FRAME)


class TextSpecial(IntEnum):
    """Places of the text row's special ids behind the text tokens; 0-4 as mini-omni has them."""

    END = 0
    PAD = 1
    INPUT = 2
    ANSWER = 3
    ASR = 4
    TTS = 5
    TRANSLATE = 6
    WAIT = 7  # WAIT + k: a word a unit after the first k; WAIT: nobody says when
    LANGUAGE = 16  # LANGUAGE + k: what is written is in the k-th language of the model


class AudioSpecial(IntEnum):
    """Places of an audio row's special ids behind its codes, as mini-omni has them."""

    END = 0
    PAD = 1
    INPUT = 2
    ANSWER = 3


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Sizes of the vocabularies and shifts of the rows.

    Ids in a grid are local to their row. shifts: audio row i holds frame f at step f + shifts[i].
    The defaults are those of the released mini-omni.
    """

    text_tokens: int = 151_936
    codes: int = 4_096
    specials: int = 64
    shifts: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)

    def __post_init__(self) -> None:
        if len(self.shifts) != AUDIO_ROWS or min(self.shifts) < 0:
            raise ValueError(f"seven shifts of 0 or more, not {self.shifts}")

    @property
    def text_vocab(self) -> int:
        """Text tokens and their specials."""
        return self.text_tokens + self.specials

    @property
    def audio_vocab(self) -> int:
        """Codes of one audio row and their specials."""
        return self.codes + self.specials

    @property
    def total_vocab(self) -> int:
        """Rows of one table that holds all eight vocabularies, text first."""
        return self.text_vocab + AUDIO_ROWS * self.audio_vocab

    @property
    def longest_shift(self) -> int:
        """Steps after which a frame is complete."""
        return max(self.shifts)

    def text(self, special: TextSpecial, extra: int = 0) -> int:
        """Id of a special token in the text row; extra: k of LANGUAGE."""
        return self.text_tokens + special + extra

    def audio(self, special: AudioSpecial) -> int:
        """Id of a special in every audio row."""
        return self.codes + special

    def absolute(self, ids: Tensor) -> Tensor:
        """Local ids [..., row] to rows of the shared table [..., row]."""
        starts = [self.text_vocab + self.audio_vocab * row for row in range(AUDIO_ROWS)]
        return ids + torch.tensor([*starts, 0], device=ids.device)


@dataclass(frozen=True, slots=True)
class TokenGrid:
    """Ids of one stretch of speech and text, int64 [row, step]."""

    layout: GridLayout
    ids: Tensor

    @classmethod
    def spoken(cls, layout: GridLayout, frames: Tensor, text: Sequence[int]) -> "TokenGrid":
        """An answer: text then its end; codes [frame, 7] behind the pads of their shifts, each
        row closed by its own end. With N frames the audio spans N + longest shift + 1 steps."""
        count = len(frames)
        steps = max(count + layout.longest_shift + 1, len(text) + 1)
        ids = torch.full((ROWS, steps), layout.audio(AudioSpecial.PAD), dtype=torch.int64)
        for row, shift in enumerate(layout.shifts):
            ids[row, shift : shift + count] = frames[:, row]
            ids[row, shift + count] = layout.audio(AudioSpecial.END)
        ids[TEXT_ROW] = layout.text(TextSpecial.PAD)
        ids[TEXT_ROW, : len(text)] = torch.tensor(text, dtype=torch.int64)
        ids[TEXT_ROW, len(text)] = layout.text(TextSpecial.END)
        return cls(layout, ids)

    def frames(self) -> Tensor:
        """Codes [frame, 7] of the leading frames that are complete and free of special ids."""
        count = self.ids.shape[1] - self.layout.longest_shift
        if count <= 0:
            return torch.zeros((0, AUDIO_ROWS), dtype=torch.int64)
        rows = [self.ids[row, s : s + count] for row, s in enumerate(self.layout.shifts)]
        codes = torch.stack(rows, dim=1)
        special = (codes < 0) | (codes >= self.layout.codes)
        bad = special.any(dim=1).nonzero()
        return codes[: int(bad[0])] if len(bad) else codes

    def text(self) -> list[int]:
        """Text tokens up to the end token or the first special id."""
        row: list[int] = self.ids[TEXT_ROW].tolist()
        stop = next((i for i, t in enumerate(row) if t >= self.layout.text_tokens), len(row))
        return row[:stop]


def frames_to_levels(frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Codes [..., frame, 7] to SNAC's three lists [..., frame], [..., 2 frame], [..., 4 frame]."""
    coarse, middle, fine = (
        frames[..., [row for row in range(AUDIO_ROWS) if LEVEL_OF_ROW[row] == level]]
        for level in range(LEVELS)
    )
    return coarse.flatten(-2), middle.flatten(-2), fine.flatten(-2)


def levels_to_frames(levels: Sequence[Tensor]) -> Tensor:
    """SNAC's three code lists to codes [..., frame, 7]; refuses lists of unequal span."""
    counts = {codes.shape[-1] / each for codes, each in zip(levels, _CODES_A_FRAME, strict=True)}
    if len(counts) != 1:
        raise ValueError(f"code lists do not match: {[codes.shape[-1] for codes in levels]} codes")
    split = [
        codes.reshape(*codes.shape[:-1], -1, each)
        for codes, each in zip(levels, _CODES_A_FRAME, strict=True)
    ]
    rows = zip(LEVEL_OF_ROW, _PLACE_OF_ROW, strict=True)
    return torch.stack([split[level][..., place] for level, place in rows], dim=-1)
