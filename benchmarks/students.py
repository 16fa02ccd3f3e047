"""How fast are the students, how soon loaded, and how much does a round trip keep? On text alone.

The sentences of training/data/heldout_en.txt into Portuguese and back, eight at a time, one thread.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sacrebleu
import torch

from benchmarks.report import print_report
from interp.core.glossary import NO_TERMS, Glossary
from interp.models.catalog import CATALOGUE
from interp.models.marian.lane import WriteStep
from interp.models.marian.loading import load_student
from interp.models.marian.student import Student
from interp.models.store import Store

HELD_OUT = Path("training/data/heldout_en.txt")
BATCH = 8
WHOLE = 1_000_000


@dataclass(frozen=True, slots=True)
class TextTranslator:
    """Whole sentences at once. beams: texts followed side by side."""

    student: Student
    beams: int = 1

    def translate(self, sentence: str, glossary: Glossary = NO_TERMS) -> str:
        """One sentence."""
        return self.all([sentence], glossary)[0]

    def all(self, sentences: Sequence[str], glossary: Glossary = NO_TERMS) -> list[str]:
        """Sentences as one batch."""
        student = self.student
        steps = [
            WriteStep(
                student.init_state(),
                reading,
                accepted=0,
                words=WHOLE,
                preference=student.preference(reading, glossary),
                beams=self.beams,
            )
            for reading in student.read([sentence.split() for sentence in sentences])
        ]
        done = student.write(steps)
        return ["".join(word.text for word in one.found.words).strip() for one in done]


def student_of(name: str) -> Student:
    """A student of the catalogue, from its wheel."""
    with tempfile.TemporaryDirectory() as cache:
        files = Store(CATALOGUE, Path(cache)).open(name)
    return load_student(files, device=torch.device("cpu"))


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    torch.set_num_threads(1)
    sentences = HELD_OUT.read_text("utf-8").splitlines()
    started_s = time.process_time()
    there = TextTranslator(student_of("firefox-en-pt"))
    load_s = time.process_time() - started_s
    back = TextTranslator(student_of("firefox-pt-en"))
    there.translate(sentences[0])
    started_s = time.process_time()
    batches = [sentences[i : i + BATCH] for i in range(0, len(sentences), BATCH)]
    foreign = [text for batch in batches for text in there.all(batch)]
    spent_s = time.process_time() - started_s
    again = [back.translate(text) for text in foreign]
    row = {
        "load_cpu_s": round(load_s, 2),
        "words_per_cpu_s": round(sum(len(s.split()) for s in sentences) / spent_s),
        "round_trip_bleu": round(sacrebleu.corpus_bleu(again, [sentences]).score, 1),
        "round_trip_chrf": round(sacrebleu.corpus_chrf(again, [sentences]).score, 1),
    }
    print_report("students", [row])


if __name__ == "__main__":
    main()
