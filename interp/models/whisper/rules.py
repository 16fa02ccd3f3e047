"""What Whisper may write where, as choices for the paths of several lanes at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from interp.models.whisper.search import Choice
from interp.models.whisper.tokenizer import WhisperTokenizer


class Rules:
    """Turns scores into choices. One transfer from the device serves all lanes of a step."""

    def __init__(self, tokenizer: WhisperTokenizer) -> None:
        self._blank, self._end = tokenizer.blank, tokenizer.eot
        suppressed = tokenizer.suppressed
        self._never = torch.zeros(len(suppressed), device=suppressed.device)
        self._never[suppressed] = -torch.inf

    def choices(
        self, scores: Tensor, beginning: Sequence[int], ending: Sequence[int], count: int
    ) -> list[list[Choice]]:
        """The `count` best tokens that may follow each row of scores [row, vocab], best first.

        beginning: rows that choose the first token of a text, which as in Whisper is no blank;
        ending: those of them that may not choose its end either.
        """
        scores = scores + self._never
        if beginning:
            scores[list(beginning), self._blank] = -torch.inf
        if ending:
            scores[list(ending), self._end] = -torch.inf
        best = scores.topk(count, dim=1)
        logprobs = best.values - scores.logsumexp(dim=1, keepdim=True)
        told = torch.stack([best.indices.double(), logprobs.double()], dim=2).tolist()
        return [[Choice(int(token), logprob) for token, logprob in row] for row in told]
