"""`interp demo`: a server and a client on this machine, and a minute of real French or English.

The whole path: gRPC client, gateway, Ray actor, Whisper, ordered events back; captions while it is
being spoken, then a caption file and a short report.
"""

import argparse
import asyncio
import json
import statistics
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from interp.client.client import connect
from interp.commands.serve import interrupted
from interp.commands.source import feed, file_source
from interp.core.config import SessionConfig
from interp.core.errors import NotServed, Reason
from interp.core.events import Event, Output, SessionEnded, TargetText, Totals
from interp.core.languages import language_of
from interp.core.logs import configure_logs
from interp.deployment import Deployment
from interp.engine.host import HostSettings
from interp.intake.format import AudioFormat, Encoding
from interp.models.settings import ModelSettings
from interp.monitor.settings import PageSettings
from interp.outlets.captions.file import CaptionFile
from interp.outlets.outlet import Outlet, opened
from interp.outlets.report import Report
from interp.outlets.sound import SpeechFile
from interp.policies import parse
from interp.serve.config import ServerSettings
from interp.service import serving
from interp.wire.messages import StreamConfig

RECORDINGS = {"fr": "data/demo-fr.flac", "en": "data/demo-en.flac"}
SPEECH = {"en": "english.wav"}
"""The file of the speech, by target language; others are named by their code."""

CAPTIONS = ("srt", "vtt")
CHUNK_MS = 100
PAGE_STAYS_S = 3600.0


def run(args: argparse.Namespace) -> int:
    """Serve, stream, save; 1 if nothing was written."""
    configure_logs("WARNING")
    parse(args.policy)
    language_of(args.target)
    args.out.mkdir(parents=True, exist_ok=True)
    wish = Wish(args.source, args.target, args.policy, args.out)
    heard = asyncio.run(_demo(wish, local=args.local, stay=args.page))
    texts, totals = heard.texts, heard.totals
    report = summary(args.policy, texts, totals)
    (args.out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print("\n" + "\n".join(f"{name:>24}  {value}" for name, value in report.items()))
    print(f"\n{'captions, speech' if heard.spoken else 'captions'} and report: {args.out}")
    return 0 if totals.words else 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be interpreted. out: the folder for what comes of it."""

    source: str
    target: str
    policy: str
    out: Path

    def outlets(self, *, spoken: bool) -> list[Outlet]:
        """The files. spoken: there is a voice for the target."""
        language = language_of(self.target)
        speech = self.out / SPEECH.get(language, f"speech-{language}.wav")
        captions = (CaptionFile(self.out / f"captions.{kind}", language) for kind in CAPTIONS)
        return [*captions, *([SpeechFile(speech)] if spoken else [])]


@dataclass(frozen=True, slots=True)
class _Heard:
    texts: list[TargetText]
    totals: Totals
    spoken: bool


async def _demo(wish: Wish, *, local: bool, stay: bool) -> _Heard:
    ray = "" if local else "Ray, "
    print(f"starting {ray}a gateway and a replica with Whisper base ...", flush=True)
    here = Deployment(
        server=ServerSettings(address="127.0.0.1:0"),
        host=HostSettings(lanes=2),
        models=ModelSettings(device="cpu"),
        page=PageSettings(address="127.0.0.1:0", keep_s=PAGE_STAYS_S if stay else 0.0),
    )
    async with serving(here, local=local) as server:
        page = f"http://127.0.0.1:{server.page_port}/"
        print(f"to watch and steer it: {page}\nthe speaker begins\n", flush=True)
        heard = await _spoken_if_can_be(f"127.0.0.1:{server.port}", wish)
        if stay:
            print(f"\nthe page stays at {page} until Ctrl-C", flush=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(PAGE_STAYS_S):
                    await interrupted(server.hurry)
    return heard


async def _spoken_if_can_be(address: str, wish: Wish) -> _Heard:
    """With speech where the target has a voice, else text alone."""
    try:
        return await _listen(address, wish, spoken=True)
    except NotServed as error:
        if error.reason is not Reason.VOICE_NOT_SERVED:
            raise
        return await _listen(address, wish, spoken=False)


async def _listen(address: str, wish: Wish, *, spoken: bool) -> _Heard:
    outputs = frozenset({Output.TEXT, Output.SPEECH} if spoken else {Output.TEXT})
    recording = RECORDINGS[wish.source]
    report = Report(recording, as_json=False, out=sys.stdout, err=sys.stderr)
    texts: list[TargetText] = []
    totals = Totals()
    with (
        resources.as_file(resources.files("interp") / recording) as file,
        opened([report, *wish.outlets(spoken=spoken)]) as take,
    ):
        source = file_source(file, None, CHUNK_MS)
        stream = StreamConfig(
            SessionConfig(wish.source, wish.target, outputs, wish.policy),
            AudioFormat(Encoding.PCM16, source.rate_hz),
        )
        async with connect(address) as client:
            async for body in client.interpret(stream, feed(source, CHUNK_MS, report.warn)):
                if isinstance(body, Event):
                    take(body)
                match body:
                    case TargetText():
                        texts.append(body)
                    case SessionEnded():
                        totals = body.totals
    return _Heard(texts, totals, spoken)


def summary(policy: str, texts: list[TargetText], totals: Totals) -> dict[str, str]:
    """The figures of one run, in words a person reads."""
    words = [word for text in texts for word in text.words]
    behind_s = [(word.elapsed_ms - word.source_end_ms) / 1000 for word in words]
    waiting_ms = [word.elapsed_ms - word.delay_ms for word in words]
    heard_s = totals.heard_ms / 1000
    return {
        "policy": policy,
        "speech heard": f"{heard_s:.1f} s in {totals.segments} segments",
        "words written": str(totals.words),
        "behind the speaker": f"{statistics.median(behind_s or [0]):.2f} s (median)",
        "compute behind audio": f"{statistics.median(waiting_ms or [0]):.0f} ms (median)",
        "model time": f"{totals.compute_ms / 1000 / max(heard_s, 1e-9):.2f} s per second heard",
    }
