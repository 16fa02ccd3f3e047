"""When each token of a translation may be written, in frames: wait-k, or as the words align."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from interp.core.audio import SNAC_FRAME_SAMPLES, TARGET_RATE_HZ
from interp.models.omni.duplex import MOST_TOLD, UNTOLD

FRAME_MS = 1000 * SNAC_FRAME_SAMPLES / TARGET_RATE_HZ


@dataclass(frozen=True, slots=True)
class ScheduleConfig:
    """least_k, most_k: of wait-k, drawn for each sample. unit_frames: what k counts. told: part of
    the samples under wait-k whose k the model is told. truncated: part of the samples that end at a
    random frame, as speech does that is cut off. aligned: part of those whose word times are known
    that are written as soon as these allow. late_frames: by which each word may push back itself
    and all that follow, up to a bound drawn for each sample: what is served counts voiced time.
    """

    least_k: int = 1
    most_k: int = MOST_TOLD
    unit_frames: int = 6
    told: float = 0.8
    truncated: float = 0.01
    aligned: float = 0.0
    late_frames: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What of a source is said to be heard when. frames: in all. word_ends_ms: when each of its
    words has been said. reads: for each target word, the source word that it stands for; without
    them words are taken to share the source evenly."""

    frames: int
    word_ends_ms: Sequence[int] = ()
    reads: Sequence[int] = ()

    @property
    def spoken(self) -> int:
        """Frames up to the end of the last word; all where nobody says when that is."""
        if not self.word_ends_ms:
            return self.frames
        return min(self.frames, math.ceil(self.word_ends_ms[-1] / FRAME_MS))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A schedule. writes: the frame of each token, the end of the text last. frames: heard of the
    source, all or, now and then, fewer. k: that the model is told."""

    writes: list[int]
    frames: int
    k: int


def wait_k(
    starts: Sequence[bool],
    k: int,
    unit_frames: int,
    frames: int,
    spoken: int | None = None,
    late: Sequence[int] = (),
) -> list[int]:
    """The frame of each token: one word a unit after the first k, the rest when all was heard.

    starts: whether each token begins a word, the end of the text with them. spoken: frames before
    the silence at the end, which no unit counts. late: frames by which each token pushes back
    itself and what follows. (Ma et al., STACL, arXiv 1810.08398.)
    """
    due: list[int] = []
    word, behind = -1, 0
    for begins, more in zip_longest(starts, late[: len(starts)], fillvalue=0):
        word += int(begins or word < 0)
        behind += more
        units = (k + word) * unit_frames + behind
        due.append((frames if units > (spoken or frames) else units) - 1)
    return one_a_frame(due)


def aligned(starts: Sequence[bool], heard: Sequence[int]) -> list[int]:
    """The frame of each token where a word is written as soon as what it translates was heard.

    heard: for each word, the end of the text last, the frame in which its source has been heard; a
    word never comes before the one that precedes it.
    """
    due: list[int] = []
    word, latest = -1, 0
    for begins in starts:
        word += int(begins or word < 0)
        latest = max(latest, heard[word])
        due.append(latest)
    return one_a_frame(due)


def one_a_frame(due: Sequence[int]) -> list[int]:
    """The same, each token at least a frame after the one before it."""
    frames: list[int] = []
    for frame in due:
        frames.append(max(frame, frames[-1] + 1 if frames else 0))
    return frames


def heard_frames(heard: Heard, words: int) -> list[int]:
    """For each of `words` target words, the end of the text last, the frame in which the part of
    the source that it stands for has been heard."""
    count = len(heard.word_ends_ms)
    reads = [-(-(word + 1) * count // words) - 1 for word in range(words)]
    if len(heard.reads) == words:
        reads = list(heard.reads)
    places = [min(place, count - 1) for place in reads]
    return [int(heard.word_ends_ms[place] / FRAME_MS) for place in (*places, count - 1)]


def drawn(
    config: ScheduleConfig, starts: Sequence[bool], heard: Heard, rng: np.random.Generator
) -> Drawn:
    """When the tokens of a sample are written; one without word times waits for k units."""
    frames, k = heard.frames, UNTOLD
    if heard.word_ends_ms and rng.random() < config.aligned:
        writes = aligned(starts, heard_frames(heard, max(1, sum(starts) - 1)))
    else:
        waited = int(rng.integers(config.least_k, config.most_k + 1))
        most = int(rng.integers(config.late_frames + 1))
        late = [int(rng.integers(most + 1)) if begins else 0 for begins in starts]
        writes = wait_k(starts, waited, config.unit_frames, frames, heard.spoken, late)
        k = waited if rng.random() < config.told else UNTOLD
    cut = rng.random() < config.truncated and frames > 1
    return Drawn(writes, int(rng.integers(1, frames)) if cut else frames, k)
