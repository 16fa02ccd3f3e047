"""From a manifest to what a stage reads: features of what is heard, codes of what is said, pieces.

Entries are worked through one after the other; nothing holds the corpus in memory.
"""

import io
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from sentencepiece import SentencePieceTrainer
from tqdm import tqdm

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ, Samples
from interp.intake.file import read_audio
from interp.models.omni.grid import AUDIO_ROWS
from interp.models.omni.tokens import PIECES
from interp.models.snac import read_config
from training.data.distort import Distortion, chance_of, distorted
from training.data.manifest import Entry, read_manifest, write_manifest
from training.data.ragged import write_ragged
from training.omni.corpus import CODES, HEARD, MANIFEST, SPOKEN, About, write_about
from training.omni.hear import Hearer, hearer
from training.speaker.encode import snac_encoder


@dataclass(frozen=True, slots=True)
class Preparing:
    """manifest, and the folder to write. hears: as `hear.hearer` takes it. codec: folder of the
    codec's weights; None where nothing is to be said. pieces: how many, or a vocabulary to use, by
    its usual name. distorted: part of the recordings that are heard through noise, rooms and
    telephones."""

    manifest: Path
    out: Path
    hears: str = "whisper-base"
    codec: Path | None = None
    pieces: int | Path = 4_000
    distorted: float = 0.0


def prepare(job: Preparing) -> About:
    """Write the folder; a folder that is complete is written anew."""
    entries = read_manifest(job.manifest)
    if not entries:
        raise ValueError(f"{job.manifest} has no entries")
    job.out.mkdir(parents=True, exist_ok=True)
    if isinstance(job.pieces, Path):
        shutil.copyfile(job.pieces, job.out / job.pieces.name)
    else:
        (job.out / PIECES).write_bytes(trained_pieces(_texts(entries), job.pieces))
    ear, home = hearer(job.hears), job.manifest.parent
    write_ragged(job.out / HEARD, _heard(entries, home, ear, job.distorted), ear.dim, "float16")
    write_ragged(job.out / SPOKEN, _spoken(entries, home, job.codec), AUDIO_ROWS, "uint16")
    languages = sorted({tag for e in entries for tag in (e.source_language, e.target_language)})
    about = About(
        hears=ear.name,
        source_dim=ear.dim,
        languages=tuple(tag for tag in languages if tag),
        codec=job.codec.name if job.codec else "",
        codes=read_config(job.codec).codebook_size if job.codec else CODES,
    )
    write_manifest(job.out / MANIFEST, entries)
    write_about(job.out, about)
    return about


def trained_pieces(texts: Iterable[str], size: int) -> bytes:
    """A unigram model of at most `size` pieces over texts of all languages together."""
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=1.0,
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        unk_id=0,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def _texts(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield from (text for text in (entry.source_text, entry.target_text) if text)


def _heard(
    entries: Iterable[Entry], home: Path, ear: Hearer, share: float
) -> Iterator[NDArray[Any]]:
    for entry in tqdm(entries, unit="entry", desc="heard"):
        if not entry.source_audio:
            yield np.zeros((0, ear.dim), np.float16)
            continue
        samples = read_audio(home / entry.source_audio)
        end = entry.end_ms * SOURCE_RATE_HZ // 1000 or len(samples)
        samples = samples[entry.start_ms * SOURCE_RATE_HZ // 1000 : end]
        rng = chance_of(entry.name)
        if rng.random() < share:
            samples = distorted(samples, SOURCE_RATE_HZ, Distortion(), rng)
        yield ear.hear(samples)


def _spoken(entries: Iterable[Entry], home: Path, codec: Path | None) -> Iterator[NDArray[Any]]:
    encode = snac_encoder(codec) if codec else None
    for entry in tqdm(entries, unit="entry", desc="spoken"):
        if encode is None or not entry.target_audio:
            yield np.zeros((0, AUDIO_ROWS), np.uint16)
            continue
        yield encode(_at_24_khz(read_audio(home / entry.target_audio)))


def _at_24_khz(samples: Samples) -> Samples:
    spoken: Samples = soxr.resample(samples, SOURCE_RATE_HZ, TARGET_RATE_HZ).astype(np.float32)
    return spoken
