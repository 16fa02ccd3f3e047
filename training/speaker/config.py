"""What a speaker run is made of; one TOML file each in training/configs."""

from dataclasses import dataclass, field
from pathlib import Path

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import AUDIO_ROWS, GridLayout
from interp.models.voice.network import SpeakerConfig
from training.run import RunConfig
from training.speaker.corpus import Corpus
from training.speaker.speak import SpeakConfig


@dataclass(frozen=True, slots=True)
class DataConfig:
    """coded: folder of coded speech. codec: its weights, for the codebooks and for listening.
    reader: how texts are read, for listening. held_out: utterances kept from training, the first of
    the folder. listen: held-out sentences to speak at an evaluation. start: a speaker of the same
    sizes to begin from, as `training.speaker.start` makes it."""

    coded: Path
    codec: Path
    reader: Path
    held_out: int = 64
    listen: int = 13
    start: Path | None = None


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Sizes of the speaker; names as in OmniConfig, GridLayout and SpeakerConfig."""

    layers: int = 6
    dim: int = 256
    heads: int = 4
    groups: int = 2
    head_dim: int = 64
    hidden: int = 704
    window: int = 128
    adapter_dim: int = 512
    code_rank: int = 64
    chain_dim: int = 256
    behind: int = 3
    ahead: int = 10
    symbol_dim: int = 32
    codes: int = 4_096
    dropout: float = 0.1

    def speaker(self, corpus: Corpus) -> SpeakerConfig:
        """The speaker of these sizes for a corpus' symbols and codec."""
        lm = OmniConfig(
            layout=GridLayout(0, self.codes, shifts=(1,) * AUDIO_ROWS),
            layers=self.layers,
            dim=self.dim,
            heads=self.heads,
            groups=self.groups,
            head_dim=self.head_dim,
            hidden=self.hidden,
            window=self.window,
            source_dim=0,
            cue_dim=(self.behind + 1 + self.ahead) * self.symbol_dim + 1,
            adapter_dim=self.adapter_dim,
            code_rank=self.code_rank,
            chain_dim=self.chain_dim,
            dropout=self.dropout,
        )
        return SpeakerConfig(
            lm=lm,
            symbols=corpus.symbols,
            behind=self.behind,
            ahead=self.ahead,
            symbol_dim=self.symbol_dim,
            silence=corpus.silence,
            codec=corpus.codec,
            language=corpus.language,
            voices=corpus.voices,
        )


@dataclass(frozen=True, slots=True)
class TaskConfig:
    """A task and how often it is drawn, against the others."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SpeakerRun:
    """One run. fixed: how the names of parameters begin that stay as they are."""

    run: RunConfig
    data: DataConfig
    model: ModelConfig = field(default_factory=ModelConfig)
    tasks: tuple[TaskConfig, ...] = (TaskConfig("speak"),)
    speak: SpeakConfig = field(default_factory=SpeakConfig)
    fixed: tuple[str, ...] = ()
