"""What the openai-whisper package ships besides weights: its mel filters and its vocabularies.

The only file that imports whisper.
"""

import warnings
from typing import Any

import torch
import whisper.audio
import whisper.tokenizer
from torch import Tensor

MULTILINGUAL_VOCAB = 51865  # the smallest multilingual vocabulary; English-only models have 51864
TOKENS_BESIDES_LANGUAGES = 51765


def mel_filters(n_mels: int) -> Tensor:
    """The mel filterbank for a 400-point FFT at 16 kHz, [mel, bin]."""
    filters: Tensor = whisper.audio.mel_filters(torch.device("cpu"), n_mels)
    return filters


def vocabulary(n_vocab: int) -> Any:
    """openai-whisper's tokenizer for a model with `n_vocab` tokens."""
    multilingual = n_vocab >= MULTILINGUAL_VOCAB
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the vocabulary's file open
        return whisper.tokenizer.get_tokenizer(
            multilingual,
            num_languages=n_vocab - TOKENS_BESIDES_LANGUAGES - int(multilingual),
        )
