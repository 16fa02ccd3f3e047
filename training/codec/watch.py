"""What a run is judged by while it goes on: held-out loss, codebook use, word errors, samples."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from interp.core.audio import Samples
from interp.models.snac import SnacConfig
from training.asr import WhisperListener, understood
from training.codec.losses import MelLoss
from training.codec.quantise import Use, levels_of, pass_open, quantise, use_of
from training.data.shards import read_shards

UTTERANCES = 24
SAMPLES_TO_HEAR = 2
LEVELS = ("coarse", "mid", "fine")
_SPECTROGRAM_WINDOW = 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """mel: mean held-out loss. use: by level, empty before there are codes. errors: word error
    rate on the decoded speech, None where nobody listened."""

    mel: float
    use: tuple[Use, ...]
    errors: float | None

    def __str__(self) -> str:
        use = ", ".join(
            f"{name} {use.share:.1%} used, perplexity {use.perplexity:.0f}"
            for name, use in zip(LEVELS, self.use, strict=False)
        )
        errors = "" if self.errors is None else f", WER {self.errors:.1%}"
        return f"mel {self.mel:.3f}{errors}; {use or 'no codes yet'}"


class Watch:
    """Decodes the first held-out utterances and writes what it finds to TensorBoard."""

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
    def look(
        self, model: nn.Module, step: int, board: SummaryWriter, coded: bool, listen: bool
    ) -> Finding:
        """One evaluation. coded: codebooks are in use; listen: let Whisper hear it too."""
        levels = levels_of(model, self._config.vq_strides)
        device = levels[0].codebook.device
        codes: list[list[torch.Tensor]] = [[] for _ in levels]
        losses: list[float] = []
        decoded: list[Samples] = []
        for number, utterance in enumerate(self._utterances):
            whole = -(-len(utterance.samples) // self._config.frame_samples)
            wanted = torch.zeros(1, 1, whole * self._config.frame_samples)
            wanted[0, 0, : len(utterance.samples)] = torch.from_numpy(utterance.samples)
            z = model.get_submodule("encoder")(wanted.to(device))
            batch = quantise(levels, z) if coded else pass_open(levels, z, 0.0, 0)
            heard = model.get_submodule("decoder")(batch.z).cpu()
            losses.append(float(self._mel(heard, wanted)))
            decoded.append(heard[0, 0].numpy())
            for level, found in zip(codes, batch.codes, strict=False):
                level.append(found.reshape(-1).cpu())
            if number < SAMPLES_TO_HEAR:
                self._show(f"held_out/{number}", heard, wanted, step, board)
        errors = self._errors(decoded) if listen else None
        use = tuple(
            use_of(torch.cat(level), self._config.codebook_size) for level in codes if level
        )
        finding = Finding(sum(losses) / len(losses), use, errors)
        _log(finding, step, board)
        return finding

    def _errors(self, decoded: list[Samples]) -> float | None:
        if self._listener is None:
            return None
        return understood(self._listener, decoded, [one.text for one in self._utterances])

    def _show(
        self, name: str, heard: torch.Tensor, wanted: torch.Tensor, step: int, board: SummaryWriter
    ) -> None:
        board.add_audio(name, heard[0].clamp(-1, 1), step, self._config.sampling_rate)
        both = torch.cat([heard, wanted])[:, 0]
        mels = self._mel.log_mel(both, _SPECTROGRAM_WINDOW).flip(1)
        picture = ((mels + 3) / 3).clamp(0, 1).reshape(1, -1, mels.shape[-1])
        board.add_image(f"{name}_heard_over_wanted", picture, step)


def _log(finding: Finding, step: int, board: SummaryWriter) -> None:
    board.add_scalar("held_out/mel", finding.mel, step)
    if finding.errors is not None:
        board.add_scalar("held_out/word_errors", finding.errors, step)
    for name, use in zip(LEVELS, finding.use, strict=False):
        board.add_scalar(f"use/{name}_share", use.share, step)
        board.add_scalar(f"use/{name}_perplexity", use.perplexity, step)
