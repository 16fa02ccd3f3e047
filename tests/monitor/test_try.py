"""The microphone of a real browser, as its MediaRecorder writes it, through a session and back."""

import asyncio
from pathlib import Path

import pytest

from tests import browser
from tests.fakes.replica import FakeReplica
from tests.monitor.web import paged
from tests.serve.gateway import serving, words

CHROMIUM = browser.find()
WRITTEN = "window.interpText.written('target')"
SPOKEN = 20
"""Words: two seconds of the fake microphone."""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
async def test_what_is_said_into_the_microphone_is_written_on_the_page(tmp_path: Path) -> None:
    async with serving(FakeReplica()) as gateway, paged(gateway) as page:
        written = await asyncio.to_thread(speak, page.port, tmp_path)
    count = len(written.split())
    assert count >= SPOKEN
    assert written == words(count)


def speak(port: int, folder: Path) -> str:
    """Start, wait until something is written, stop; all the text."""
    assert CHROMIUM
    with browser.opened(CHROMIUM, folder / "profile") as tab:
        tab.go(f"http://127.0.0.1:{port}/try")
        tab.evaluate("document.getElementById('form').requestSubmit()")
        tab.until(f"{WRITTEN}.split(' ').length > {SPOKEN}")
        tab.evaluate("document.getElementById('stop').click()")
        tab.until("document.getElementById('state').textContent === 'ended'")
        assert not tab.evaluate("document.getElementById('problem').textContent")
        return str(tab.evaluate(WRITTEN))
