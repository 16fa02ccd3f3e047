"""What a run sounds like while it goes on: held-out sentences, spoken, understood or not."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch.utils.tensorboard import SummaryWriter

from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.models.voice.front import SpelledFront
from interp.models.voice.network import SpeakerNet
from interp.models.voice.reader import load_reader
from interp.models.voice.speaker import Speaker
from training.speaker.recite import recite, snac_decoder

LEADS = (1_000, 2)
"""Words written ahead: a whole sentence, and as few as a live translation gives."""
SOUNDS = 3

Judge = Callable[[Sequence[Samples], Sequence[str]], float]
"""Speech at 24 kHz and its texts to a word error rate."""


class Watch:
    """Speaks the same sentences at every evaluation."""

    def __init__(self, reader: Path, codec: Path, sentences: Sequence[str], judge: Judge) -> None:
        self._reader = load_reader(reader)
        self._decode = snac_decoder(codec)
        self._sentences, self._judge = sentences, judge

    def look(self, net: SpeakerNet, step: int, board: SummaryWriter) -> None:
        """Speak with each lead; log word errors, frames a word, and some of the sound."""
        speaker = Speaker(net, SpelledFront(net.config.language, self._reader))
        words = sum(len(sentence.split()) for sentence in self._sentences)
        for lead in LEADS:
            spoken = recite(speaker, self._sentences, lead)
            speech = [self._decode(each) for each in spoken]
            frames = sum(len(each) for each in spoken)
            board.add_scalar(f"lead_{lead}/frames_a_word", frames / words, step)
            wer = self._judge(speech, self._sentences)
            board.add_scalar(f"lead_{lead}/word_error_rate", wer, step)
            for number, samples in enumerate(speech[:SOUNDS]):
                sound = torch.from_numpy(samples)[None].clamp(-1, 1)
                board.add_audio(f"lead_{lead}/{number}", sound, step, TARGET_RATE_HZ)
