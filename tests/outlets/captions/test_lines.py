"""Lines: nothing lost, none too wide, broken where a reader would breathe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.outlets.captions.lines import break_costs, cut_up, joined, laid_out, may_break
from interp.outlets.captions.sentences import sentence_ends
from tests.outlets.caption_checker import columns

WORDS = st.lists(st.text("abcxyzéñ,.", min_size=1, max_size=14), min_size=1, max_size=16)


def laid(text: str, language: str = "en", line_cells: int = 42, lines: int = 2) -> list[str]:
    words = [f" {word}" for word in text.split()]
    costs = break_costs(words, sentence_ends(words, language), language)
    layout = laid_out(words, costs, line_cells, lines)
    return list(layout.lines) if layout else []


@given(WORDS)
def test_lines_hold_every_word_and_none_is_too_wide(words: list[str]) -> None:
    text = " ".join(words)
    lines = laid(text)
    if lines:
        assert " ".join(lines) == text
        assert len(lines) <= 2
        assert max(map(columns, lines)) <= 42
    else:
        assert columns(text) > 42, "what fits a line is never refused"


@given(WORDS)
def test_one_line_is_kept_wherever_it_is_enough(words: list[str]) -> None:
    text = " ".join(words)
    assert (len(laid(text)) == 1) == (columns(text) <= 42)


@pytest.mark.parametrize(
    ("language", "text", "lines"),
    [
        pytest.param(
            "en",
            "We opened the windows because it was hot in there.",
            ["We opened the windows", "because it was hot in there."],
            id="before a conjunction",
        ),
        pytest.param(
            "en",
            "When the meeting ended, everybody went home by train.",
            ["When the meeting ended,", "everybody went home by train."],
            id="after a comma",
        ),
        pytest.param(
            "en",
            "It was late. Nobody wanted to go on with that work.",
            ["It was late.", "Nobody wanted to go on with that work."],
            id="after a sentence, though it looks less even",
        ),
        pytest.param(
            "fr",
            "Nous avons parlé longtemps avec les voisins du village.",
            ["Nous avons parlé longtemps", "avec les voisins du village."],
            id="before a French preposition",
        ),
        pytest.param(
            "en",
            "alpha beta gamma delta epsilon zeta eta theta iota",
            ["alpha beta gamma delta", "epsilon zeta eta theta iota"],
            id="else in the middle, the longer line below",
        ),
    ],
)
def test_lines_are_broken_where_a_reader_breathes(
    language: str, text: str, lines: list[str]
) -> None:
    assert laid(text, language) == lines


def test_a_title_is_not_parted_from_its_name() -> None:
    for line in laid("We shall ask the honourable Mr. Smithsonian about it"):
        assert not line.endswith("Mr.")


@pytest.mark.parametrize("text", ["word " * 30, "a " * 60, "x" * 43 + " y"])
def test_what_does_not_fit_two_lines_is_refused(text: str) -> None:
    assert laid(text) == []


def test_of_one_line_more_is_refused() -> None:
    assert laid("twelve cells", line_cells=12, lines=1) == ["twelve cells"]
    assert laid("thirteen cells", line_cells=12, lines=1) == []


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (" good", " morning", True),
        ("good ", "morning", True),
        (" good", "-natured", False),
        ("l'", "eau", False),
        ("天", "气", True),
        ("AI", "时", True),
        ("好", "。", False),
        ("好", "，", False),
        ("（", "好", False),
        ("「", "は", False),
        ("コ", "ー", False),
        ("ち", "ょ", False),
        ("人", "々", False),
    ],
)
def test_a_line_may_end_at_a_space_or_beside_a_wide_letter_but_not_before_its_stop(
    before: str, after: str, may: bool
) -> None:
    assert may_break(before, after) is may


@given(st.text(st.sampled_from("abcé字語ｶ́"), min_size=1, max_size=60), st.integers(2, 20))
def test_a_long_word_is_cut_into_pieces_that_fit_and_give_the_word(word: str, width: int) -> None:
    pieces = cut_up(f" {word}", width)
    assert "".join(pieces) == f" {word}"
    assert max(columns(piece.strip()) for piece in pieces) <= width


def test_a_word_that_fits_is_left_whole() -> None:
    assert cut_up(" incomprehensibilities", 22) == [" incomprehensibilities"]


def test_words_join_with_the_spaces_they_bring() -> None:
    assert joined([" It", "'s", " five", "-", "thirty", "."]) == "It's five-thirty."
