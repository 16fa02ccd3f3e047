"""Decoder blocks of the Qwen2 family: RMSNorm, rotary positions, grouped attention, SwiGLU.

Parameter names are those of mini-omni's released checkpoint (a litgpt model).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from interp.models.omni.config import OmniConfig
from interp.models.omni.state import OmniState


class RMSNorm(nn.Module):
    """x / rms(x) * weight; the mean square is taken in float32."""

    def __init__(self, dim: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """[..., dim] to the same shape and type."""
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.eps)
        return scaled.to(x.dtype) * self.weight


class GatedMlp(nn.Module):
    """proj(silu(fc_1 x) * fc_2 x), without biases: the MLP of a block, and the source adapter."""

    def __init__(self, in_dim: int, hidden: int, out_dim: int) -> None:
        super().__init__()
        self.fc_1 = nn.Linear(in_dim, hidden, bias=False)
        self.fc_2 = nn.Linear(in_dim, hidden, bias=False)
        self.proj = nn.Linear(hidden, out_dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[..., in_dim] to [..., out_dim]."""
        out: Tensor = self.proj(F.silu(self.fc_1(x)) * self.fc_2(x))
        return out


@dataclass(frozen=True, slots=True)
class Kept:
    """Where keys and values of a call go: slot [lane, step] of the state; a lane that is not active
    [lane] keeps what it has. Nothing here asks the device how many lanes are."""

    state: OmniState
    active: Tensor
    slot: Tensor

    def write(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """New keys and values [lane, step, group, head_dim]; all that are kept [lane, slot, …]."""
        lane = torch.arange(len(self.slot), device=self.slot.device)[:, None]
        active = self.active[:, None, None, None]
        for new, cache in ((keys, self.state.keys[layer]), (values, self.state.values[layer])):
            cache[lane, self.slot] = torch.where(active, new, cache[lane, self.slot])
        return self.state.keys[layer], self.state.values[layer]


@dataclass(frozen=True, slots=True)
class Span:
    """Where the steps of one call stand.

    cos, sin [lane, step, 1, head_dim]: rotation of each step. mask [lane, 1, step, slot]: what each
    step sees; None: all steps up to itself. kept: None for a call without memory.
    """

    cos: Tensor
    sin: Tensor
    mask: Tensor | None = None
    kept: Kept | None = None


def rotation(config: OmniConfig, steps: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine [..., 1, head_dim] of steps [...]; the two halves of a head turn together."""
    half = torch.arange(0, config.head_dim, 2, device=steps.device) / config.head_dim
    angle = steps[..., None].double() * config.rope_base ** -half.double()
    angle = torch.cat((angle, angle), dim=-1)[..., None, :]
    return angle.cos().float(), angle.sin().float()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding of x [lane, step, head, head_dim]."""
    first, second = x.chunk(2, dim=-1)
    return x * cos.to(x.dtype) + torch.cat((-second, first), dim=-1) * sin.to(x.dtype)


class Attention(nn.Module):
    """Causal attention with shared key/value heads; q, k, v in one matrix, interleaved by group."""

    def __init__(self, config: OmniConfig) -> None:
        super().__init__()
        self.config = config
        rows = (config.heads + 2 * config.groups) * config.head_dim
        self.attn = nn.Linear(config.dim, rows, bias=True)
        self.proj = nn.Linear(config.heads * config.head_dim, config.dim, bias=False)

    def forward(self, x: Tensor, span: Span, layer: int) -> Tensor:
        """[lane, step, dim] to the same shape; keeps keys and values as span.kept says."""
        config = self.config
        share = config.heads // config.groups
        fused = self.attn(x).unflatten(-1, (config.groups, share + 2, config.head_dim))
        q = rotate(fused[..., :share, :].flatten(-3, -2), span.cos, span.sin)
        k = rotate(fused[..., share, :], span.cos, span.sin)
        v = fused[..., share + 1, :]
        if span.kept is not None:
            k, v = span.kept.write(layer, k, v)
        heard = F.scaled_dot_product_attention(
            q.transpose(1, 2),
            k.transpose(1, 2),
            v.transpose(1, 2),
            attn_mask=span.mask,
            is_causal=span.mask is None,
            enable_gqa=share > 1,
        )
        out: Tensor = self.proj(heard.transpose(1, 2).flatten(-2))
        return out


class Block(nn.Module):
    """Norm, attention, norm, MLP, each added to its input."""

    def __init__(self, config: OmniConfig) -> None:
        super().__init__()
        self.norm_1 = RMSNorm(config.dim, config.norm_eps)
        self.attn = Attention(config)
        self.norm_2 = RMSNorm(config.dim, config.norm_eps)
        self.mlp = GatedMlp(config.dim, config.hidden, config.dim)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, span: Span, layer: int) -> Tensor:
        """[lane, step, dim] to the same shape."""
        x = x + self.drop(self.attn(self.norm_1(x), span, layer))
        out: Tensor = x + self.drop(self.mlp(self.norm_2(x)))
        return out
