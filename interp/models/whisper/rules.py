"""What Whisper may write where, as choices for the paths of several lanes at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from interp.models.best import best_of
from interp.models.whisper.search import Choice
from interp.models.whisper.tokenizer import WhisperTokenizer


class Rules:
    """Turns scores into choices. One transfer from the device serves all lanes of a step."""

    def __init__(self, tokenizer: WhisperTokenizer) -> None:
        self._blank, self._end = tokenizer.blank, tokenizer.eot
        self._never = tokenizer.suppressed.nonzero().flatten()

    def choices(
        self, scores: Tensor, beginning: Sequence[int], ending: Sequence[int], count: int
    ) -> list[list[Choice]]:
        """The `count` best tokens that may follow each row of scores [row, vocab], best first.

        The scores are used up.

        beginning: rows that choose the first token of a text, which as in Whisper is no blank;
        ending: those of them that may not choose its end either.
        """
        scores.index_fill_(1, self._never, -torch.inf)
        if beginning:
            scores[list(beginning), self._blank] = -torch.inf
        if ending:
            scores[list(ending), self._end] = -torch.inf
        values, tokens = best_of(scores, count)
        most = values[:, :1]
        rest = scores.sub_(most).exp_().sum(dim=1, keepdim=True).log_()
        logprobs = values - (most + rest)
        told = torch.stack([tokens.double(), logprobs.double()], dim=2).tolist()
        return [[Choice(int(token), logprob) for token, logprob in row] for row in told]
