"""What a run is judged by while it goes on: held-out loss, codebook use, word errors, samples."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from interp.models.snac import SnacConfig
from training.asr import WhisperListener
from training.codec.losses import MelLoss
from training.codec.phases import Held
from training.codec.quantise import Use, use_of
from training.codec.trainer import Trainer
from training.data.shards import read_shards

UTTERANCES = 24
SAMPLES_TO_HEAR = 2
LEVELS = ("coarse", "mid", "fine")
_SPECTROGRAM_WINDOW = 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """loss: mean held-out distance of the phase. use: by level, empty before there are codes.
    errors: word error rate on what can be heard, None where nobody listened."""

    loss: float
    use: tuple[Use, ...]
    errors: float | None

    def __str__(self) -> str:
        use = ", ".join(
            f"{name} {use.share:.1%} used, perplexity {use.perplexity:.0f}"
            for name, use in zip(LEVELS, self.use, strict=False)
        )
        errors = "" if self.errors is None else f", WER {self.errors:.1%}"
        return f"held-out loss {self.loss:.4f}{errors}; {use or 'no codes yet'}"


class Watch:
    """Looks at the first held-out utterances and writes what it finds to TensorBoard."""

    def __init__(
        self, folder: Path, config: SnacConfig, listener: WhisperListener | None = None
    ) -> None:
        self._utterances = list(islice(read_shards(folder), UTTERANCES))
        self._config = config
        self._listener = listener
        self._mel = MelLoss(config.sampling_rate)
        if not self._utterances:
            raise ValueError(f"no held-out speech in {folder}")

    @torch.no_grad()
    def look(self, trainer: Trainer, board: SummaryWriter, listen: bool) -> Finding:
        """One evaluation. listen: let Whisper hear it too."""
        codes: list[list[Tensor]] = [[] for _ in self._config.vq_strides]
        losses: list[float] = []
        held: list[Held] = []
        for number, utterance in enumerate(self._utterances):
            whole = -(-len(utterance.samples) // self._config.frame_samples)
            wanted = torch.zeros(1, 1, whole * self._config.frame_samples)
            wanted[0, 0, : len(utterance.samples)] = torch.from_numpy(utterance.samples)
            batch = trainer.quantised(wanted.to(trainer.device))
            losses.append(float(trainer.phase.distance(batch.z, wanted.to(trainer.device))))
            held.append(Held(utterance.text, batch.z))
            for level, found in zip(codes, batch.codes, strict=False):
                level.append(found.reshape(-1).cpu())
            if number < SAMPLES_TO_HEAR:
                heard = trainer.model.get_submodule("decoder")(batch.z).cpu()
                self._show(f"held_out/{number}", heard, wanted, trainer.step, board)
        errors = trainer.phase.errors(self._listener, held) if listen and self._listener else None
        size = self._config.codebook_size
        use = tuple(use_of(torch.cat(level), size) for level in codes if level)
        finding = Finding(sum(losses) / len(losses), use, errors)
        _log(finding, trainer.step, board)
        return finding

    def _show(
        self, name: str, heard: Tensor, wanted: Tensor, step: int, board: SummaryWriter
    ) -> None:
        board.add_audio(name, heard[0].clamp(-1, 1), step, self._config.sampling_rate)
        both = torch.cat([heard, wanted])[:, 0]
        mels = self._mel.log_mel(both, _SPECTROGRAM_WINDOW).flip(1)
        picture = ((mels + 3) / 3).clamp(0, 1).reshape(1, -1, mels.shape[-1])
        board.add_image(f"{name}_heard_over_wanted", picture, step)


def _log(finding: Finding, step: int, board: SummaryWriter) -> None:
    board.add_scalar("held_out/loss", finding.loss, step)
    if finding.errors is not None:
        board.add_scalar("held_out/word_errors", finding.errors, step)
    for name, use in zip(LEVELS, finding.use, strict=False):
        board.add_scalar(f"use/{name}_share", use.share, step)
        board.add_scalar(f"use/{name}_perplexity", use.perplexity, step)
