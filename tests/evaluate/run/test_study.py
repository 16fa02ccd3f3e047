from pathlib import Path

import pytest

from interp.core.events import Output
from interp.evaluate.record.log import TargetType
from interp.evaluate.run.study import Study

STUDY = Study(Path("out"), "whisper-base", "manifest.tsv", "fr", "en", settings={"commit": "abc"})


def test_a_point_asks_for_text_and_the_trace_of_its_policy() -> None:
    point = STUDY.point("waitk:k=2")
    assert point.config.policy == "waitk:k=2"
    assert (point.config.source, point.config.target) == ("fr", "en")
    assert point.config.outputs == {Output.TEXT, Output.ACTIONS}
    assert (point.sessions, point.lead_silence_ms) == (1, 0)


def test_the_log_says_what_was_run() -> None:
    run = STUDY.point("waitk:k=2").run
    assert (run.system, run.policy, run.data) == ("whisper-base", "waitk:k=2", "manifest.tsv")
    assert (run.source_language, run.target_language) == ("fr", "en")
    assert run.target_type is TargetType.TEXT
    assert run.settings == {"commit": "abc"}


def test_a_study_of_speech_asks_for_speech() -> None:
    point = Study(Path("out"), "server", "m.tsv", "fr", "en", speech=True).point("offline")
    assert Output.SPEECH in point.config.outputs
    assert point.run.target_type is TargetType.SPEECH


@pytest.mark.parametrize(
    ("sessions", "silence_ms", "settings", "file"),
    [
        (1, 0, {}, "waitk-k=2.jsonl"),
        (4, 0, {"sessions": 4}, "waitk-k=2-sessions=4.jsonl"),
        (1, 2000, {"lead_silence_ms": 2000}, "waitk-k=2-lead_silence_ms=2000.jsonl"),
        (
            4,
            2000,
            {"sessions": 4, "lead_silence_ms": 2000},
            "waitk-k=2-sessions=4-lead_silence_ms=2000.jsonl",
        ),
    ],
)
def test_load_and_silence_are_in_the_settings_and_in_the_name_of_the_log(
    sessions: int, silence_ms: int, settings: dict[str, int], file: str
) -> None:
    point = STUDY.point("waitk:k=2", sessions, silence_ms)
    assert point.run.settings == {"commit": "abc", **settings}
    assert point.log == Path("out", "logs", file)
    assert (point.sessions, point.lead_silence_ms) == (sessions, silence_ms)
