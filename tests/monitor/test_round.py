"""An interpreter's round in a real browser, on a session of real weights fed by real speech."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from interp import app
from interp.client.client import connect, paced
from interp.core.audio import to_pcm16
from interp.core.config import Also, SessionConfig
from interp.core.events import Output, TargetSpeech, TargetText
from interp.deployment import Deployment
from interp.intake.file import read_audio
from interp.intake.format import AudioFormat, Encoding
from interp.monitor.settings import PageSettings
from interp.serve.config import ServerSettings
from interp.service import serving
from interp.wire.messages import Body, Correction, Notice, NoticeCode, StreamConfig
from tests import browser
from tests.browser import Tab
from tests.serve.gateway import eventually

CHUNK_MS = 100
SECONDS = 34
SPEECH = Path(app.__file__).parent / "data" / "demo-fr.flac"
AXE = Path(os.environ.get("AXE", "build/tools/axe.min.js"))
PICTURES = Path("out/page")
WINDOW = {"width": 1280, "height": 860, "deviceScaleFactor": 1, "mobile": False}
Do: TypeAlias = Callable[[Callable[[Tab], Any]], Awaitable[Any]]

OUTPUTS = frozenset({Output.TEXT, Output.SPEECH, Output.SOURCE_TEXT})

WRITTEN = "window.interpText.written('target')"
CHROMIUM = browser.find()
pytestmark = [
    pytest.mark.weights,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]


@dataclass
class Heard:
    """What the client got. at_s: when the newest speech of the voice came, on the loop's clock."""

    bodies: list[Body] = field(default_factory=list)
    at_s: float = 0.0

    @property
    def human(self) -> bool:
        """Whether a person was heard."""
        return any(isinstance(body, TargetSpeech) and body.human for body in self.bodies)

    @property
    def said(self) -> bool:
        """Whether a word was said in full."""
        return any(isinstance(body, TargetSpeech) and body.text for body in self.bodies)

    @property
    def repeated(self) -> bool:
        """Whether something was said again."""
        return any(isinstance(body, TargetSpeech) and body.repeated for body in self.bodies)

    def text(self, target: int = 0) -> str:
        texts = [b for b in self.bodies if isinstance(b, TargetText) and b.target == target]
        return "".join(word.text for text in texts for word in text.words)


async def speak(address: str, heard: Heard) -> None:
    """A client at the speed of speech."""
    samples = read_audio(SPEECH)[: SECONDS * 16_000]
    pcm = to_pcm16(samples)
    size = CHUNK_MS * 32
    chunks = [pcm[at : at + size] for at in range(0, len(pcm), size)]
    session = SessionConfig("fr", "en", OUTPUTS, also=(Also("pt", frozenset({Output.TEXT})),))
    config = StreamConfig(session, AudioFormat(Encoding.PCM16))
    async with connect(address) as client:
        async for body in client.interpret(config, paced(chunks, CHUNK_MS)):
            heard.bodies.append(body)
            if isinstance(body, TargetSpeech) and not body.human:
                heard.at_s = asyncio.get_running_loop().time()


def violations(tab: Tab) -> list[str]:
    """What axe finds against WCAG 2.2 AA; nothing where axe is not at hand."""
    if not AXE.is_file():
        return []
    tab.evaluate(AXE.read_text(encoding="utf-8") + "; true")
    tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
    run = {"runOnly": {"type": "tag", "values": tags}}
    found = tab.settled(
        f"axe.run(document, {json.dumps(run)}).then(r => r.violations.map("
        "v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))"
    )
    return [str(each) for each in found]


@pytest.mark.timeout(180)
async def test_an_interpreters_round(tmp_path: Path) -> None:
    deployment = Deployment(
        server=ServerSettings(address="127.0.0.1:0"),
        page=PageSettings(address="127.0.0.1:0", keep_s=60.0),
    )
    heard = Heard()
    async with serving(deployment, local=True) as server:
        home = f"http://127.0.0.1:{server.page_port}"
        talking = asyncio.create_task(speak(f"127.0.0.1:{server.port}", heard))
        async with tab_of(tmp_path) as do:
            await do(lambda tab: look_around(tab, home))
            await steer(do, heard)
            written = await finish(do, talking, heard)
    expected = [heard.text(0), heard.text(1)]
    assert written == expected, "the page shows what the client got, to the character"
    assert all(expected)
    assert Correction(0, "As it should read", "anyone") in heard.bodies
    told = [body.code for body in heard.bodies if isinstance(body, Notice)]
    assert told == [NoticeCode.SLOW_DOWN, NoticeCode.TAKEN_OVER, NoticeCode.HANDED_BACK]
    assert heard.human


@asynccontextmanager
async def tab_of(folder: Path) -> AsyncIterator[Do]:
    """A browser in threads beside the loop; gives a way to do something with its tab."""
    assert CHROMIUM
    with ExitStack() as stack:
        opened = browser.opened(CHROMIUM, folder / "profile")
        tab = await asyncio.to_thread(stack.enter_context, opened)
        tab.ask("Emulation.setDeviceMetricsOverride", **WINDOW)
        yield lambda deed: asyncio.to_thread(deed, tab)


