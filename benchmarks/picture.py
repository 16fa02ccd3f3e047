"""Draws docs/captions.svg: live captions at one moment of the demo's recording.

python -m benchmarks.picture
"""

import io
from importlib import resources
from pathlib import Path

from rich.console import Console

from interp import app
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import Event, Output, TargetText
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings
from interp.outlets.captions.rules import Rules
from interp.outlets.terminal import Roll

OUT = Path("docs/captions.svg")
MOMENT_MS = 20_000


def main() -> None:
    """Hear the recording up to the moment; draw what a terminal shows then."""
    recording = resources.files("interp") / "data" / "demo-fr.flac"
    with resources.as_file(recording) as file:
        samples = read_audio(file)[: MOMENT_MS * 16]
    clock = VirtualClock()
    config = SessionConfig("fr", "en", frozenset({Output.TEXT}))
    stage = app.session(config, app.models(ModelSettings(), speaking=False), clock)
    draw([event for event in interpret(stage, samples, clock) if heard_by(event, MOMENT_MS)])


def heard_by(event: Event, moment_ms: int) -> bool:
    """Whether it is text that was on the screen by then."""
    return isinstance(event, TargetText) and all(w.elapsed_ms <= moment_ms for w in event.words)


def draw(events: list[Event]) -> None:
    """The last lines, written words bright and the tentative tail dim."""
    width = Rules().line_cells + 18
    console = Console(record=True, width=width, height=8, file=io.StringIO())
    texts = [event for event in events if isinstance(event, TargetText)]
    roll = Roll()
    for text in texts:
        roll.write("".join(word.text for word in text.words))
    tail = next((text.tentative for text in reversed(texts) if text.tentative), "")
    newest = next(text.words[-1] for text in reversed(texts) if text.words)
    console.print("[cyan]$ interp stream talk.flac --from fr --to en[/cyan]\n")
    for written, tentative in roll.lines(tail):
        console.print(f"[bold]{written}[/bold] [dim]{tentative}[/dim]", highlight=False)
    behind_s = (newest.elapsed_ms - newest.source_end_ms) / 1000
    clock = f"00:{MOMENT_MS // 1000}"
    console.print(f"\n[cyan]{clock}  {behind_s:.1f} s behind  m mute  s skip  q quit[/cyan]")
    console.save_svg(str(OUT), title="interp")


if __name__ == "__main__":
    main()
