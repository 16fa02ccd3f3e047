import numpy as np
import torch
from torch import Tensor

from interp.models.whisper import times
from interp.models.whisper.times import AHEAD_FRAMES, Alignment, located

PLACES = [(0, 20), (20, 50), (50, 60), (60, 90), (90, 120)]


def token_ends(attention: torch.Tensor, first: int = 0) -> list[int]:
    """Of one text, which is what it is among others."""
    text, other = Alignment(attention, first), Alignment(attention[:3, :, 5:], weighed=True)
    _, found, _ = located([other, text, other])
    assert located([text]) == [found]
    return found.ends


def strengths(attention: torch.Tensor) -> list[float]:
    """Of one text, which is what it is among others."""
    text, other = Alignment(attention, weighed=True), Alignment(attention[:3, :, 5:])
    _, found, _ = located([other, text, Alignment(attention[1:], weighed=True)])
    assert located([text]) == [found]
    return found.strengths


def _attention(places: list[tuple[int, int]], frames: int = 120, sink: float = 0.0) -> Tensor:
    """Attention of tokens said at these places, [token, head, frame]; `sink` of it at frame 100."""
    rows = []
    for begin, end in places:
        row = torch.full((frames,), 0.1 / frames)
        row[begin:end] += (0.9 - sink) / (end - begin)
        row[100] += sink
        rows.append(row)
    noise = torch.rand(len(places), 4, frames, generator=torch.Generator().manual_seed(0))
    return torch.stack(rows)[:, None] + noise / frames / 10


def _errors(found: list[int], places: list[tuple[int, int]]) -> list[int]:
    return [abs(end - AHEAD_FRAMES - true) for end, (_, true) in zip(found, places, strict=False)]


def test_tokens_end_where_the_next_one_is_attended_to() -> None:
    ends = token_ends(_attention(PLACES))
    assert ends == sorted(ends)
    assert max(_errors(ends[:-1], PLACES)) <= 2
    assert ends[-1] == 120


def test_a_frame_that_all_tokens_attend_to_pulls_none_there() -> None:
    ends = token_ends(_attention(PLACES, sink=0.5))
    assert max(_errors(ends[:3], PLACES)) <= 2


def test_no_token_begins_before_what_is_written() -> None:
    ends = token_ends(_attention(PLACES), first=30)
    assert min(ends) >= 30
    assert ends == sorted(ends)


def test_made_up_text_attends_weakly() -> None:
    said = _attention(PLACES)
    diffuse = torch.full_like(said, 1 / said.shape[2])
    diffuse += _attention([(0, 120)] * len(PLACES)) * 0.01
    firm = strengths(said)
    weak = strengths(diffuse)
    assert np.mean(firm) > 0.6
    assert np.mean(weak) < 0.4


def test_the_words_of_a_text_that_is_not_at_its_end_are_not_spread_over_what_follows() -> None:
    """Behind the text no token attends to anything, but one always does so least little."""
    frames = 600
    rows = _attention(PLACES, frames)
    rows[:, :, 120:] *= torch.linspace(2.0, 1.0, len(PLACES))[:, None, None]
    ends = token_ends(rows)
    assert max(_errors(ends[:-1], PLACES)) <= 2


def test_the_median_over_time_is_that_of_each_frame_and_three_on_either_side() -> None:
    values = torch.rand(3, 2, 40, generator=torch.Generator().manual_seed(1))
    padded = torch.nn.functional.pad(values, (3, 3), mode="replicate")
    sought = padded.unfold(2, 7, 1).median(dim=3).values
    assert torch.equal(times.median_over_time(values), sought)
