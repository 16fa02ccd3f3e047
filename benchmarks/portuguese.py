"""Which way is better from Portuguese speech into English: Whisper's own, or by the student?

FOLDER holds manifest.tsv (audio, source_text, reference: the English). With --speak it is made
first: sentences of training/data/heldout_en.txt, in the student's Portuguese, spoken by Kokoro's
pf_dora (the extra `kokoro`). That is synthetic speech of a machine's Portuguese, and the student of
this pair is a sibling of the one that wrote it: no more than a hint of how people would fare.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import sacrebleu
import soundfile
import torch

from benchmarks.report import print_report
from benchmarks.students import HELD_OUT, TextTranslator, student_of
from benchmarks.terms_speech import Written, mean_and_interval, written
from interp import environment
from interp.core.audio import TARGET_RATE_HZ
from interp.core.glossary import NO_TERMS
from interp.core.translator import Pair
from interp.engine.models import Models
from interp.evaluate.record.manifest import Clip, read_manifest
from interp.models.cascade.routes import routes
from interp.models.cascade.settings import CascadeSettings
from interp.models.cascade.translator import CascadeTranslator
from interp.models.whisper.checkpoint import load_whisper
from interp.models.whisper.translator import WhisperTranslator
from training.speaker.teachers import teacher_called

HERE = Pair("pt", "en")
DRAWS = 1000


def speak(folder: Path, count: int) -> None:
    """Write a manifest and its audio."""
    folder.mkdir(parents=True, exist_ok=True)
    text, voice = TextTranslator(student_of("firefox-en-pt")), teacher_called("kokoro:pf_dora")
    lines = ["id\taudio\tsource_text\treference"]
    for number, english in enumerate(HELD_OUT.read_text("utf-8").splitlines()[:count]):
        portuguese = text.translate(english)
        said = voice.say(portuguese, 1.0).samples
        quiet = np.zeros(TARGET_RATE_HZ // 2, np.float32)
        name = f"{number:03}.flac"
        soundfile.write(folder / name, np.concatenate([quiet, said, quiet]), TARGET_RATE_HZ)
        lines.append(f"{number:03}\t{name}\t{portuguese}\t{english}")
    (folder / "manifest.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def both_ways() -> dict[str, Models]:
    """Whisper alone, and Whisper with the student behind it."""
    (checkpoint,) = environment.store().open("whisper-base")
    whisper = WhisperTranslator.from_checkpoint(load_whisper(checkpoint))
    student = {HERE: student_of("firefox-pt-en")}
    found = routes(whisper.pairs, student, preferred=[HERE])
    return {
        "whisper": Models(whisper),
        "cascade": Models(CascadeTranslator(whisper, found, CascadeSettings())),
    }


def above(ours: Sequence[Written], theirs: Sequence[Written], references: list[str]) -> list[float]:
    """By how much chrF is higher, and its 95 % interval by paired bootstrap."""
    metric = sacrebleu.CHRF()
    drawn = np.random.default_rng(0).integers(0, len(references), (DRAWS, len(references)))
    scores = []
    for some in (ours, theirs):
        texts = [one.text for one in some]
        scores.append([
            metric.corpus_score([texts[i] for i in draw], [[references[i] for i in draw]]).score
            for draw in drawn
        ])  # fmt: skip
    gained = np.array(scores[0]) - np.array(scores[1])
    return [round(float(v), 1) for v in (gained.mean(), *np.percentile(gained, [2.5, 97.5]))]


def run(clips: Sequence[Clip], policy: str) -> list[dict[str, object]]:
    """A row for each way, under one policy."""
    ways, rows, found = both_ways(), [], {}
    references = [clip.reference or "" for clip in clips]
    for name, models in ways.items():
        found[name] = [
            written(models, clip.audio, HERE, policy, NO_TERMS, len(reference.split()))
            for clip, reference in zip(clips, references, strict=True)
        ]
        texts = [one.text for one in found[name]]
        rows.append(
            {
                "way": name,
                "policy": policy,
                "clips": len(clips),
                "bleu": round(sacrebleu.corpus_bleu(texts, [references]).score, 1),
                "chrf": round(sacrebleu.corpus_chrf(texts, [references]).score, 1),
                "laal_s": mean_and_interval([one.lag_s for one in found[name]]),
                "chrf_above_whisper": above(found[name], found["whisper"], references),
            }
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speak", action="store_true", help="make the folder first")
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--policy", action="append", help="may be repeated")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.speak:
        speak(args.folder, args.limit)
    clips = read_manifest(args.folder / "manifest.tsv")[: args.limit]
    policies = args.policy or ["offline", "best"]
    print_report("portuguese", [row for policy in policies for row in run(clips, policy)])


if __name__ == "__main__":
    main()
