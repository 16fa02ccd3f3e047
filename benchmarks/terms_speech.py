"""Are the terms of a glossary written live from speech, and what do other words and lag pay?

FOLDER is that of `python -m benchmarks.en_prompts FOLDER`. Each recording is interpreted without
and with benchmarks/terms_speech_en_pt.csv. Terms count where their source stands in the true text;
of recordings without any, chrF is against the reference.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sacrebleu
import torch

from benchmarks.report import print_report
from interp import app
from interp.client.glossary_file import read_glossary
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import TargetText
from interp.core.glossary import NO_TERMS, Glossary
from interp.core.latency import Timeline, length_adaptive_average_lagging
from interp.core.translator import Pair
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.evaluate.record.manifest import read_manifest
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings

TERMS = Path(__file__).with_name("terms_speech_en_pt.csv")
EN_PT = Pair("en", "pt")
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a recording. lag_s: LAAL."""

    text: str
    lag_s: float


def written(
    models: Models, audio: Path, pair: Pair, policy: str, glossary: Glossary, words: int
) -> Written:
    """A recording interpreted. words: of the reference."""
    samples, clock = read_audio(audio), VirtualClock()
    config = SessionConfig(pair.source, pair.target, policy=policy, glossary=glossary)
    events = interpret(app.session(config, models, clock), samples, clock)
    found = [word for e in events if isinstance(e, TargetText) for word in e.words]
    line = Timeline([word.delay_ms for word in found], samples.size / 16, words)
    lag_ms = length_adaptive_average_lagging(line) if found else 0.0
    return Written("".join(word.text for word in found).strip(), lag_ms / 1000)


def mean_and_interval(values: Sequence[float]) -> list[float]:
    """With the 95 % interval of the mean, by bootstrap over recordings."""
    array = np.array(values)
    drawn = np.random.default_rng(0).integers(0, len(array), (DRAWS, len(array)))
    low, high = np.percentile(array[drawn].mean(axis=1), [2.5, 97.5])
    return [round(float(value), 3) for value in (array.mean(), low, high)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--policy", default=DEFAULT_POLICY)
    parser.add_argument("--every", type=int, default=1, help="only every so many recordings")
    parser.add_argument("--show", action="store_true", help="print what was written")
    args = parser.parse_args()
    torch.set_num_threads(1)
    glossary = read_glossary(TERMS, "en", "pt")
    models = app.models(ModelSettings(), speaking=False)
    manifest = read_manifest(args.folder / "manifest-pt.tsv")
    said = hit_without = hit_with = 0
    lags: list[float] = []
    plain: list[tuple[str, str, str]] = []
    for one in manifest[:: args.every]:
        terms = [f.term for f in glossary.find((one.source_text or "").split()) if f.whole]
        reference = one.reference or ""
        words = len(reference.split())
        pair = [
            written(models, one.audio, EN_PT, args.policy, each, words)
            for each in (NO_TERMS, glossary)
        ]
        lags.append(pair[1].lag_s - pair[0].lag_s)
        texts = [each.text.casefold() for each in pair]
        said += len(terms)
        hit_without += sum(term.target.casefold() in texts[0] for term in terms)
        hit_with += sum(term.target.casefold() in texts[1] for term in terms)
        if not terms:
            plain.append((reference, pair[0].text, pair[1].text))
        if args.show:
            print(f"{one.source_text} {[t.target for t in terms]}\n  {pair[0]}\n  {pair[1]}")
    references = [[reference for reference, _, _ in plain]]
    chrf = [
        round(sacrebleu.corpus_chrf([row[i] for row in plain], references).score, 1) for i in (1, 2)
    ]
    row = {
        "policy": args.policy,
        "recordings": len(lags),
        "terms_said": said,
        "written_without": hit_without,
        "written_with": hit_with,
        "lag_added_s": mean_and_interval(lags),
        "recordings_without_terms": len(plain),
        "of_these_unchanged": sum(before == after for _, before, after in plain),
        "their_chrf_without_and_with": chrf,
    }
    print_report("terms_speech", [row])


if __name__ == "__main__":
    main()
