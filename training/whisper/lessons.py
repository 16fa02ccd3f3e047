"""Lessons from recordings: prefixes as the streaming encoder hears them, and what to write of them.

The target is Whisper's own offline translation, up to the last word whose speech was heard in the
prefix; after it the text ends, which live is a READ (self-distillation; wait until supported).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import Tensor
from tqdm import tqdm

from interp.core.audio import ENCODER_FRAME_MS, SAMPLES_PER_MS, WINDOW_SAMPLES, Samples
from interp.core.settings import settings_from
from interp.core.translator import Ask, DecodeStep, EncodeStep
from interp.intake.file import read_audio
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.hearing import Hearing, SourceState
from interp.models.whisper.lane import TargetState
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.tokenizer import ENGLISH
from interp.models.whisper.translator import WhisperTranslator
from training.data.distort import chance_of
from training.data.manifest import Entry, read_manifest
from training.data.ragged import RaggedWriter
from training.whisper.config import LessonConfig

HEARD, LESSONS = "heard.npy", "lessons.jsonl"
EVERYTHING = Ask(words=1_000_000)
TOGETHER = 8
"""Recordings that are translated side by side."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """recording: its number. prompt, told: tokens before the text, and of the text with its end.
    whole: nothing was cut off."""

    recording: int
    prompt: tuple[int, ...]
    told: tuple[int, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Translated:
    """A recording's offline translation: tokens of each word, and when its speech ends."""

    words: tuple[tuple[int, ...], ...]
    ends_ms: tuple[int, ...]

    def supported(self, heard_ms: float) -> tuple[int, ...]:
        """Tokens of the words before the first one that ends later."""
        tokens: list[int] = []
        for word, end_ms in zip(self.words, self.ends_ms, strict=True):
            if end_ms > heard_ms:
                break
            tokens += word
        return tuple(tokens)


class LessonMaker:
    """Hears, translates and cuts."""

    def __init__(
        self,
        checkpoint: WhisperCheckpoint,
        config: LessonConfig,
        settings: WhisperSettings | None = None,
    ) -> None:
        self._config, settings = config, settings or WhisperSettings()
        self._translator = WhisperTranslator.from_checkpoint(checkpoint, settings)
        self._hearing = Hearing(checkpoint, settings)
        self._end = self._translator.tokenizer.eot
        self.dim = checkpoint.dims.n_audio_state

    def lessons(
        self, speech: Sequence[tuple[int, Entry, Samples]]
    ) -> Iterator[tuple[Lesson, Tensor]]:
        """Lessons and features [position, dim] of recordings: number, entry, 16 kHz samples."""
        sources = [self._hearing.init_state() for _ in speech]
        full = self._hearing.encode(
            [EncodeStep(s, x, finished=True) for s, (_, _, x) in zip(sources, speech, strict=True)]
        )
        targets = self._translate(sources, [entry.source_language for _, entry, _ in speech])
        for (number, entry, samples), features, target in zip(speech, full, targets, strict=True):
            told = self._believed(target)
            if told is None:
                continue
            prompt = tuple(target.prompt)
            whole = (*told.supported(float("inf")), self._end)
            yield Lesson(number, prompt, whole, True), features
            for cut_ms in self._cuts(entry, len(samples) // SAMPLES_PER_MS):
                (heard,) = self._prefix(samples[: cut_ms * SAMPLES_PER_MS])
                part = (*told.supported(cut_ms - self._config.margin_ms), self._end)
                yield Lesson(number, prompt, part, False), heard

    def _translate(
        self, sources: Sequence[SourceState], languages: Sequence[str]
    ) -> list[TargetState]:
        targets = [
            self._translator.init_target(source, language, ENGLISH, "")
            for source, language in zip(sources, languages, strict=True)
        ]
        ask = Ask(EVERYTHING.words, beams=self._config.beams)
        self._translator.decode([DecodeStep(t, ask, 0, finished=True) for t in targets])
        return targets

    def _believed(self, target: TargetState) -> Translated | None:
        """What was translated; None where it is nothing, or not likely."""
        found = target.guessed
        if not found:
            return None
        likely = sum(guess.word.probability for guess in found) / len(found)
        if likely < self._config.least_probability:
            return None
        ends_ms = tuple(guess.ends[-1] * ENCODER_FRAME_MS for guess in found)
        return Translated(tuple(guess.tokens for guess in found), ends_ms)

    def _cuts(self, entry: Entry, length_ms: int) -> list[int]:
        least = self._config.shortest_ms
        if length_ms <= least:
            return []
        rng = chance_of(entry.name, self._config.seed)
        return [int(cut) for cut in rng.integers(least, length_ms, self._config.cuts)]

    def _prefix(self, samples: Samples) -> list[Tensor]:
        step = EncodeStep(self._hearing.init_state(), samples, finished=False)
        return self._hearing.encode([step])


def write_lessons(manifests: Sequence[Path], out: Path, maker: LessonMaker) -> int:
    """Write the lessons of all recordings of some manifests; how many there are."""
    out.mkdir(parents=True, exist_ok=True)
    entries = [(path.parent, entry) for path in manifests for entry in read_manifest(path)]
    count = 0
    with (
        RaggedWriter(out / HEARD, maker.dim, "float16") as features,
        (out / LESSONS).open("w", encoding="utf-8") as file,
    ):
        for first in tqdm(range(0, len(entries), TOGETHER), unit="batch"):
            speech = [
                (first + number, entry, read_audio(home / entry.source_audio)[:WINDOW_SAMPLES])
                for number, (home, entry) in enumerate(entries[first : first + TOGETHER])
            ]
            for lesson, heard in maker.lessons(speech):
                features.append(heard.numpy())
                file.write(json.dumps(asdict(lesson)) + "\n")
                count += 1
    return count


def read_lessons(folder: Path) -> list[Lesson]:
    """All lessons, in the order of their features."""
    lines = (folder / LESSONS).read_text("utf-8").splitlines()
    return [settings_from(Lesson, json.loads(line), "") for line in lines]
