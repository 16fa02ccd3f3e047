"""The quantisation step of training: nearest codes, their losses, and codebooks that stay in use.

Codes are looked up by direction (SNAC compares unit vectors). The codebook loss is minimised by a
running mean per code instead of Adam, whose steps hardly move a code that is used once in a
hundred batches; commitment pulls the latents to their codes by gradient as usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(slots=True)
class Quantised:
    """Outcome of one batch. latents: per level, projected [vector, codebook_dim], detached.

    codes: per level [batch, frame], empty while the codebooks are not in use.
    """

    z: torch.Tensor
    codes: list[torch.Tensor]
    latents: list[torch.Tensor]
    commitment: torch.Tensor
    codebook: torch.Tensor


@dataclass(frozen=True, slots=True)
class Level:
    """One quantiser of a SNAC. codebook [code, codebook_dim] is the parameter itself."""

    into: nn.Module
    out_of: nn.Module
    codebook: torch.Tensor
    stride: int


def levels_of(model: nn.Module, strides: Sequence[int]) -> list[Level]:
    """The quantisers of a SNAC, coarse to fine."""
    return [
        Level(
            into=model.get_submodule(f"quantizer.quantizers.{number}.in_proj"),
            out_of=model.get_submodule(f"quantizer.quantizers.{number}.out_proj"),
            codebook=model.get_parameter(f"quantizer.quantizers.{number}.codebook.weight"),
            stride=stride,
        )
        for number, stride in enumerate(strides)
    ]


def quantise(levels: Sequence[Level], z: torch.Tensor) -> Quantised:
    """Residual quantisation of z [batch, latent_dim, frame] with straight-through gradients."""
    total, residual = torch.zeros_like(z), z
    out = Quantised(z, [], [], z.new_zeros(()), z.new_zeros(()))
    for level in levels:
        projected = _project(level, residual)
        codes = nearest(projected, level.codebook)
        chosen = F.embedding(codes, level.codebook).transpose(1, 2)
        out.commitment = out.commitment + F.mse_loss(projected, chosen.detach())
        out.codebook = out.codebook + F.mse_loss(chosen, projected.detach())
        out.codes.append(codes)
        out.latents.append(_flat(projected))
        step = _expand(level, projected + (chosen - projected).detach())
        total, residual = total + step, residual - step
    out.z = total
    return out


def pass_open(levels: Sequence[Level], z: torch.Tensor, noise: float, seed: int) -> Quantised:
    """The same path without codes: unit directions times sqrt(dim), plus noise of that size."""
    generator = torch.Generator().manual_seed(seed)
    total, residual = torch.zeros_like(z), z
    out = Quantised(z, [], [], z.new_zeros(()), z.new_zeros(()))
    for level in levels:
        projected = _project(level, residual)
        unit = F.normalize(projected, dim=1) * projected.shape[1] ** 0.5
        out.commitment = out.commitment + F.mse_loss(projected, unit.detach())
        out.latents.append(_flat(unit))
        error = torch.randn(unit.shape, generator=generator).to(z.device) * noise
        step = _expand(level, unit + error)
        total, residual = total + step, residual - step
    out.z = total
    return out


def _project(level: Level, z: torch.Tensor) -> torch.Tensor:
    if level.stride > 1:
        z = F.avg_pool1d(z, level.stride, level.stride)
    projected: torch.Tensor = level.into(z)
    return projected


def _expand(level: Level, chosen: torch.Tensor) -> torch.Tensor:
    out: torch.Tensor = level.out_of(chosen)
    return out.repeat_interleave(level.stride, dim=-1) if level.stride > 1 else out


def _flat(latents: torch.Tensor) -> torch.Tensor:
    return latents.detach().transpose(1, 2).reshape(-1, latents.shape[1])


@torch.no_grad()
def nearest(latents: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
    """Codes [batch, frame] whose directions are nearest to latents [batch, dim, frame]."""
    scores = F.normalize(codebook) @ F.normalize(latents, dim=1)
    return scores.argmax(1)


@torch.no_grad()
def kmeans(points: torch.Tensor, size: int, seed: int, rounds: int = 8) -> torch.Tensor:
    """Spherical k-means of points [point, dim] to centres [size, dim]; empty centres start anew."""
    generator = torch.Generator().manual_seed(seed)
    first = torch.randperm(len(points), generator=generator)[:size]
    centres = points[first.to(points.device)].clone()
    for _ in range(rounds):
        codes = nearest(points.T[None], centres)[0]
        counts = torch.bincount(codes, minlength=size)
        sums = torch.zeros_like(centres).index_add_(0, codes, points)
        used = counts > 0
        centres[used] = sums[used] / counts[used, None]
        if empty := int((~used).sum()):
            centres[~used] = _far_points(points, centres[used], empty, generator)
    return centres


@torch.no_grad()
def move_codes(level: Level, latents: torch.Tensor, codes: torch.Tensor, rate: float) -> None:
    """Move each code used in a batch towards the mean of its latents; n uses count as n moves."""
    book = level.codebook
    flat = codes.reshape(-1)
    counts = torch.bincount(flat, minlength=len(book))
    sums = torch.zeros_like(book).index_add_(0, flat, latents)
    used = counts > 0
    share = 1 - (1 - rate) ** counts[used, None]
    book[used] += share * (sums[used] / counts[used, None] - book[used])


@torch.no_grad()
def revive(level: Level, memory: torch.Tensor, seed: int) -> int:
    """Put codes that no latent of `memory` [vector, dim] uses where the error is large.

    New places are drawn from memory with probability by squared distance to the nearest code (as
    in k-means++), so that silence, which is frequent and near its code, does not fill the book.
    Returns how many codes moved.
    """
    book = level.codebook
    counts = torch.bincount(nearest(memory.T[None], book)[0], minlength=len(book))
    dead = counts == 0
    if number := int(dead.sum()):
        generator = torch.Generator().manual_seed(seed)
        book[dead] = _far_points(memory, book[~dead], number, generator)
    return number


def _far_points(
    points: torch.Tensor, centres: torch.Tensor, number: int, generator: torch.Generator
) -> torch.Tensor:
    """`number` of the points, drawn by their squared distance to the nearest centre."""
    near = centres[nearest(points.T[None], centres)[0]]
    distance = (F.normalize(points) - F.normalize(near)).square().sum(1) + 1e-9
    drawn = torch.multinomial(distance.cpu(), number, replacement=False, generator=generator)
    return points[drawn.to(points.device)]


@dataclass(frozen=True, slots=True)
class Use:
    """How a codebook is used by some codes. share: of its entries; perplexity: 2^entropy."""

    share: float
    perplexity: float


def use_of(codes: torch.Tensor, size: int) -> Use:
    """codes: any shape of indices below `size`."""
    counts = torch.bincount(codes.reshape(-1), minlength=size).double()
    p = counts / counts.sum()
    entropy = -(p * p.clamp(min=1e-12).log()).sum()
    return Use(share=float((counts > 0).double().mean()), perplexity=float(entropy.exp()))
