"""Sizes of an OmniLM, and the two we know: mini-omni as released, and our small speaker."""

from dataclasses import dataclass

from interp.models.omni.grid import GridLayout


@dataclass(frozen=True, slots=True)
class OmniConfig:
    """A decoder over the token grid.

    groups: key/value heads; each serves heads / groups query heads. hidden: width of the gated MLP.
    window: a step sees itself and the window - 1 before it. source_dim, cue_dim, adapter_dim: of
    what is heard, of what it is told from outside to say, and the width of the gated MLP of each;
    0 for none. spells: what is heard reaches the blocks as vectors of the text, see
    `OmniLM.adapted`. tied: output head and embedding are one table.
    dropout: of each branch of a block, while it learns.
    code_rank, chain_dim: 0 for mini-omni's one big table and seven parallel heads. Else codes are
    vectors of that rank, one table a SNAC level, and the audio heads, of that width, form a chain
    in which each row sees the rows of its frame before it.
    """

    layout: GridLayout
    layers: int
    dim: int
    heads: int
    groups: int
    head_dim: int
    hidden: int
    window: int
    source_dim: int
    adapter_dim: int
    cue_dim: int = 0
    spells: bool = False
    rope_base: float = 10_000.0
    norm_eps: float = 1e-6
    tied: bool = True
    dropout: float = 0.0
    code_rank: int = 0
    chain_dim: int = 0

    def __post_init__(self) -> None:
        if self.heads % self.groups:
            raise ValueError(f"{self.heads} heads do not share {self.groups} groups evenly")
        if (self.code_rank == 0) != (self.chain_dim == 0):
            raise ValueError("code_rank and chain_dim go together")


def mini_omni() -> OmniConfig:
    """The released gpt-omni/mini-omni: Qwen2-0.5B with 29,120 audio ids behind its vocabulary."""
    return OmniConfig(
        layout=GridLayout(),
        layers=24,
        dim=896,
        heads=14,
        groups=2,
        head_dim=64,
        hidden=4864,
        window=2048,
        source_dim=768,
        adapter_dim=4864,
        rope_base=1_000_000.0,
    )
