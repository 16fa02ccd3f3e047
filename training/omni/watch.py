"""What a run sounds like while it goes on: held-out sentences, spoken, to TensorBoard."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.utils.tensorboard import SummaryWriter

from interp.core.audio import TARGET_RATE_HZ
from interp.models.omni.pronouncer import load_pronouncer
from interp.models.omni.speaker import Speaker
from interp.models.omni.voice import Voice
from training.omni.recite import recite, snac_decoder

LEADS = (1_000, 2)
"""Words written ahead: a whole sentence, and as few as a live translation gives."""


class Watch:
    """Speaks the same sentences at every evaluation."""

    def __init__(self, pronouncer: Path, codec: Path, sentences: Sequence[str]) -> None:
        self._pronouncer = load_pronouncer(pronouncer)
        self._decode = snac_decoder(codec)
        self._sentences = sentences

    def look(self, voice: Voice, step: int, board: SummaryWriter) -> None:
        """Speak with each lead; log the sound and how many frames a word takes."""
        speaker = Speaker(voice, self._pronouncer)
        words = sum(len(sentence.split()) for sentence in self._sentences)
        for lead in LEADS:
            spoken = recite(speaker, self._sentences, lead)
            frames = sum(len(each) for each in spoken)
            board.add_scalar(f"spoken/frames_a_word_lead_{lead}", frames / words, step)
            for number, each in enumerate(spoken):
                sound = torch.from_numpy(self._decode(each))[None].clamp(-1, 1)
                board.add_audio(f"lead_{lead}/{number}", sound, step, TARGET_RATE_HZ)
