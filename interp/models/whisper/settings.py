"""Settings of the Whisper translator."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WhisperSettings:
    """How the encoder hears and how the decoder is bounded. Figures: benchmarks/encoding.py.

    open_ms: newest audio that is encoded anew in each step; older positions are frozen (None: the
    whole segment is encoded anew). pad_ms: silence appended to what was heard. silence_stride:
    one silent position in this many stands for its neighbours in the encoder's self-attention;
    tail_stride: the same in cross-attention. context_tokens: most tokens kept of earlier text.
    tokens_per_s, tokens_at_once: a text longer than `tokens_per_s` times the audio plus
    `tokens_at_once` ends there.
    """

    open_ms: int | None = 800
    final_ms: int | None = None
    pad_ms: int = 500
    silence_ms: int = 30_000
    silence_stride: int = 10
    tail_ms: int = 30_000
    tail_stride: int = 1
    silence_loudest: float = 1.0
    half: bool = True
    reprefill: bool = True
    context_tokens: int = 64
    translate_tokens_per_s: float = 8.0
    transcribe_tokens_per_s: float = 25.0
    tokens_at_once: int = 10
