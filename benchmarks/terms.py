"""Are the terms of a glossary written, and are other words left alone? A student on text.

benchmarks/terms_en_pt.tsv has 40 English sentences, each with a term and what to write for it, and
terms_blind_en_pt.tsv 40 more that were written when the code was done. Each is translated without
and with its term; then the sentences of training/data/heldout_en.txt with all the terms at once, of
which those without a term must come out as before.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.report import print_report
from benchmarks.students import TextTranslator, student_of
from interp.core.glossary import NO_TERMS, Glossary, Term

TABLES = ("terms_en_pt.tsv", "terms_blind_en_pt.tsv")
HELD_OUT = Path("training/data/heldout_en.txt")


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with a term."""

    sentence: str
    term: Term


def planted(table: str) -> list[Planted]:
    """The lines of a table."""
    with Path(__file__).with_name(table).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [Planted(r["sentence"], Term(r["source"], r["target"])) for r in rows]


def written(text: TextTranslator, one: Planted, glossary: Glossary) -> bool:
    """Whether the term stands in the translation."""
    return one.term.target.casefold() in text.translate(one.sentence, glossary).casefold()


def measured(text: TextTranslator, table: str) -> dict[str, str | int]:
    """The figures of a table."""
    cases = planted(table)
    everything = Glossary(tuple({case.term.source: case.term for case in cases}.values()))
    others = [
        sentence
        for sentence in HELD_OUT.read_text("utf-8").splitlines()
        if not any(found.whole for found in everything.find(sentence.split()))
    ]
    missed = [case for case in cases if not written(text, case, Glossary((case.term,)))]
    for case in missed:
        print(f"{case.term.target}: {text.translate(case.sentence, Glossary((case.term,)))}")
    return {
        "table": table,
        "sentences": len(cases),
        "terms_without": sum(written(text, case, NO_TERMS) for case in cases),
        "terms_with": len(cases) - len(missed),
        "others": len(others),
        "others_unchanged": sum(
            text.translate(s, everything) == text.translate(s, NO_TERMS) for s in others
        ),
    }


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    torch.set_num_threads(1)
    text = TextTranslator(student_of("firefox-en-pt"))
    print_report("terms", [measured(text, table) for table in TABLES])


if __name__ == "__main__":
    main()
