"""A set made from sentences alone: translated by a teacher, spoken by engines, drawn from a seed.

Everything about an entry is drawn from its number and the seed, so that a stopped run goes on where
it was and another machine makes the same.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from interp.core.audio import TARGET_RATE_HZ
from training.data.distort import chance_of
from training.data.engines import engine_called
from training.data.manifest import Entry, entry_line, read_manifest
from training.data.recording import write_recording
from training.data.synthesise import LEVEL, speak
from training.data.teacher import Teacher, turned
from training.data.translate import readable

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class Making:
    """sentences: in the teacher's source language, one a line; licence: theirs. source_voices,
    target_voices: engines that speak the two languages. backwards: part of the entries that are
    heard in the teacher's target language; echoes: part that are answered by what was said, in the
    same language. limit: of the sentences, 0 for all; spoken: of them that are spoken at all, the
    first, 0 for all. answers: what they are in the other language is spoken too. prefix: of the
    entries' names, to tell them from those of another set that is learnt from with this one."""

    sentences: Path
    out: Path
    licence: str
    source_voices: tuple[str, ...]
    target_voices: tuple[str, ...]
    backwards: float = 0.5
    echoes: float = 0.1
    limit: int = 0
    spoken: int = 0
    answers: bool = True
    prefix: str = ""
    seed: int = 0
    workers: int = 1


def make(config: Making, teacher: Teacher) -> Path:
    """Write speech and manifest; what a stopped run made is kept. The manifest's path."""
    config.out.mkdir(parents=True, exist_ok=True)
    partial_path, whole = config.out / "manifest.partial.jsonl", config.out / MANIFEST
    if whole.exists():
        return whole
    done = {entry.name for entry in read_manifest(partial_path)} if partial_path.exists() else set()
    read = config.sentences.read_text("utf-8").splitlines()[: config.limit or None]
    wanted = list(planned(read, config, teacher, done))
    with partial_path.open("a", encoding="utf-8") as file:
        for entry in tqdm(_spoken(wanted, config), total=len(wanted), unit="entry"):
            file.write(entry_line(entry) + "\n")
            file.flush()
    return partial_path.rename(whole)


def planned(
    sentences: Sequence[str], config: Making, teacher: Teacher, done: Container[str] = ()
) -> Iterator[Entry]:
    """Entries without their speech, but for those whose names are done; sentences whose translation
    cannot be read aloud are left out."""
    names = [f"{config.prefix}{number:06d}" for number in range(len(sentences))]
    asked = [number for number, name in enumerate(names) if name not in done]
    told_of = teacher.translate([sentences[number] for number in asked])
    for number, told in zip(asked, told_of, strict=True):
        if not readable(told.text):
            continue
        name = names[number]
        rng = chance_of(name, config.seed)
        there = (sentences[number], teacher.pair[0], str(rng.choice(config.source_voices)))
        back = (told.text, teacher.pair[1], str(rng.choice(config.target_voices)))
        reads = told.reads
        if rng.random() < config.backwards:
            there, back = back, there
            reads = turned(reads, len(back[0].split()))
        if rng.random() < config.echoes:
            back, reads = there, tuple(range(len(there[0].split())))
        heard = not config.spoken or number < config.spoken
        said = heard and config.answers
        yield Entry(
            name=name,
            source_text=there[0],
            target_text=back[0],
            source_language=there[1],
            target_language=back[1],
            source_audio=f"{name}.source.flac" if heard else "",
            target_audio=f"{name}.target.flac" if said else "",
            target_reads=reads,
            speaker=there[2] if heard else "",
            licence=f"{config.licence}; {teacher.licence}",
            generator=there[2] if heard else "",
            target_generator=back[2] if said else "",
            seed=config.seed,
        )


_engine = cache(engine_called)  # one of a name per process, loaded when it first speaks


def spoken(entry: Entry, folder: Path) -> Entry:
    """Say what is to be said of an entry into its files; the entry with times and checksums."""
    ms = TARGET_RATE_HZ / 1000
    if entry.source_audio:
        heard = speak(_engine(entry.generator), entry.source_text, LEVEL)
        entry = replace(
            entry,
            source_word_ends_ms=tuple(round(word.end_samples / ms) for word in heard.words),
            end_ms=int(len(heard.samples) / ms),
            checksum=write_recording(folder / entry.source_audio, heard.samples),
        )
    if entry.target_audio:
        said = speak(_engine(entry.target_generator), entry.target_text, LEVEL)
        checksum = write_recording(folder / entry.target_audio, said.samples)
        entry = replace(entry, target_checksum=checksum)
    return entry


def _spoken(entries: Sequence[Entry], config: Making) -> Iterator[Entry]:
    say = partial(spoken, folder=config.out)
    if config.workers <= 1:
        yield from map(say, entries)
        return
    with get_context("spawn").Pool(config.workers) as pool:
        yield from pool.imap(say, entries)
