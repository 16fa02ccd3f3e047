"""What a run is judged by while it goes on: held-out loss, codebook use, samples, spectrograms."""

from itertools import islice
from pathlib import Path

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from interp.models.snac import SnacConfig
from training.codec.losses import MelLoss
from training.codec.quantise import levels_of, pass_open, quantise, use_of
from training.data.shards import read_shards

UTTERANCES = 24
SAMPLES_TO_HEAR = 2
_SPECTROGRAM_WINDOW = 1024


class Watch:
    """Decodes the first held-out utterances and writes what it finds to TensorBoard."""

    def __init__(self, folder: Path, config: SnacConfig) -> None:
        self._utterances = list(islice(read_shards(folder), UTTERANCES))
        self._config = config
        self._mel = MelLoss(config.sampling_rate)
        if not self._utterances:
            raise ValueError(f"no held-out speech in {folder}")

    @torch.no_grad()
    def look(self, model: nn.Module, step: int, board: SummaryWriter, coded: bool) -> float:
        """One evaluation; returns the mean held-out mel loss. coded: codebooks are in use."""
        levels = levels_of(model)
        codes: list[list[torch.Tensor]] = [[] for _ in levels]
        losses: list[float] = []
        frame = self._config.vq_strides[0] * 512
        for number, utterance in enumerate(self._utterances):
            whole = len(utterance.samples) // frame * frame
            wanted = torch.from_numpy(utterance.samples[None, None, :whole])
            z = model.get_submodule("encoder")(wanted)
            batch = quantise(levels, z) if coded else pass_open(levels, z, 0.0, 0)
            heard = model.get_submodule("decoder")(batch.z)
            losses.append(float(self._mel(heard, wanted)))
            for level, found in zip(codes, batch.codes, strict=False):
                level.append(found.reshape(-1))
            if number < SAMPLES_TO_HEAR:
                self._show(f"held_out/{number}", heard, wanted, step, board)
        for level, found in zip(("coarse", "mid", "fine"), codes, strict=True):
            if found:
                use = use_of(torch.cat(found), self._config.codebook_size)
                board.add_scalar(f"use/{level}_share", use.share, step)
                board.add_scalar(f"use/{level}_perplexity", use.perplexity, step)
        loss = sum(losses) / len(losses)
        board.add_scalar("held_out/mel", loss, step)
        return loss

    def _show(
        self, name: str, heard: torch.Tensor, wanted: torch.Tensor, step: int, board: SummaryWriter
    ) -> None:
        board.add_audio(name, heard[0].clamp(-1, 1), step, self._config.sampling_rate)
        both = torch.cat([heard, wanted])[:, 0]
        mels = self._mel.log_mel(both, _SPECTROGRAM_WINDOW).flip(1)
        picture = ((mels + 5) / 5).clamp(0, 1).reshape(1, -1, mels.shape[-1])
        board.add_image(f"{name}_heard_over_wanted", picture, step)
