import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from interp.core.events import Event, SourceText, TargetText, Warned, WarningCode, WrittenWord
from interp.outlets.terminal import LiveTerminal, Roll
from tests.outlets.caption_checker import columns

SENTENCE = "Please enter your conference number, followed by the pound key, and then wait for the"


def test_a_full_line_never_changes_and_the_tail_is_kept_apart() -> None:
    roll = Roll()
    full = []
    for word in SENTENCE.split():
        roll.write(" " + word)
        first, *second = roll.lines("")
        full += [first] if second else []
    assert list(dict.fromkeys(full)) == [
        ("Please enter your conference number,", ""),
        ("followed by the pound key, and then wait", ""),
    ]
    assert roll.lines(" perhaps")[-1] == ("for the", "perhaps")


def session(*, no_color: bool) -> str:
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, width=80, no_color=no_color, color_system="standard"
    )
    with LiveTerminal(console) as live:
        live.status.keys = "q quit"
        live.take(SourceText(0, (WrittenWord(" Bonjour", 0, 0, 0, 500),), "à"))
        live.take(TargetText(0, (WrittenWord(" Good", 500, 900, 0, 500),), " morning"))
        live.take(Warned(WarningCode.AUDIO_CLIPPED, 300))
        live.take(TargetText(0, (), segment_ended=True))
    return out.getvalue()


def test_source_captions_warnings_and_keys_each_have_their_line() -> None:
    drawn = session(no_color=False)
    for part in ("Bonjour à", "Good", "morning", "it clips (0.3 s)", "q quit", "0.4 s behind"):
        assert part in drawn
    line = next(line for line in drawn.splitlines() if "it clips" in line)
    assert "behind" in line
    assert "Good" not in line


def test_without_colour_no_colour_is_sent() -> None:
    assert "\x1b[36m" in session(no_color=False)
    assert "\x1b[36m" not in session(no_color=True)


def drawn(*events: Event, note: str = "") -> str:
    """What is on the screen, without colour, and what stays above it."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, color_system=None)
    with LiveTerminal(console) as live:
        live.status.note = note
        for event in events:
            live.take(event)
    return out.getvalue()


def words(text: str, at_ms: int = 0) -> tuple[WrittenWord, ...]:
    return tuple(
        WrittenWord(f" {word}", at_ms, at_ms + 1_500, at_ms, at_ms) for word in text.split()
    )


@given(st.lists(st.text("abcé字", min_size=1, max_size=12), min_size=1, max_size=40))
def test_no_rolling_line_is_wider_than_a_caption_and_the_newest_word_is_always_there(
    spoken: list[str],
) -> None:
    roll = Roll()
    for word in spoken:
        roll.write(f" {word}")
        lines = [written for written, _ in roll.lines("")]
        assert len(lines) <= 2
        assert max(map(columns, lines)) <= 42
        assert lines[-1].split()[-1] == word


@given(
    st.lists(st.sampled_from(["so", "we", "tomorrow"]), max_size=30), st.text("ab ", max_size=60)
)
def test_what_is_tentative_changes_nothing_that_is_written(spoken: list[str], guess: str) -> None:
    roll = Roll()
    roll.write(" ".join(spoken))
    before = roll.lines("")
    assert len(roll.lines(guess)) <= 2
    assert roll.lines("") == before


def test_each_finished_segment_stays_above_and_the_unfinished_one_when_it_ends() -> None:
    first = TargetText(0, words("First of all."), segment_ended=True)
    left = drawn(first, TargetText(1, words("And then"))).rsplit("\x1b[2K", 1)[-1]
    assert left.endswith("And then\n")
    assert "First of all.\n" in drawn(first)


@pytest.mark.parametrize("text", ["[bold]so[/bold]", "[/]", "[red]"])
def test_brackets_in_what_was_said_are_text_and_no_style(text: str) -> None:
    assert f"{text}\n" in drawn(TargetText(0, words(text), segment_ended=True))


def test_the_status_line_has_the_clock_the_lag_and_a_note() -> None:
    screen = drawn(TargetText(0, words("Good", 2_000)), note="muted")
    line = next(line for line in screen.splitlines() if "behind" in line)
    assert "00:00  1.5 s behind  muted" in line


def test_before_the_first_word_nothing_is_said_to_be_behind() -> None:
    screen = drawn(TargetText(0, (), tentative=" Good"))
    assert "Good" in screen
    assert "behind" not in screen


def test_the_environments_wish_for_no_colour_is_kept() -> None:
    for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        out = io.StringIO()
        console = Console(
            file=out,
            force_terminal=True,
            width=80,
            color_system="standard",
            _environ=environment,
        )
        with LiveTerminal(console) as live:
            live.take(TargetText(0, words("Good")))
        assert ("\x1b[36m" in out.getvalue()) is coloured
