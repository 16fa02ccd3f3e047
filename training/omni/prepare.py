"""From a manifest to what a stage reads: features of what is heard, codes of what is said, pieces.

Entries are worked through one after the other; nothing holds the corpus in memory.
"""

import io
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sentencepiece import SentencePieceTrainer
from tqdm import tqdm

from interp.models.omni.grid import AUDIO_ROWS
from interp.models.omni.hearing import hearer
from interp.models.omni.tokens import PIECES
from interp.models.snac import read_config
from training.data.manifest import Entry, read_manifest, write_manifest
from training.data.ragged import RaggedWriter
from training.omni.corpus import CODES, HEARD, MANIFEST, SPOKEN, About, write_about
from training.omni.extract import HEARD_TYPE, SPOKEN_TYPE, Extracted, Extraction, extracted
from training.weights import store


@dataclass(frozen=True, slots=True)
class Preparing:
    """manifest, and the folder to write. hears: as `hearing.hearer` takes it. codec: folder of the
    codec's weights; None where nothing is to be said. pieces: how many, or a vocabulary to use, by
    its usual name. distorted: part of the recordings that are heard through noise, rooms and
    telephones; paused: part of them that silence follows."""

    manifest: Path
    out: Path
    hears: str = "whisper-base"
    codec: Path | None = None
    pieces: int | Path = 4_000
    distorted: float = 0.0
    paused: float = 0.0


Extract = Callable[[Sequence[Entry], Extraction], Iterator[Extracted]]
"""Entries to what each is, in order."""


def prepare(job: Preparing, extract: Extract = extracted) -> About:
    """Write the folder; a folder that is complete is written anew. extract: how the work is shared
    out."""
    entries = read_manifest(job.manifest)
    if not entries:
        raise ValueError(f"{job.manifest} has no entries")
    job.out.mkdir(parents=True, exist_ok=True)
    if isinstance(job.pieces, Path):
        shutil.copyfile(job.pieces, job.out / job.pieces.name)
    else:
        (job.out / PIECES).write_bytes(trained_pieces(_texts(entries), job.pieces))
    dim = hearer(job.hears, store()).dim
    codec = job.codec.absolute() if job.codec else None
    home = job.manifest.parent.absolute()
    work = Extraction(home, job.hears, codec, job.distorted, job.paused)
    with (
        RaggedWriter(job.out / HEARD, dim, HEARD_TYPE) as heard,
        RaggedWriter(job.out / SPOKEN, AUDIO_ROWS, SPOKEN_TYPE) as spoken,
    ):
        for one in tqdm(extract(entries, work), total=len(entries), unit="entry"):
            heard.append(one.heard)
            spoken.append(one.spoken)
    languages = sorted({tag for e in entries for tag in (e.source_language, e.target_language)})
    about = About(
        hears=job.hears,
        source_dim=dim,
        languages=tuple(tag for tag in languages if tag),
        codec=job.codec.name if job.codec else "",
        codes=read_config(job.codec).codebook_size if job.codec else CODES,
        pairs=tuple(sorted({pair for entry in entries for pair in _pairs(entry)})),
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


def _pairs(entry: Entry) -> Iterator[str]:
    """What a model can learn to hear and write from an entry."""
    if entry.source_audio and entry.source_text:
        yield f"{entry.source_language}-{entry.source_language}"
    if entry.source_audio and entry.translates:
        yield f"{entry.source_language}-{entry.target_language}"
