"""The speaking task: duplex rows in which forced text, at a random lead, meets its codes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from interp.core.sentences import SENTENCE_ENDS
from interp.models.omni.grid import AUDIO_ROWS, AudioSpecial
from interp.models.omni.lm import Teacher
from interp.models.voice.network import Cue, SpeakerConfig, SpeakerNet
from training.averaged import Measured
from training.speaker.corpus import Coded, Corpus


@dataclass(frozen=True, slots=True)
class SpeakConfig:
    """rows, frames: size of a batch. leads: words known beyond the one spoken, drawn for each
    utterance; -1 all. early: part of the utterances that are written before the pause ends.
    most_gap: silent frames between utterances, at most. noise: part of the frames told as pads or
    as codes from elsewhere, drawn for each row up to this. untold: part of the rows that are spoken
    without their text, for guidance. advance: weight of its loss."""

    rows: int = 8
    frames: int = 192
    leads: tuple[int, ...] = (0, 1, 1, 2, 2, 3, 5, -1, -1)
    early: float = 0.4
    most_gap: int = 6
    noise: float = 0.4
    untold: float = 0.1
    advance: float = 1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of speech. told [row, frame, 7]: codes of the frame before, as the model hears them.
    codes [row, frame, 7]: what it should say. sounding [row, frame]: a symbol sounds there."""

    told: Tensor
    cue: Cue
    codes: Tensor
    sounding: Tensor


@dataclass(frozen=True, slots=True)
class Row:
    """One stream of frames. windows [frame, window]; at, advance: pointer into the row's symbols;
    sounding [frame]: the pointer is on a symbol, not on a pad; codes [frame, 7]; pace [frame];
    voice [frame]: the same in all of them."""

    windows: NDArray[np.int64]
    advance: NDArray[np.int64]
    sounding: NDArray[np.bool_]
    codes: NDArray[np.int64]
    pace: NDArray[np.float32]
    voice: NDArray[np.int64]


