import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.outlets.captions.width import cells, directed, is_wide, runs_left

MARK = "\N{RIGHT-TO-LEFT MARK}"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("Good morning.", 13),
        ("café", 4),
        ("cafe\N{COMBINING ACUTE ACCENT}", 4),
        ("今天", 4),
        ("カタカナ", 8),
        ("ｶﾀｶﾅ", 4),
        ("안녕", 4),
        ("AI时代", 6),
        ("，", 2),
        ("مرحبا", 5),
        ("שלום", 4),
        (f"{MARK}שלום{MARK}", 4),
    ],
)
def test_width_is_what_a_screen_gives_it(text: str, width: int) -> None:
    assert cells(text) == width


@given(st.text("ab字語é "), st.text("ab字語é "))
def test_two_texts_are_as_wide_together_as_apart(one: str, other: str) -> None:
    assert cells(one + other) == cells(one) + cells(other)


@pytest.mark.parametrize(
    ("letter", "wide"), [("天", True), ("，", True), ("a", False), ("ｶ", False)]
)
def test_lines_may_break_beside_wide_letters_alone(letter: str, wide: bool) -> None:
    assert is_wide(letter) is wide


@pytest.mark.parametrize(
    ("line", "leftwards"),
    [
        ("שלום", True),
        ("مرحبا بكم.", True),
        ("اردو", True),
        ("Windows مرحبا", True),
        ("Good morning.", False),
        ("今天", False),
        ("12:30, 45 %", False),
        ("", False),
    ],
)
def test_a_line_with_hebrew_or_arabic_is_marked_at_both_ends_and_no_other(
    line: str, leftwards: bool
) -> None:
    assert runs_left(line) is leftwards
    assert directed(line) == (f"{MARK}{line}{MARK}" if leftwards else line)


def test_a_mark_takes_no_room_on_the_line() -> None:
    assert cells(directed("مرحبا بكم.")) == cells("مرحبا بكم.")
