"""Settings of the Whisper translator."""

from dataclasses import dataclass
from pathlib import Path

from interp.models.precision import Precision

SHORTEST_OPEN_MS = 100  # of which the newest mel frames are not settled yet


@dataclass(frozen=True, slots=True)
class WhisperSettings:
    """How the encoder hears and how the decoder is bounded. Figures: benchmarks/encoding.py.

    open_ms: newest audio that is encoded anew in each step; older positions are frozen (None: the
    whole segment is encoded anew). end_ms: newest audio encoded anew at a segment's end. pad_ms:
    silence appended to what was heard.
    silence_stride: one silent position in this many stands for its neighbours in the encoder's
    self-attention; tail_stride: the same in cross-attention.
    precision: of linear layers on a CPU; a GPU computes in float32. AUTO: what is fast and safe
    there, chosen once for all who are to write alike (`app.settled`).
    refreshed_tokens: newest forced tokens that each decode runs again, since more was heard; older
    ones stay as they were. context_tokens: most tokens kept of earlier text.
    A text that grows beyond its tokens_per_s times the audio plus `tokens_at_once` ends there.
    no_speech_probability, least_probability: a text on a segment whose probability of no speech is
    above the one begins only if its words' mean is not below the other (Whisper's own thresholds:
    0.6, and a mean log probability of -1).
    waits: a change to the decoder that teaches it to wait (`python -m training whisper train`).
    """

    open_ms: int | None = 800
    end_ms: int = 10_000
    pad_ms: int = 500
    silence_stride: int = 10
    tail_stride: int = 4
    precision: Precision = Precision.AUTO
    refreshed_tokens: int = 48
    context_tokens: int = 64
    translate_tokens_per_s: float = 8.0
    transcribe_tokens_per_s: float = 25.0
    tokens_at_once: int = 10
    no_speech_probability: float = 0.6
    least_probability: float = 0.37
    waits: Path | None = None

    def __post_init__(self) -> None:
        if self.open_ms is not None and self.open_ms < SHORTEST_OPEN_MS:
            raise ValueError(f"the open window is at least {SHORTEST_OPEN_MS} ms")
        if self.refreshed_tokens < 1:
            raise ValueError("a decode runs at least the last forced token")
