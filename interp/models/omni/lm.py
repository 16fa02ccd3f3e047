"""OmniLM: mini-omni's decoder over eight parallel id streams, with an explicit state.

Xie, Wu: Mini-Omni, arXiv 2408.16725.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from interp.models.omni.config import OmniConfig
from interp.models.omni.grid import AUDIO_ROWS, ROWS, TEXT_ROW
from interp.models.omni.heads import (
    ChainedHeads,
    CodeVectors,
    CompactTable,
    FullTable,
    ParallelHead,
    Pick,
)
from interp.models.omni.layers import Block, GatedMlp, Kept, RMSNorm, Span, rotation
from interp.models.omni.state import OmniState


@dataclass(frozen=True, slots=True)
class Heard:
    """Speech in prompts, each of its own length: features [lane, step, source_dim] at the steps
    where `at` [lane, step] is true; what they hold elsewhere has no meaning."""

    features: Tensor
    at: Tensor


class OmniLM(nn.Module):
    """Streams in, hidden vectors out; heads turn these into text logits and codes.

    With code_rank 0 the parameters have the names and shapes of mini-omni's checkpoint; hence the
    source adapter is called after Whisper.
    """

    def __init__(self, config: OmniConfig) -> None:
        super().__init__()
        self.config = config
        self._blocks = [Block(config) for _ in range(config.layers)]
        parts: dict[str, nn.Module] = {
            "h": nn.ModuleList(self._blocks),
            "ln_f": RMSNorm(config.dim, config.norm_eps),
            "wte": CompactTable(config) if config.code_rank else FullTable(config),
        }
        self.transformer = nn.ModuleDict(parts)
        if config.source_dim:
            self.whisper_adapter = GatedMlp(config.source_dim, config.adapter_dim, config.dim)
        if config.cue_dim:
            self.cue_adapter = GatedMlp(config.cue_dim, config.adapter_dim, config.dim)
        if config.code_rank:
            self.codes = CodeVectors(config)
            self.text_head = nn.Linear(config.dim, config.layout.text_vocab)
            self.chain = ChainedHeads(config)
        else:
            self.lm_head = ParallelHead(config)
            if config.tied:
                self.tie()

    def tie(self) -> None:
        """Make the output head the embedding itself."""
        table = self.transformer["wte"]
        assert isinstance(table, FullTable), "only the released form has one table"
        self.lm_head.weight = table.weight

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return self._last_norm.weight.device

    @property
    def _last_norm(self) -> RMSNorm:
        norm = self.transformer["ln_f"]
        assert isinstance(norm, RMSNorm), "the last layer is a norm"
        return norm

    @property
    def text_vectors(self) -> Tensor:
        """What the ids of the text are to the blocks, [text_vocab, dim]."""
        table = self.transformer["wte"]
        if isinstance(table, CompactTable):
            return table.text.weight
        assert isinstance(table, FullTable), "an unknown table"
        return table.weight[: self.config.layout.text_vocab]

    def init_state(self, lanes: int, longest_call: int = 1) -> OmniState:
        """Streams that have seen nothing, on the device of the parameters. longest_call: most steps
        in one call."""
        return OmniState.empty(self.config, lanes, longest_call, self._last_norm.weight)

    def embed(self, ids: Tensor, heard: "Heard | None" = None) -> Tensor:
        """Turn layout: mean [lane, step, dim] of the eight streams' vectors; ids [lane, step, 8].

        heard: features that stand for all seven audio rows of some steps, as mini-omni has them.
        """
        assert ids.shape[-1] == ROWS, f"eight rows, not {ids.shape[-1]}"
        table = self.transformer["wte"]
        if isinstance(table, CompactTable):
            out = table.mean(ids, self.codes)
        else:
            assert isinstance(table, FullTable), "an unknown table"
            out = table.rows(ids).mean(dim=-2)
        if heard is None:
            return out
        return self.put(out, ids, self.listened(heard.features, heard.at), heard.at)

    def adapted(self, features: Tensor) -> Tensor:
        """What the adapter makes of features [..., source_dim], [..., dim].

        Where the model spells, it is the mean of the text's vectors, weighed by how likely each is
        in the frame: as if it had been read. (Ma et al., LegoSLM, arXiv 2505.11352.)
        """
        if not self.config.spells:
            made: Tensor = self.whisper_adapter(features)
            return made
        likely = self.spelling(features).softmax(dim=-1)
        return likely @ self.text_vectors.to(likely.dtype) / AUDIO_ROWS

    def spelling(self, features: Tensor) -> Tensor:
        """Logits [..., text_vocab] of what is said in frames [..., source_dim]: how far the
        adapter's vectors agree with those of the text. A pad: nothing that was not said before."""
        out: Tensor = F.linear(self.whisper_adapter(features), self.text_vectors)
        return out

    def spelt(self, ids: Tensor) -> Tensor:
        """What `adapted` would make of frames [...] that are surely these text ids, [..., dim]."""
        return F.embedding(ids, self.text_vectors) / AUDIO_ROWS

    def listened(self, features: Tensor, at: Tensor) -> Tensor:
        """What the adapter makes of features [lane, step, source_dim] at the steps where `at` is
        true, and zeros elsewhere, [lane, step, dim]."""
        made = self.adapted(features[at])
        out = made.new_zeros(*at.shape, self.config.dim)
        out[at] = made
        return out

    def put(self, x: Tensor, ids: Tensor, listened: Tensor, at: Tensor) -> Tensor:
        """Embedded steps `x`, what was listened to in place of all seven audio rows of those where
        `at` is true."""
        text = F.embedding(ids[..., TEXT_ROW], self.text_vectors)
        return torch.where(at[..., None], (AUDIO_ROWS * listened + text) / ROWS, x)

    def embed_duplex(
        self, ids: Tensor, source: Tensor | None = None, cue: Tensor | None = None
    ) -> Tensor:
        """Duplex layout: to the streams' mean comes what is heard in the frame [lane, step,
        source_dim], and what there is to say [lane, step, cue_dim]."""
        out = self.embed(ids)
        if source is not None:
            out = out + self.adapted(source)
        if cue is not None:
            out = out + self.cue_adapter(cue)
        return out

    def forward(
        self, x: Tensor, state: OmniState | None = None, active: Tensor | None = None
    ) -> Tensor:
        """Embedded steps to hidden vectors, both [lane, step, dim].

        With a state the steps continue it. active: bool [lane], lanes that take the steps; the
        others keep their state, and their output has no meaning. Without a state the steps are a
        whole stream each.
        """
        span = self._alone(x) if state is None else self._continued(x, state, active)
        for layer, block in enumerate(self._blocks):
            x = block(x, span, layer)
        out: Tensor = self.transformer["ln_f"](x)
        return out

    def text_logits(self, hidden: Tensor) -> Tensor:
        """[..., dim] to [..., text_vocab]."""
        if self.config.code_rank:
            out: Tensor = self.text_head(hidden)
            return out
        return self.lm_head.text(hidden)

    def codes_by(self, hidden: Tensor, pick: Pick) -> Tensor:
        """Hidden vectors [..., dim] to codes [..., 7], each chosen by `pick` from its row's logits;
        with a chain, later rows are told what was chosen."""
        if self.config.code_rank:
            return self.chain.walk(hidden, self.codes, pick)
        return self.lm_head.walk(hidden, pick)

    def _alone(self, x: Tensor) -> Span:
        steps = torch.arange(x.shape[1], device=x.device)
        cos, sin = rotation(self.config, steps[None])
        if len(steps) <= self.config.window:  # plain causal attention, for which there are kernels
            return Span(cos, sin)
        return Span(cos, sin, self._visible(steps[None], steps[None]))

    def _continued(self, x: Tensor, state: OmniState, active: Tensor | None) -> Span:
        count, slots = x.shape[1], state.slot_steps.shape[1]
        assert x.shape[0] == state.lanes, f"{x.shape[0]} lanes for a state of {state.lanes}"
        assert count + self.config.window - 1 <= slots, f"{count} steps in one call are too many"
        if active is None:
            active = torch.ones(state.lanes, dtype=torch.bool, device=x.device)
        steps = state.steps[:, None] + torch.arange(count, device=x.device)
        slot = steps % slots
        kept = state.slot_steps.gather(1, slot)
        state.slot_steps.scatter_(1, slot, torch.where(active[:, None], steps, kept))
        state.steps += count * active
        cos, sin = rotation(self.config, steps)
        mask = self._visible(steps, state.slot_steps)
        return Span(cos, sin, mask, Kept(state, active, slot))

    def _visible(self, steps: Tensor, kept: Tensor) -> Tensor:
        """Whether a step [lane, step] sees what is kept [lane, slot]: [lane, 1, step, slot]."""
        back = steps[:, :, None] - kept[:, None, :]
        return ((kept[:, None, :] >= 0) & (back >= 0) & (back < self.config.window))[:, None]


@dataclass(slots=True)
class Teacher:
    """A `Pick` that follows known codes [..., 7] and keeps each row's logits for the loss."""

    codes: Tensor
    logits: list[Tensor]

    def __call__(self, row: int, logits: Tensor) -> Tensor:
        self.logits.append(logits)
        return self.codes[..., row]
