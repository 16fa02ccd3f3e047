"""What do more targets of one speaker cost? Processor time of one and of several, in one run.

python -m benchmarks.many_targets interp/data/demo-fr.flac --from fr --to en pt fr
With --captions the source text is one more: `--to en pt --captions`. Languages of --stand-ins are
written by the student of Portuguese under their name: what they write is no use, what they cost is.
Processor time, since other programs disturb it less than the clock; the least of some rounds.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.report import print_report
from interp import app, environment
from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, Also, SessionConfig
from interp.core.events import Output, SourceText, TargetText
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings


@dataclass
class Case:
    """A session's config, the least processor time it took, and what it wrote, by target."""

    config: SessionConfig
    cpu_ms: float = float("inf")
    texts: dict[int | None, str] = field(default_factory=dict)

    def run(self, models: Models, samples: Samples) -> None:
        """Once more. The source text counts as target None."""
        clock = VirtualClock()
        self.texts = {}
        session = app.session(self.config, models, clock)
        started_s = time.process_time()
        for event in interpret(session, samples, clock):
            if isinstance(event, TargetText | SourceText):
                target = event.target if isinstance(event, TargetText) else None
                words = "".join(word.text for word in event.words)
                self.texts[target] = self.texts.get(target, "") + words
        self.cpu_ms = min(self.cpu_ms, (time.process_time() - started_s) * 1000)


def stand_ins(languages: Sequence[str], folder: Path) -> None:
    """Students from English into each of them, written to a folder."""
    for language in languages:
        place = folder / language
        place.mkdir()
        for file in environment.store().open("firefox-en-pt"):
            (place / file.name).write_bytes(file.data)
        pair = {"sourceLanguage": "en", "targetLanguage": language}
        (place / "metadata.json").write_text(json.dumps(pair), "utf-8")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--from", dest="source", default="fr")
    parser.add_argument("--to", nargs="+", default=["en", "pt", "fr"])
    parser.add_argument("--stand-ins", nargs="+", default=[])
    parser.add_argument("--policy", default=DEFAULT_POLICY)
    parser.add_argument("--captions", action="store_true")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    samples = read_audio(args.audio)[: args.seconds * SOURCE_RATE_HZ]
    with tempfile.TemporaryDirectory() as folder:
        stand_ins(args.stand_ins, Path(folder))
        models = app.models(ModelSettings(students=Path(folder)), speaking=False)
    first, *rest = (SessionConfig(args.source, to, policy=args.policy) for to in args.to)
    captions = {Output.SOURCE_TEXT} if args.captions else set()
    also = tuple(Also(config.target) for config in rest)
    alone = [Case(first), *map(Case, rest)]
    together = Case(replace(first, also=also, outputs=first.outputs | captions))
    Case(first).run(models, samples[: 10 * SOURCE_RATE_HZ])  # the first pass is slow
    for _ in range(args.rounds):
        for case in (*alone, together):
            case.run(models, samples)
    row = {
        "targets": [*args.to, *(["captions"] if args.captions else [])],
        "policy": args.policy,
        "seconds": args.seconds,
        "alone_ms": [round(case.cpu_ms) for case in alone],
        "together_ms": round(together.cpu_ms),
        "ratio_to_the_first": round(together.cpu_ms / alone[0].cpu_ms, 2),
        "ratio_to_the_sum": round(together.cpu_ms / sum(case.cpu_ms for case in alone), 2),
        "as_if_alone": [together.texts[i] == case.texts[0] for i, case in enumerate(alone)],
    }
    print_report("many_targets", [row])


if __name__ == "__main__":
    main()
