import io

from rich.console import Console

from interp.core.events import SourceText, TargetText, Warned, WarningCode, WrittenWord
from interp.outlets.terminal import LiveTerminal, Roll

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
