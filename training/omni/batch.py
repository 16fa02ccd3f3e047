"""Rows of any tasks and lengths as one step of the model, and what it loses on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from interp.models.omni.grid import AUDIO_ROWS, TEXT_ROW, AudioSpecial, GridLayout, TextSpecial
from interp.models.omni.lm import OmniLM, Teacher
from training.omni.rows import NO_LOSS, Row


@dataclass(frozen=True, slots=True)
class Batch:
    """ids, labels [row, step, 8]. features [row, step, source_dim], or text ids in their place,
    spelt [row, step], NO_LOSS where none are; and where these replace the audio rows and where they
    are added, bool [row, step]. weight [row]."""

    ids: Tensor
    labels: Tensor
    features: Tensor
    spelt: Tensor
    replaced: Tensor
    added: Tensor
    weight: Tensor


@dataclass(frozen=True, slots=True)
class Losses:
    """total: to minimise. text, audio: cross-entropy a token, 0 where none is learnt. tokens,
    codes: how many are. ctc: loss a piece that frames spell."""

    total: Tensor
    text: float
    audio: float
    tokens: int
    codes: int
    ctc: float = 0.0


def collate(
    rows: Sequence[Row], layout: GridLayout, source_dim: int, device: torch.device
) -> Batch:
    """Rows side by side, the shorter ones padded at their end, where no step looks."""
    steps = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), steps, TEXT_ROW + 1), layout.audio(AudioSpecial.PAD))
    ids[..., TEXT_ROW] = layout.text(TextSpecial.PAD)
    labels = torch.full_like(ids, NO_LOSS)
    features = torch.zeros(len(rows), steps, source_dim)
    spelt = torch.full((len(rows), steps), NO_LOSS)
    replaced = torch.zeros(len(rows), steps, dtype=torch.bool)
    added = torch.zeros_like(replaced)
    for number, row in enumerate(rows):
        ids[number, : len(row.ids)] = row.ids
        labels[number, : len(row.labels)] = row.labels
        if row.source is not None:
            at = slice(row.first, row.first + len(row.source))
            (spelt if row.source.ndim == 1 else features)[number, at] = row.source
            (replaced if row.replaces else added)[number, at] = True
    weight = torch.tensor([row.weight for row in rows])
    parts = (ids, labels, features, spelt, replaced, added, weight)
    return Batch(*(part.to(device) for part in parts))


def hidden_of(model: OmniLM, batch: Batch) -> Tensor:
    """Hidden vectors [row, step, dim]."""
    read = batch.spelt != NO_LOSS
    listened = model.listened(batch.features, (batch.replaced | batch.added) & ~read)
    listened = torch.where(read[..., None], model.spelt(batch.spelt * read), listened)
    x = model.put(model.embed(batch.ids), batch.ids, listened, batch.replaced)
    hidden: Tensor = model(x + listened * batch.added[..., None])
    return hidden


def alike(rows: Sequence[Row], passes: int) -> list[Sequence[Row]]:
    """Rows in so many parts of like length, shortest first: little of a part is padding."""
    ordered = sorted(rows, key=lambda row: len(row.ids))
    size = -(-len(rows) // passes)
    return [ordered[first : first + size] for first in range(0, len(ordered), size)]


def lost(model: OmniLM, batches: Sequence[Batch], audio_weight: float = 1.0) -> Losses:
    """Cross-entropy of the text plus `audio_weight` times that of the codes, the mean of the rows.

    A row counts by its weight; within it every token, and every code, counts the same, whichever
    batch it is in.
    """
    hidden = torch.cat([hidden_of(model, batch).flatten(0, 1) for batch in batches])
    labels = torch.cat([batch.labels.flatten(0, 1) for batch in batches])
    weight = torch.cat(
        [batch.weight[:, None].expand(batch.ids.shape[:2]).flatten() for batch in batches]
    )
    text, tokens = _text(model, hidden, labels[:, TEXT_ROW], weight)
    audio, codes = _audio(model, hidden, labels[:, :TEXT_ROW], weight)
    total = text + audio_weight * audio
    return Losses(total, float(text.detach()), float(audio.detach()), tokens, codes)


def _text(model: OmniLM, hidden: Tensor, labels: Tensor, weight: Tensor) -> tuple[Tensor, int]:
    learnt = labels != NO_LOSS
    logits = model.text_logits(hidden[learnt]).float()
    each = F.cross_entropy(logits, labels[learnt], reduction="none")
    return _mean(each, weight[learnt]), len(each)


def _audio(model: OmniLM, hidden: Tensor, labels: Tensor, weight: Tensor) -> tuple[Tensor, int]:
    learnt = (labels != NO_LOSS).any(dim=-1)
    wanted = labels[learnt]
    if not len(wanted):
        return hidden.sum() * 0.0, 0
    teacher = Teacher(wanted.clamp(min=0), [])
    model.codes_by(hidden[learnt], teacher)
    rows = [
        F.cross_entropy(logits.float(), wanted[:, row], ignore_index=NO_LOSS, reduction="none")
        for row, logits in enumerate(teacher.logits)
    ]
    counted = weight[learnt][:, None] * (wanted != NO_LOSS)
    return _mean(torch.stack(rows, dim=1), counted), len(wanted) * AUDIO_ROWS


def _mean(each: Tensor, weight: Tensor) -> Tensor:
    return (each * weight).sum() / weight.sum().clamp(min=1e-9)
