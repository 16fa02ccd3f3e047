"""What was written of recordings, as `interp translate --json` gave it."""

import json
from pathlib import Path

from interp.core.events import SourceText, TargetText, WrittenWord

LOGS = sorted((Path(__file__).parents[2] / "data" / "captions").glob("*.jsonl"))


def written(log: Path) -> list[TargetText]:
    return [TargetText(segment, (word,)) for kind, segment, word in _words(log) if kind == "word"]


def said(log: Path) -> list[SourceText]:
    rows = _words(log)
    return [SourceText(segment, (word,)) for kind, segment, word in rows if kind == "source_word"]


def _words(log: Path) -> list[tuple[str, int, WrittenWord]]:
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [
        (
            row["event"],
            row["segment"],
            WrittenWord(
                f" {row['text']}",
                row["delay_ms"],
                row["elapsed_ms"],
                row["source_start_ms"],
                row["source_end_ms"],
            ),
        )
        for row in rows
    ]
