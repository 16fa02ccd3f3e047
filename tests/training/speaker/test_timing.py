"""Aligned speech on the frame grid."""

import numpy as np

from interp.core.audio import SNAC_FRAME_SAMPLES
from training.speaker.shards import Aligned
from training.speaker.timing import TAIL_FRAMES, placed

FRAME = SNAC_FRAME_SAMPLES


def aligned(symbols: str, spans: list[int]) -> Aligned:
    ends = tuple(int(end) for end in np.cumsum(spans))
    return Aligned("", np.ones(ends[-1], np.float32), symbols, ends, 1.0)


def test_the_first_symbol_begins_with_frame_one_and_the_pointer_follows_the_ends() -> None:
    speech = aligned("^ab c$", [500, FRAME // 2, FRAME // 2, FRAME, 2 * FRAME + 1, 300])
    place = placed(speech)
    assert place is not None
    assert place.symbols == "ab c"
    assert place.at.tolist() == [-1, 0, 2, 3, 3, 3] + [4] * TAIL_FRAMES
    assert len(place.samples) == len(place.at) * FRAME
    assert np.flatnonzero(place.samples)[0] == FRAME - 500


def test_speech_may_begin_elsewhere_in_its_frame() -> None:
    speech = aligned("^ab$", [500, FRAME, FRAME // 2, 300])
    late, early = placed(speech, FRAME // 4), placed(speech, -FRAME // 4)
    assert late is not None
    assert early is not None
    assert late.at.tolist() == [-1, 0, 0] + [2] * TAIL_FRAMES
    assert early.at.tolist() == [-1, 0, 1] + [2] * TAIL_FRAMES
    assert np.flatnonzero(late.samples)[0] - np.flatnonzero(early.samples)[0] == FRAME // 2


def test_a_long_start_is_cut() -> None:
    place = placed(aligned("^a$", [FRAME + 700, FRAME, 100]))
    assert place is not None
    assert place.at.tolist()[:3] == [-1, 0, 1]
    assert place.samples[0] == 1.0


def test_the_pointer_never_leaps_further_than_the_head_can_say() -> None:
    place = placed(aligned("^" + "a" * 20 + "$", [1000, *[100] * 20, 100]))
    assert place is not None
    assert place.at.tolist() == [-1, 0, 7, 14, 20, 20]


def test_two_sentences_in_one_are_refused() -> None:
    assert placed(aligned("^a$^b$", [100] * 6)) is None
    assert placed(aligned("^$", [100] * 2)) is None