def look_around(tab: Tab, home: str) -> None:
    """The overview, then into the session, where captions are being written."""
    tab.go(home)
    tab.until("document.querySelector('#rows a') !== null")
    assert violations(tab) == []
    tab.picture(PICTURES / "overview.png")
    tab.evaluate("document.querySelector('#rows a').click()")
    tab.until("document.querySelector('.target .written')?.textContent.length > 10")
    assert violations(tab) == []


async def steer(do: Do, heard: Heard) -> None:
    """Mute and be heard no more, change k, add a term, correct, repeat, read another target, slow
    down, take over and hand back."""
    loop = asyncio.get_running_loop()
    await eventually(lambda: heard.at_s, 20)
    await do(lambda tab: tab.evaluate("document.getElementById('mute').click()"))
    muted_s = loop.time()
    await do(lambda tab: tab.until("document.getElementById('mute').ariaPressed === 'true'"))
    await asyncio.sleep(1.5)
    assert heard.at_s - muted_s < 0.15, "silent within 150 ms"
    await do(lambda tab: tab.evaluate("document.getElementById('mute').click()"))
    await do(lambda tab: fill(tab, "k-form", {"k": "4"}))
    await do(lambda tab: tab.until("document.getElementById('policy').value === 'waitk:k=4'"))
    await do(lambda tab: fill(tab, "term-form", {"term-source": "poste", "term-target": "line"}))
    await do(lambda tab: tab.until("document.getElementById('terms').textContent.includes('line')"))
    correction = {"correct-segment": "0", "correct-text": "As it should read"}
    await do(lambda tab: fill(tab, "correct-form", correction))
    await do(lambda tab: tab.until("document.querySelector('ins.correction') !== null"))
    await eventually(lambda: heard.said, 20)
    await do(lambda tab: tab.evaluate("document.getElementById('repeat').click()"))
    await eventually(lambda: heard.repeated, 20)
    await do(lambda tab: choose(tab, 1))
    await do(lambda tab: tab.until("window.interpText.written('target').length > 10"))
    await do(lambda tab: choose(tab, 0))
    await do(lambda tab: tab.evaluate("document.getElementById('slow').click()"))
    await do(lambda tab: tab.evaluate("document.getElementById('take').click()"))
    await do(lambda tab: tab.until("document.getElementById('take').textContent === 'Hand back'"))
    await eventually(lambda: heard.human, 20)
    await do(lambda tab: tab.picture(PICTURES / "session.png"))
    await do(lambda tab: tab.evaluate("document.getElementById('take').click()"))
    await do(lambda tab: tab.until("document.getElementById('countdown').textContent"))
    await do(lambda tab: tab.until("document.getElementById('take').textContent === 'Take over'"))


def choose(tab: Tab, target: int) -> None:
    """Another target."""
    chosen = "document.getElementById('target')"
    tab.evaluate(f"{chosen}.value = {target}; {chosen}.dispatchEvent(new Event('change'))")


def fill(tab: Tab, form: str, values: dict[str, str]) -> None:
    """Fill in a form and send it."""
    for name, value in values.items():
        tab.evaluate(f"document.getElementById('{name}').value = {json.dumps(value)}")
    tab.evaluate(f"document.getElementById('{form}').requestSubmit()")


async def finish(do: Do, talking: "asyncio.Task[None]", heard: Heard) -> list[str]:
    """To the end of the speech: captions to take away, the audience's page, both texts."""
    link = await do(share)
    await talking
    await do(lambda tab: tab.until("document.getElementById('state').textContent === 'ended'"))
    await do(lambda tab: tab.evaluate("document.getElementById('bilingual').click()"))
    for number, sign in enumerate(("-->", "WEBVTT", "<tt ", "\n")):
        link_of = f"document.querySelectorAll('#exports a')[{number}].href"
        content = await do(partial(Tab.settled, expression=f"fetch({link_of}).then(r => r.text())"))
        assert sign in content
    written = [str(await do(lambda tab: tab.evaluate(WRITTEN)))]
    await do(lambda tab: tab.picture(PICTURES / "ended.png"))
    await do(lambda tab: choose(tab, 1))
    await do(lambda tab: tab.until(f"{WRITTEN} !== {json.dumps(written[0])} && {WRITTEN}"))
    written.append(str(await do(lambda tab: tab.evaluate(WRITTEN))))
    await do(lambda tab: read(tab, link, heard))
    return written


def share(tab: Tab) -> str:
    tab.evaluate("document.getElementById('share').click()")
    return str(tab.until("document.getElementById('share-link').getAttribute('href')"))


def read(tab: Tab, link: str, heard: Heard) -> None:
    """The audience reads the same."""
    origin = tab.evaluate("location.origin")
    tab.go(f"{origin}{link}")
    tab.until("document.querySelector('#captions .written') !== null")
    assert violations(tab) == []
    tab.picture(PICTURES / "audience.png")
    assert tab.evaluate(WRITTEN) == heard.text()
