"""Three pages of a real browser whose lines are cut again and again."""

import asyncio
import random
from pathlib import Path

import pytest

from interp.core.events import TargetText
from interp.monitor.answers import RETRY_MS
from tests import browser
from tests.browser import Tab
from tests.fakes.replica import FakeReplica
from tests.monitor.web import paged
from tests.serve.front import Front
from tests.serve.gateway import CONFIG, audio, serving, text_of

CHROMIUM = browser.find()
WRITTEN = "window.interpText.written('target')"
CUTS = 20
WORDS = 200
"""Ten a second."""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.timeout(120)
async def test_three_pages_show_what_the_client_got_after_twenty_cuts(tmp_path: Path) -> None:
    async with (
        serving(FakeReplica()) as gateway,
        paged(gateway, keep_s=60.0) as page,
        Front([page.port]) as front,
    ):
        talk = await gateway.call(timeout_s=100.0).say(CONFIG, audio(1))
        (row,) = await page.sessions()
        shared = await page.ask(f"/v1/sessions/{row['id']}:share", {})
        paths = [f"/session/{row['id']}", f"/read/{shared.json['token']}", f"/session/{row['id']}"]
        urls = [f"http://127.0.0.1:{front.port}{path}" for path in paths]
        opened, ended = asyncio.Event(), asyncio.Event()
        reading = asyncio.create_task(read(urls, tmp_path, opened, ended))
        await opened.wait()
        cuts = set(random.Random(5).sample(range(3, WORDS), CUTS))
        for number in range(2, WORDS + 1):
            await talk.say(audio(number))
            await asyncio.sleep(0.1)
            if number in cuts:
                front.cut()
        await talk.half_close()
        bodies = await talk.rest()
        await asyncio.sleep(2 * RETRY_MS / 1000)
        ended.set()
        shown = await reading
    assert len(cuts) == CUTS
    written = text_of(body for body in bodies if isinstance(body, TargetText))
    assert shown == [written] * 3
    assert len(written.split()) == WORDS


async def read(
    urls: list[str], folder: Path, opened: asyncio.Event, ended: asyncio.Event
) -> list[str]:
    """What stands on each page at the end."""
    assert CHROMIUM
    with browser.opened(CHROMIUM, folder / "profile") as first:
        tabs = [first, first.another(), first.another()]
        for tab, url in zip(tabs, urls, strict=True):
            await asyncio.to_thread(tab.go, url)
        opened.set()
        while not ended.is_set():  # what the browser tells is read, or its pipe fills up
            await asyncio.to_thread(first.evaluate, "0")
            await asyncio.sleep(0.5)
        return [await asyncio.to_thread(at_end, tab) for tab in tabs]


def at_end(tab: Tab) -> str:
    tab.until("document.getElementById('state').textContent === 'ended'")
    return str(tab.evaluate(WRITTEN))
