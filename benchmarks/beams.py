"""What is a beam in a student worth? On text, where the other direction or the original can judge.

The sentences of training/data/heldout_en.txt into Portuguese with 1, 2 and 4 beams and back
greedily; and that greedy Portuguese into English with 1, 2 and 4 beams; both against the original.
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np
import sacrebleu
import torch

from benchmarks.report import print_report
from benchmarks.students import BATCH, HELD_OUT, TextTranslator, student_of

BEAMS = (1, 2, 4)
DRAWS = 1000


def all_of(text: TextTranslator, sentences: Sequence[str]) -> list[str]:
    """All sentences, eight at a time."""
    batches = [sentences[i : i + BATCH] for i in range(0, len(sentences), BATCH)]
    return [one for batch in batches for one in text.all(batch)]


def against(texts: Sequence[str], greedy: Sequence[str], originals: Sequence[str]) -> list[float]:
    """BLEU and chrF, and what either is above that of greedy texts, with 95 % intervals."""
    row = []
    drawn = np.random.default_rng(0).integers(0, len(texts), (DRAWS, len(texts)))
    for metric in (sacrebleu.BLEU(), sacrebleu.CHRF()):
        both = [metric._extract_corpus_statistics(some, [originals]) for some in (texts, greedy)]
        sums = [np.array(stats)[drawn].sum(axis=1) for stats in map(list, both)]
        ours, theirs = (
            np.array([metric._compute_score_from_stats(list(one)).score for one in some])
            for some in sums
        )
        score = metric.corpus_score(texts, [originals]).score
        row += [score, float((ours - theirs).mean()), *np.percentile(ours - theirs, [2.5, 97.5])]
    return [round(float(value), 1) for value in row]


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    torch.set_num_threads(1)
    originals = HELD_OUT.read_text("utf-8").splitlines()
    there, back = student_of("firefox-en-pt"), student_of("firefox-pt-en")
    rows = []
    foreign: dict[int, list[str]] = {}
    cost: dict[int, float] = {}
    for beams in BEAMS:
        started_s = time.process_time()
        foreign[beams] = all_of(TextTranslator(there, beams), originals)
        cost[beams] = time.process_time() - started_s
    again = {beams: all_of(TextTranslator(back), foreign[beams]) for beams in BEAMS}
    home = {beams: all_of(TextTranslator(back, beams), foreign[1]) for beams in BEAMS}
    for beams in BEAMS:
        row = {
            "beams": beams,
            "times_the_cost": round(cost[beams] / cost[1], 2),
            "texts_changed": sum(a != b for a, b in zip(foreign[beams], foreign[1], strict=True)),
            "into_pt_bleu_chrf": against(again[beams], again[1], originals),
            "into_en_bleu_chrf": against(home[beams], home[1], originals),
        }
        rows.append(row)
    print_report("beams", rows)


if __name__ == "__main__":
    main()
