"""Speech and text as the model learns them: a prepared folder, read as it is drawn from."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from interp.core.settings import settings_from
from interp.models.omni.prompts import Task
from interp.models.omni.tokens import load_tokens, vocabulary_file
from training.data.manifest import Entry, read_manifest
from training.data.ragged import Ragged
from training.omni.rows import Sample
from training.omni.schedule import Heard

MANIFEST, HEARD, SPOKEN, ABOUT = "manifest.jsonl", "heard.npy", "spoken.npy", "about.json"
CODES = 4_096
"""Of a corpus without speech, so that speech can come later."""


@dataclass(frozen=True, slots=True)
class About:
    """hears: what made the features, of `source_dim` numbers a frame. languages: in the order of
    their numbers. codec: whose codes are spoken, empty for none; codes: how many each has. pairs:
    languages heard and written, as `en-pt`."""

    hears: str
    source_dim: int
    languages: tuple[str, ...]
    codec: str = ""
    codes: int = CODES
    pairs: tuple[str, ...] = ()


class Corpus:
    """Entries with their features and codes, by number."""

    def __init__(self, folder: Path) -> None:
        self.about = settings_from(About, json.loads((folder / ABOUT).read_text("utf-8")), "")
        self.entries = read_manifest(folder / MANIFEST)
        self.tokens = load_tokens(vocabulary_file(folder))
        self._heard, self._spoken = Ragged(folder / HEARD), Ragged(folder / SPOKEN)
        if not len(self.entries) == len(self._heard) == len(self._spoken):
            raise ValueError(f"{folder} holds another count of entries than of features")

    def able(self, task: Task, of: range, spelt: bool = False) -> list[int]:
        """Which entries of a range have what a task needs. spelt: text stands in for speech."""
        return [number for number in of if self._serves(task, number, spelt)]

    def sample(
        self, task: Task, number: int, backwards: bool = False, source: torch.Tensor | None = None
    ) -> Sample:
        """An entry as a task sees it. backwards: from target to source, where only text counts.
        source: what is heard in place of its speech."""
        entry = self.entries[number]
        if backwards:
            entry = Entry(
                entry.name,
                entry.target_text,
                entry.source_text,
                entry.target_language,
                entry.source_language,
            )
        told = "" if not task.writes else entry.target_text
        if task is Task.ASR:
            told = entry.source_text
        asked = entry.target_text if task is Task.TTS else entry.source_text
        language = self.about.languages.index(entry.target_language) if task.translates else None
        return Sample(
            task,
            asked=() if task.hears else self.tokens.encode(asked),
            source=self._features(number) if task.hears and source is None else source,
            told=self.tokens.encode(told),
            frames=torch.from_numpy(self._spoken[number].astype(np.int64)) if task.speaks else None,
            language=language,
        )

    def starts(self, told: tuple[int, ...]) -> list[bool]:
        """Whether each token begins a word, the end of the text last."""
        return [*map(self.tokens.begins_word, told), True]

    def heard(self, task: Task, number: int) -> Heard:
        """When the words of an entry are heard, and which of them the words of its answer read."""
        ends_ms = self.entries[number].source_word_ends_ms
        return Heard(len(self._heard[number]), ends_ms, self.reads(task, number))

    def reads(self, task: Task, number: int) -> Sequence[int]:
        """Which word of an entry each word of its answer reads; none where nobody says so."""
        entry = self.entries[number]
        return range(len(entry.source_text.split())) if task is Task.ASR else entry.target_reads

    def _features(self, number: int) -> torch.Tensor:
        return torch.from_numpy(self._heard[number].astype(np.float32))

    def _serves(self, task: Task, number: int, spelt: bool) -> bool:
        entry = self.entries[number]
        heard = bool(entry.source_text) if spelt else len(self._heard[number]) > 0
        if task is Task.ASR:
            return bool(entry.source_text) and heard
        if task is Task.TTS:
            return bool(entry.target_text) and len(self._spoken[number]) > 0
        fits = bool(entry.target_text) and entry.translates == task.translates
        source = heard if task.hears else bool(entry.source_text)
        return fits and source and (not task.speaks or len(self._spoken[number]) > 0)


def write_about(folder: Path, about: About) -> None:
    """Write what the folder is made for."""
    (folder / ABOUT).write_text(json.dumps(asdict(about)) + "\n", "utf-8")
