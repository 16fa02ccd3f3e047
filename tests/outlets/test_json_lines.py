"""Events as JSON lines: what a program beside us reads."""

import io
import json

import numpy as np
import pytest

from interp.core.events import (
    Event,
    MarkerReached,
    PolicyAction,
    SessionEnded,
    SourceLanguage,
    SourceText,
    TargetSpeech,
    TargetText,
    Totals,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.outlets.json_lines import JsonLines, json_lines

WORD = WrittenWord(" 今日は", 900, 950, 100, 600)
TIMES = {"delay_ms": 900, "elapsed_ms": 950, "source_start_ms": 100, "source_end_ms": 600}


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        pytest.param(
            TargetText(2, (WORD, WORD), tentative=" さ"),
            [{"event": "word", "file": "a.wav", "segment": 2, "text": "今日は", **TIMES}] * 2,
            id="a line a word, and none for what is tentative",
        ),
        pytest.param(
            SourceText(1, (WORD,)),
            [{"event": "source_word", "file": "a.wav", "segment": 1, "text": "今日は", **TIMES}],
            id="the source's words under another name",
        ),
        pytest.param(
            TargetSpeech(3, np.ones(2, np.float32), None, 1_200, " so", 0, 90, 800, 870),
            [
                {
                    "event": "speech",
                    "file": "a.wav",
                    "segment": 3,
                    "text": "so",
                    "offset_ms": 1_200,
                    "delay_ms": 800,
                    "elapsed_ms": 870,
                }
            ],
            id="where speech is, without its samples",
        ),
        pytest.param(
            Warned(WarningCode.GAP_FILLED, 320),
            [{"event": "warning", "file": "a.wav", "code": "GAP_FILLED", "amount_ms": 320}],
            id="warnings by their stable code",
        ),
        pytest.param(
            Warned(WarningCode.OTHER_LANGUAGE, 0, "it"),
            [
                {
                    "event": "warning",
                    "file": "a.wav",
                    "code": "OTHER_LANGUAGE",
                    "amount_ms": 0,
                    "language": "it",
                }
            ],
            id="the language of a warning",
        ),
        pytest.param(
            SourceLanguage("it", 0.91234),
            [{"event": "source_language", "file": "a.wav", "language": "it", "probability": 0.912}],
            id="what is spoken",
        ),
        pytest.param(
            SessionEnded(Totals(heard_ms=5_000, words=12, compute_ms=1_234.5678)),
            [
                {
                    "event": "ended",
                    "file": "a.wav",
                    "heard_ms": 5_000,
                    "words": 12,
                    "compute_ms": 1_235,
                }
            ],
            id="the end in whole ms",
        ),
        pytest.param(TargetText(0, (), segment_ended=True), [], id="no word, no line"),
        pytest.param(PolicyAction(0, 1, 100, 0, 2.5), [], id="no decisions"),
        pytest.param(MarkerReached("m", 100), [], id="no markers"),
    ],
)
def test_each_event_has_its_lines(event: Event, lines: list[dict[str, object]]) -> None:
    assert list(json_lines("a.wav", event)) == lines


def test_each_line_is_there_at_once_and_whole_in_its_own_script() -> None:
    out = io.StringIO()
    with JsonLines("a\nb.wav", out) as printed:
        printed.take(TargetText(0, (WORD,)))
        first = out.getvalue()
        assert first.endswith("\n")
        assert first.count("\n") == 1, "a line break in a name breaks no line"
        assert "今日は" in first
        printed.take(SessionEnded(Totals()))
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["event"] for row in rows] == ["word", "ended"]
    assert rows[0]["file"] == "a\nb.wav"
