"""What a codec run is made of; one TOML file each in training/configs."""

from dataclasses import dataclass, field
from pathlib import Path

from interp.models.snac import SnacConfig
from training.codec.discriminators import DiscriminatorConfig
from training.codec.losses import RESOLUTIONS


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Folders of shards. shards: how many to use (fixed, so that a resumed run sees the same).
    language: of the held-out speech, for Whisper."""

    speech: Path
    held_out: Path
    shards: int
    crop_samples: int = 8192
    batch: int = 4
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LossConfig:
    """Weights of the terms: commitment beside reading, the others for the sound.

    windows: of the mel loss, some of `losses.RESOLUTIONS`. Short ones see single pulses of the
    voice, whose places no code tells, and punish a decoder that makes any. pitch and harmonics
    count only where the decoder is voiced, adversarial and feature where a run is adversarial.
    """

    commitment: float = 0.02
    mel: float = 15.0
    windows: tuple[int, ...] = tuple(window for window, _ in RESOLUTIONS)
    pitch: float = 5.0
    harmonics: float = 10.0
    adversarial: float = 1.0
    feature: float = 2.0


@dataclass(frozen=True, slots=True)
class CodebookConfig:
    """How codebooks start and stay in use.

    open_steps: steps before there are codes: latents pass with `open_noise` in place of the error
    of quantisation. fill_vectors: latents per level for k-means. mean_rate: share of the way that a
    code moves to a latent assigned to it. revive_every: steps; dead codes are those that none of
    the last `memory` latents uses.
    """

    open_steps: int = 800
    open_noise: float = 0.3
    fill_vectors: int = 24_576
    mean_rate: float = 0.1
    revive_every: int = 200
    memory: int = 16_384


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The run and its rhythm, in steps.

    phase: `codes` (encoder and codebooks learn) or `sound` (the decoder learns, codes made before
    stay valid). start: folder of weights to begin with, empty for random ones. device: `cpu` or
    `cuda`. kernels: compile own CPU kernels. listen_every: steps between Whisper's word
    error rates, 0 for never.
    """

    folder: Path
    phase: str
    start: str = ""
    adversarial: bool = False
    steps: int = 12_000
    warmup_steps: int = 200
    learning_rate: float = 1e-3
    final_rate: float = 1e-4
    clip: float = 1.0
    seed: int = 0
    device: str = "cpu"
    threads: int = 1
    kernels: bool = False
    save_every: int = 500
    evaluate_every: int = 500
    listen_every: int = 0


@dataclass(frozen=True, slots=True)
class CodecConfig:
    """One phase of codec training."""

    run: RunConfig
    data: DataConfig
    model: SnacConfig = field(default_factory=SnacConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    codebook: CodebookConfig = field(default_factory=CodebookConfig)
    discriminators: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