class SpeakTask:
    """Rows of utterances drawn by chance, packed one after the other with pauses."""

    name = "speak"

    def __init__(
        self, corpus: Corpus, config: SpeakConfig, sizes: SpeakerConfig, device: torch.device
    ) -> None:
        self.corpus, self.config, self.sizes = corpus, config, sizes
        self._device = device
        self._pad, self._unseen = sizes.pad, sizes.unseen
        self._audio_pad = sizes.lm.layout.audio(AudioSpecial.PAD)
        self._blank = 0
        self._ends = {sizes.symbols.index(mark) for mark in SENTENCE_ENDS if mark in sizes.symbols}
        self._silence = np.array(corpus.silence)
        self._of_voice = [
            [each for each in corpus.utterances if each.voice == number]
            for number in range(max(1, len(corpus.voices)))
        ]

    def batch(self, rng: np.random.Generator) -> Batch:
        """Draw `rows` rows; same generator state, same batch."""
        rows = [self._row(rng) for _ in range(self.config.rows)]
        return Batch(
            told=self._tensor([self._told(row.codes, rng) for row in rows]),
            cue=Cue(
                windows=self._tensor([row.windows for row in rows]),
                advance=self._tensor([row.advance for row in rows]),
                pace=self._tensor([row.pace for row in rows]),
                voice=self._tensor([row.voice for row in rows]),
            ),
            codes=self._tensor([row.codes for row in rows]),
            sounding=self._tensor([row.sounding for row in rows]),
        )

    def measure(self, model: SpeakerNet, rng: np.random.Generator) -> Measured:
        """The loss on a fresh batch."""
        return self.loss(model, self.batch(rng))

    def loss(self, model: SpeakerNet, batch: Batch) -> Measured:
        """Cross-entropy of the seven rows' codes, and of the next frame's advance where the model
        decides it: on sounds."""
        hidden = model.lm(model.embed(batch.told, batch.cue))
        teacher = Teacher(batch.codes, [])
        model.lm.codes_by(hidden, teacher)
        losses = [
            F.cross_entropy(logits.flatten(0, 1).float(), batch.codes[..., row].flatten())
            for row, logits in enumerate(teacher.logits)
        ]
        decides = batch.sounding[:, 1:]
        moves = F.cross_entropy(
            model.advance_logits(hidden[:, :-1])[decides].float(),
            batch.cue.advance[:, 1:][decides],
            reduction="sum",
        )
        advance = moves / decides.sum().clamp(min=1)
        codes = torch.stack(losses).mean()
        values = {f"row_{row}": float(loss.detach()) for row, loss in enumerate(losses)}
        values |= {"codes": float(codes.detach()), "advance": float(advance.detach())}
        return Measured(codes + self.config.advance * advance, values)

    def _tensor(self, rows: Sequence[NDArray[Any]]) -> Tensor:
        return torch.from_numpy(np.stack(rows)).to(self._device)

    def _row(self, rng: np.random.Generator) -> Row:
        frames = self.config.frames
        symbols = [np.array([self._pad])]
        at: list[NDArray[np.int64]] = []
        seen: list[NDArray[np.int64]] = []
        codes: list[NDArray[np.int64]] = []
        pace: list[NDArray[np.float32]] = []
        base, count = 1, 0
        spoken: Sequence[Coded] = self.corpus.utterances
        while count < frames:
            one = spoken[int(rng.integers(len(spoken)))]
            spoken = self._of_voice[one.voice]
            gap = int(rng.integers(self.config.most_gap + 1))
            codes += [np.tile(self._silence, (gap, 1)), one.codes]
            where = np.concatenate((np.full(gap, -1), one.at))
            at.append(where + base)
            seen.append(self._seen(one, where, rng) + base)
            pace.append(np.full(len(where), one.pace, np.float32))
            symbols += [one.symbols, np.array([self._pad])]
            base += len(one.symbols) + 1
            count += len(where)
        row = self._windowed(
            np.concatenate(symbols),
            np.concatenate(at),
            np.concatenate(seen),
            np.concatenate(codes)[:frames],
            np.concatenate(pace)[:frames],
            one.voice,
        )
        return self._untold(row) if rng.random() < self.config.untold else row

    def _seen(
        self, one: Coded, at: NDArray[np.int64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """End of the symbols that are written when each frame is spoken [frame], where the first
        symbol is 0: whole words, as many as the lead says, and the pad after a sentence."""
        length = len(one.symbols)
        word = np.cumsum(one.symbols == self._blank)
        ends = np.append(np.flatnonzero(one.symbols == self._blank), length)
        if int(one.symbols[-1]) in self._ends:
            ends[-1] += 1
        lead = int(rng.choice(self.config.leads))
        lead = len(ends) if lead < 0 else lead
        reached = np.append(at[1:], at[-1])
        seen = ends[np.minimum(word[np.clip(reached, 0, length - 1)] + lead, len(ends) - 1)]
        waits = reached < 0
        return np.where(waits, seen if rng.random() < self.config.early else 0, seen)

    def _windowed(
        self,
        symbols: NDArray[np.int64],
        at: NDArray[np.int64],
        seen: NDArray[np.int64],
        codes: NDArray[np.int64],
        pace: NDArray[np.float32],
        voice: int,
    ) -> Row:
        frames = len(codes)
        advance = np.diff(at, append=at[-1])[:frames]
        at, seen = at[:frames], np.maximum(seen[:frames], at[:frames] + advance + 1)
        places = at[:, None] + np.arange(-self.sizes.behind, self.sizes.ahead + 1)
        windows = symbols[np.clip(places, 0, len(symbols) - 1)]
        windows = np.where(places >= seen[:, None], self._unseen, windows)
        windows = np.where(places < 0, self._pad, windows)
        sounding = symbols[at] != self._pad
        return Row(windows, advance, sounding, codes, pace, np.full(frames, voice))

    def _untold(self, row: Row) -> Row:
        """The same speech with no text to go by, and so with no moves to learn."""
        nothing = np.full_like(row.windows, self._unseen)
        return replace(row, windows=nothing, sounding=np.zeros_like(row.sounding))

    def _told(self, codes: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """Codes of the frame before each, [frame, 7]; some of them hidden or false, so that the
        model relies on the text and gets over its own slips."""
        told = np.concatenate((np.full((1, AUDIO_ROWS), self._audio_pad), codes[:-1]))
        part = rng.random() * self.config.noise
        chance = rng.random(len(told))
        told[chance < part / 2] = self._audio_pad
        false = np.flatnonzero((chance >= part / 2) & (chance < part))
        told[false] = codes[rng.integers(len(codes), size=len(false))]
        return told
