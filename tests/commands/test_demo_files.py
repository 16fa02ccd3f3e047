"""What the demo refuses, the files it writes, and its figures, counted by hand here."""

from pathlib import Path

import pytest

from interp.cli import main
from interp.commands.demo import Wish, summary
from interp.core.events import SessionEnded, TargetText, Totals, WrittenWord
from interp.outlets.outlet import opened

TOTALS = Totals(heard_ms=60_000, segments=7, words=3, compute_ms=15_000.0)


def text(*words: tuple[int, int, int]) -> TargetText:
    """Words by delay, elapsed, and end of the source they came from, in ms."""
    return TargetText(
        0, tuple(WrittenWord(" w", delay, elapsed, 0, end) for delay, elapsed, end in words)
    )


def test_a_run_is_told_in_words_a_person_reads() -> None:
    texts = [text((2_000, 2_100, 1_000), (3_000, 3_300, 1_300)), text((5_000, 5_200, 2_200))]
    assert summary("waitk:k=3", texts, TOTALS) == {
        "policy": "waitk:k=3",
        "speech heard": "60.0 s in 7 segments",
        "words written": "3",
        "behind the speaker": "2.00 s (median)",
        "compute behind audio": "200 ms (median)",
        "model time": "0.25 s per second heard",
    }


def test_half_of_the_words_were_nearer_whatever_one_word_did() -> None:
    texts = [text((1_000, 1_500, 500)), text((1_000, 1_500, 500)), text((1_000, 99_000, 500))]
    found = summary("offline", texts, TOTALS)
    assert found["behind the speaker"] == "1.00 s (median)"
    assert found["compute behind audio"] == "500 ms (median)"


def test_between_two_words_the_median_is_the_middle() -> None:
    texts = [text((1_000, 1_000, 0), (3_000, 3_400, 0))]
    found = summary("offline", texts, TOTALS)
    assert found["behind the speaker"] == "2.20 s (median)"
    assert found["compute behind audio"] == "200 ms (median)"


@pytest.mark.parametrize("texts", [[], [text()]], ids=["no text", "a text without words"])
def test_a_run_that_wrote_nothing_is_told_too(texts: list[TargetText]) -> None:
    found = summary("offline", texts, Totals())
    assert found["speech heard"] == "0.0 s in 0 segments"
    assert found["words written"] == "0"
    assert found["behind the speaker"] == "0.00 s (median)"
    assert found["compute behind audio"] == "0 ms (median)"
    assert found["model time"] == "0.00 s per second heard"


@pytest.mark.parametrize(
    ("heard_ms", "compute_ms", "told"),
    [(10_000, 5_000.0, "0.50"), (10_000, 12_340.0, "1.23"), (1_000, 4.0, "0.00")],
)
def test_model_time_is_counted_by_the_second_heard(
    heard_ms: int, compute_ms: float, told: str
) -> None:
    totals = Totals(heard_ms=heard_ms, compute_ms=compute_ms)
    assert summary("offline", [], totals)["model time"] == f"{told} s per second heard"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--policy", "waitq"], "unknown policy; known: "),
        (["--policy", "waitk:q=1"], "unknown policy parameter"),
        (["--to", "portugese"], "did you mean portuguese?"),
    ],
)
def test_a_slip_is_refused_before_a_server_starts_or_a_folder_is_made(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["demo", "--local", "--out", str(out), *words]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert message in told.err
    assert told.err.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("target", "speech"),
    [
        ("en", "english.wav"),
        ("en-GB", "english.wav"),
        ("English", "english.wav"),
        ("pt", "speech-pt.wav"),
        ("pt-BR", "speech-pt.wav"),
        ("Portuguese", "speech-pt.wav"),
    ],
)
@pytest.mark.parametrize("spoken", [True, False])
def test_files_are_named_by_the_language_however_it_was_said(
    target: str, speech: str, spoken: bool, tmp_path: Path
) -> None:
    wish = Wish("fr", target, "offline", tmp_path)
    with opened(wish.outlets(spoken=spoken)) as take:
        take(text((1_000, 1_000, 900)))
        take(SessionEnded(TOTALS))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"captions.srt", "captions.vtt", *([speech] if spoken else [])}
    assert (tmp_path / "captions.vtt").read_text().startswith("WEBVTT")
