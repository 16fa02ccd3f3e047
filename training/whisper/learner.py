"""Whisper's decoder on its way: lessons of like length in every step."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.encoder import Silence
from training.averaged import AveragedLearner, Measured
from training.data.ragged import Ragged
from training.whisper.config import WhisperRun
from training.whisper.delta import DELTA, save_delta
from training.whisper.lessons import HEARD, Lesson, read_lessons
from training.whisper.network import Heard, TaughtDecoder

NO_LOSS = -100
HELD_OUT_ROWS = 128


class WhisperLearner(AveragedLearner[TaughtDecoder]):
    """A `Learner` of the decoder's change."""

    def __init__(self, config: WhisperRun, checkpoint: WhisperCheckpoint, silence: Silence) -> None:
        torch.manual_seed(config.run.seed)
        torch.set_num_threads(config.run.threads)
        self.config = config
        self._lessons = read_lessons(config.folder)
        self._heard = Ragged(config.folder / HEARD)
        recordings = self._lessons[-1].recording + 1
        first_held_out = recordings - max(1, round(recordings * config.held_out))
        numbers = sorted(range(len(self._lessons)), key=lambda n: len(self._heard[n]))
        self._learnt = [n for n in numbers if self._lessons[n].recording < first_held_out]
        self._held_out = [n for n in numbers if self._lessons[n].recording >= first_held_out]
        if len(self._learnt) < config.rows:
            raise ValueError(f"{len(self._learnt)} lessons are too few for {config.rows} rows")
        super().__init__(config.run, TaughtDecoder(checkpoint, silence, config.rank))

    def measure(self, net: TaughtDecoder, rng: np.random.Generator) -> Measured:
        """As AveragedLearner.measure: neighbours in length, so that little is padded."""
        first = int(rng.integers(len(self._learnt) - self.config.rows + 1))
        loss = self._lost(net, self._learnt[first : first + self.config.rows])
        return Measured(loss, {"loss": float(loss.detach())})

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss of the averaged change on held-out recordings, cut and whole."""
        net, found = self.averaged().eval(), {}
        for name, whole in (("cut", False), ("whole", True)):
            kind = [n for n in self._held_out if self._lessons[n].whole is whole]
            spread = kind[:: max(1, len(kind) // HELD_OUT_ROWS)]
            parts = [
                spread[i : i + self.config.rows] for i in range(0, len(spread), self.config.rows)
            ]
            losses = [float(self._lost(net, part)) for part in parts]
            found[name] = sum(losses) / max(1, len(losses))
        return found

    def export(self, folder: Path) -> None:
        """As Learner.export: the averaged change."""
        save_delta(folder / DELTA, self.averaged())

    def _lost(self, net: TaughtDecoder, numbers: list[int]) -> Tensor:
        """Mean cross-entropy of a lesson's tokens, each lesson counting the same."""
        lessons = [self._lessons[number] for number in numbers]
        tokens, labels = _texts(lessons)
        hidden = net.hidden(tokens.to(self.device), self._features(numbers))
        labels = labels.to(self.device)
        learnt = labels != NO_LOSS
        each = F.cross_entropy(net.logits(hidden[learnt]).float(), labels[learnt], reduction="none")
        counts = learnt.sum(dim=1, keepdim=True).expand_as(learnt)[learnt]
        return (each / counts).sum() / len(numbers)

    def _features(self, numbers: list[int]) -> Heard:
        arrays = [torch.from_numpy(self._heard[n].astype(np.float32)) for n in numbers]
        features = torch.nn.utils.rnn.pad_sequence(arrays, batch_first=True)
        lengths = torch.tensor([len(array) for array in arrays])
        return Heard(features.to(self.device), lengths.to(self.device))


def _texts(lessons: list[Lesson]) -> tuple[Tensor, Tensor]:
    """Tokens to run and the one that follows each, both [row, token]; prompts have none."""
    longest = max(len(one.prompt) + len(one.told) for one in lessons) - 1
    tokens = torch.zeros(len(lessons), longest, dtype=torch.int64)
    labels = torch.full_like(tokens, NO_LOSS)
    for row, one in enumerate(lessons):
        text = torch.tensor([*one.prompt, *one.told])
        tokens[row, : len(text) - 1] = text[:-1]
        labels[row, len(one.prompt) - 1 : len(text) - 1] = torch.tensor(one.told)
    return tokens, labels
