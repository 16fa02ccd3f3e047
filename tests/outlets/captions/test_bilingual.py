from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from interp.core.events import SourceText, WrittenWord
from interp.outlets.captions.bilingual import with_source
from interp.outlets.captions.cues import Cue
from interp.outlets.captions.rules import Rules

RULES = Rules()


def said(*words: tuple[str, int, int]) -> list[SourceText]:
    return [SourceText(0, (WrittenWord(f" {text}", 0, 0, a, b),)) for text, a, b in words]


def at(*starts_ms: int) -> list[Cue]:
    return [Cue(start_ms, start_ms + 900, (f"at {start_ms}",), ()) for start_ms in starts_ms]


def above(cues: Sequence[Cue]) -> list[str]:
    return [" ".join(cue.source) for cue in cues]


def test_a_source_word_stands_over_the_cue_that_is_shown_in_its_middle() -> None:
    words = said(
        ("un", 0, 400), ("deux", 900, 1_300), ("trois", 800, 1_190), ("quatre", 2_500, 2_600)
    )
    assert above(with_source(at(0, 1_000, 2_000), words, "fr", RULES)) == [
        "un",
        "deux trois",
        "quatre",
    ]


def test_what_is_said_before_the_first_cue_stands_over_it() -> None:
    assert above(with_source(at(3_000), said(("alors", 0, 400)), "fr", RULES)) == ["alors"]


def test_a_cue_without_source_words_has_no_line_above_it() -> None:
    first, second = with_source(at(0, 5_000), said(("alors", 0, 400)), "fr", RULES)
    assert first.source == ("alors",)
    assert second.source == ()


def test_no_cue_means_nowhere_to_stand() -> None:
    assert with_source([], said(("alors", 0, 400)), "fr", RULES) == []


def test_a_long_source_is_on_two_lines_and_a_longer_one_is_kept_whole() -> None:
    for count, lines in ((3, 1), (9, 2), (40, 1)):
        words = said(*(("parole", 0, 100),) * count)
        (cue,) = with_source(at(0), words, "fr", RULES)
        assert len(cue.source) == lines
        assert " ".join(cue.source).split() == ["parole"] * count


@given(
    st.lists(st.integers(0, 20_000), min_size=1, max_size=8).map(sorted),
    st.lists(st.integers(0, 25_000), max_size=30).map(sorted),
)
def test_every_source_word_stands_somewhere_once_and_in_order(
    starts: list[int], spoken: list[int]
) -> None:
    words = said(*((f"w{number}", ms, ms + 200) for number, ms in enumerate(spoken)))
    made = with_source(at(*starts), words, "fr", RULES)
    assert " ".join(above(made)).split() == [f"w{number}" for number in range(len(spoken))]
    assert [(cue.start_ms, cue.end_ms, cue.lines) for cue in made] == [
        (cue.start_ms, cue.end_ms, cue.lines) for cue in at(*starts)
    ], "the target's cues stay as they are"
