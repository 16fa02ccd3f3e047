"""A Whisper of random weights with a window of two seconds, as ours and as openai-whisper's."""

from dataclasses import asdict

import torch
import whisper.model

from interp.models.whisper.checkpoint import WhisperCheckpoint, WhisperDims

TINY = WhisperDims(
    n_mels=80,
    n_audio_ctx=100,
    n_audio_state=16,
    n_audio_head=2,
    n_audio_layer=2,
    n_vocab=51865,
    n_text_ctx=64,
    n_text_state=16,
    n_text_head=2,
    n_text_layer=2,
)


def official_model(checkpoint: WhisperCheckpoint) -> whisper.model.Whisper:
    """openai-whisper's own model with the checkpoint's weights."""
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**asdict(checkpoint.dims)))
    model.load_state_dict(checkpoint.state_dict)
    return model.eval()


def tiny_checkpoint(seed: int = 0) -> WhisperCheckpoint:
    """Random weights, large enough that every part of the input matters."""
    generator = torch.Generator().manual_seed(seed)
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**asdict(TINY)))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.normal_(0.0, 0.3, generator=generator)
            if name.endswith(("ln.weight", "ln_post.weight")):
                weight.add_(1.0)
    state = {name: weight.detach().clone() for name, weight in model.state_dict().items()}
    return WhisperCheckpoint(TINY, state)
