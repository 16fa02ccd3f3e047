"""What do more targets of one speaker cost? Model time of one target, and of several, in one run.

python -m benchmarks.many_targets interp/data/demo-fr.flac --from fr --to en pt fr
"""

import argparse
from pathlib import Path

from benchmarks.report import print_report
from interp import app
from interp.core.clock import VirtualClock
from interp.core.config import Also, SessionConfig
from interp.core.events import SessionEnded, TargetText
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings

SECONDS = 60


def run(models: Models, audio: Path, config: SessionConfig) -> tuple[float, dict[int, str]]:
    """Model time, ms, and the text of each target."""
    clock, texts, spent_ms = VirtualClock(), dict[int, str](), 0.0
    samples = read_audio(audio)[: SECONDS * 16_000]
    for event in interpret(app.session(config, models, clock), samples, clock):
        match event:
            case TargetText(words=words, target=target):
                texts[target] = texts.get(target, "") + "".join(word.text for word in words)
            case SessionEnded(totals):
                spent_ms = totals.compute_ms
    return spent_ms, texts


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--from", dest="source", default="fr")
    parser.add_argument("--to", nargs="+", default=["en", "pt", "fr"])
    args = parser.parse_args()
    models = app.models(ModelSettings(), speaking=False)
    alone = [SessionConfig(args.source, target) for target in args.to]
    run(models, args.audio, alone[0])  # the first pass through torch is slow
    costs = [run(models, args.audio, config) for config in alone]
    together = SessionConfig(
        args.source, args.to[0], also=tuple(Also(target) for target in args.to[1:])
    )
    spent_ms, texts = run(models, args.audio, together)
    row = {
        "targets": args.to,
        "alone_ms": [round(ms) for ms, _ in costs],
        "together_ms": round(spent_ms),
        "ratio_to_the_first": round(spent_ms / costs[0][0], 2),
        "ratio_to_the_sum": round(spent_ms / sum(ms for ms, _ in costs), 2),
        "as_if_alone": [texts[i] == text[0] for i, (_, text) in enumerate(costs)],
    }
    print_report("many_targets", [row])


if __name__ == "__main__":
    main()
