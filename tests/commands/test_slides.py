"""`--slides`: what is shown becomes what is expected, on this machine and through a server."""

import wave
from pathlib import Path

import pytest

from interp.cli import main
from interp.commands.slides import cues_of, is_document
from interp.core.events import Expect
from interp.engine.recording import Cue
from tests.client.gateway_thread import gateway_in_thread
from tests.fakes.replica import FakeReplica
from tests.slides.drawn import drawn, encoded, text_pdf, video

LENGTH_MS = 30_000
"""Longer than it takes to read a slide on a machine that is busy."""


def test_a_document_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    for name, content, known in (
        ("a", text_pdf(["Tokaj"]), True),
        ("b", encoded(drawn([]), "WEBP"), True),
        ("c", encoded(drawn([]), "JPEG"), True),
        ("d.pdf", b"RIFF\0\0\0\0WAVEfmt ", False),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert is_document(path) is known


def test_a_document_is_up_from_the_beginning_and_a_videos_slides_from_when_they_are_shown(
    tmp_path: Path,
) -> None:
    deck, talk = tmp_path / "deck.pdf", tmp_path / "talk.mkv"
    deck.write_bytes(text_pdf(["near Tokaj it rose", "they went to Debrecen"]))
    video([drawn(["near Tokaj"]), drawn(["to Debrecen"])], 4, str(talk))
    assert cues_of(deck) == [Cue(0, Expect(("Tokaj", "Debrecen")))]
    assert cues_of(talk) == [Cue(0, Expect(("Tokaj",))), Cue(4000, Expect(("Debrecen",)))]


@pytest.mark.slow
def test_what_a_server_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    talk, slide = tmp_path / "talk.wav", tmp_path / "slide.png"
    with wave.open(str(talk), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"\0\1" * 16 * LENGTH_MS)
    slide.write_bytes(encoded(drawn(["Tokaj in spring"]), "PNG"))
    with gateway_in_thread(FakeReplica()) as running:
        command = ["stream", str(talk), "--server", running.address, "--slides", str(slide)]
        assert main(command) == 0
    assert capsys.readouterr().err == f"{talk}: 1 names and terms of the slide are expected\n"
