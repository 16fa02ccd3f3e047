"""How a voice speaks: what an operator may choose."""

from dataclasses import dataclass, field

from interp.models.omni.settings import Sampling

DRAWN = Sampling(temperature=0.5, top_k=4)
"""Codes drawn from the likely ones: another take with every seed, and understood as well."""


@dataclass(frozen=True, slots=True)
class SpeakerSettings:
    """codes, advance: how audio codes and the text's moves are chosen; the best by default.

    guidance: logits of the codes are moved from what a stream without the text says by this many
    times the way to what the stream with it says (Ho, Salimans: Classifier-Free Diffusion Guidance,
    arXiv 2207.12598); 1: they stay as they are, and there is no other stream. pause_frames: silence
    after a sentence whose successor is already written, unless `set_pause` says otherwise.
    """

    codes: Sampling = field(default_factory=Sampling)
    advance: Sampling = field(default_factory=Sampling)
    guidance: float = 1.5
    pause_frames: int = 3

    @property
    def streams(self) -> int:
        """Streams of the network for each lane: the one told the text, and one that is not."""
        return 1 if self.guidance == 1.0 else 2
