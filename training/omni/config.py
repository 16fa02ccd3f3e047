"""What a stage of OmniLM training is made of; one TOML file each in training/configs."""

from dataclasses import dataclass, field
from pathlib import Path

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import GridLayout
from interp.models.omni.prompts import Task
from training.omni.corpus import About
from training.omni.freeze import Part
from training.omni.masking import MaskingConfig
from training.omni.schedule import ScheduleConfig
from training.run import RunConfig


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Sizes; names as in OmniConfig and GridLayout. staircase: audio rows one step after the other,
    as mini-omni has them, or all in the step after the text."""

    layers: int = 8
    dim: int = 384
    heads: int = 6
    groups: int = 2
    head_dim: int = 64
    hidden: int = 1_024
    window: int = 1_024
    adapter_dim: int = 768
    code_rank: int = 64
    chain_dim: int = 256
    dropout: float = 0.1
    staircase: bool = False
    spells: bool = False

    def lm(self, about: About, text_tokens: int) -> OmniConfig:
        """The OmniLM of these sizes for a corpus."""
        shifts = tuple(range(1, 8)) if self.staircase else (1,) * 7
        return OmniConfig(
            layout=GridLayout(text_tokens, about.codes, shifts=shifts),
            layers=self.layers,
            dim=self.dim,
            heads=self.heads,
            groups=self.groups,
            head_dim=self.head_dim,
            hidden=self.hidden,
            window=self.window,
            source_dim=about.source_dim,
            adapter_dim=self.adapter_dim,
            code_rank=self.code_rank,
            chain_dim=self.chain_dim,
            dropout=self.dropout,
            spells=self.spells,
        )


@dataclass(frozen=True, slots=True)
class DataConfig:
    """folder: as `prepare` writes it. held_out: entries kept from training, the first. rows: of a
    step; passes: in which they are worked through, those of like length together. answered:
    held-out entries of a task that are answered at every look. codec: folder of its weights, and
    judge: who listens, as `judges.judge` takes it, to have the word errors of what is said."""

    folder: Path
    held_out: int = 64
    rows: int = 8
    passes: int = 1
    answered: int = 8
    codec: Path | None = None
    judge: str = ""

    def __post_init__(self) -> None:
        if (self.codec is None) != (not self.judge):
            raise ValueError("codec and judge go together")


@dataclass(frozen=True, slots=True)
class TaskConfig:
    """task: one of `prompts.Task`. share: how often its rows are drawn, against the others. weight:
    of its loss. duplex: written while it is heard, under the stage's schedule. ctc: the adapter
    alone learns to spell what is said, see `spelling.py`. spelt: text is heard as a reader of its
    frames would spell it. backwards: part of t2tt that is read in the other direction."""

    task: str
    share: float = 1.0
    weight: float = 1.0
    duplex: bool = False
    ctc: bool = False
    spelt: bool = False
    backwards: float = 0.5

    def __post_init__(self) -> None:
        if self.task not in {each.value for each in Task}:
            raise ValueError(f"{self.task} is no task; known: {', '.join(Task)}")
        if self.duplex and self.task not in (Task.ASR, Task.S2TT):
            raise ValueError(f"{self.task} is not written while it is heard")
        if self.ctc and (self.task != Task.ASR or self.duplex or self.spelt):
            raise ValueError("ctc is a way to learn asr from speech")
        if self.spelt and not Task(self.task).hears:
            raise ValueError(f"{self.task} hears nothing that could be spelt")
        if self.share <= 0:
            raise ValueError("a share is positive")


@dataclass(frozen=True, slots=True)
class StageConfig:
    """learn: parts that learn, see `freeze.Part`; the others stay as they are. start: run folder of
    the stage before, whose sizes the model then has, but for dropout and spells; none for random
    weights. audio_weight, ctc_weight: of the codes' loss, and of that of what frames spell, beside
    that of the text.
    """

    learn: tuple[str, ...] = tuple(part.value for part in Part)
    start: Path | None = None
    audio_weight: float = 1.0
    ctc_weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.learn or not {*self.learn} <= {part.value for part in Part}:
            raise ValueError(f"parts are {', '.join(Part)}")


@dataclass(frozen=True, slots=True)
class OmniRun:
    """One stage."""

    run: RunConfig
    data: DataConfig
    tasks: tuple[TaskConfig, ...]
    model: ModelConfig = field(default_factory=ModelConfig)
    stage: StageConfig = field(default_factory=StageConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    masking: MaskingConfig = field(default_factory=MaskingConfig)
