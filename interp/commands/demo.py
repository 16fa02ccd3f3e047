"""`interp demo`: a server and a client on this machine, and a minute of real French or English.

The whole path: gRPC client, gateway, Ray actor, Whisper, ordered events back; captions while it is
being spoken, then a caption file and a short report.
"""

import argparse
import asyncio
import json
import statistics
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from interp import app
from interp.client.client import connect, paced
from interp.commands.stream import recording_chunks
from interp.core.audio import PCM16_BYTES, SOURCE_RATE_HZ
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.errors import NotServed, Reason
from interp.core.events import Event, Output, SessionEnded, TargetText, Totals
from interp.core.logs import configure_logs
from interp.deployment import Deployment
from interp.engine.host import HostSettings
from interp.intake.format import AudioFormat, Encoding
from interp.models.settings import ModelSettings
from interp.outlets import subtitles
from interp.outlets.outlet import Outlet, opened
from interp.outlets.report import Report
from interp.outlets.sound import SpeechFile
from interp.serve.config import ServerSettings
from interp.wire.messages import StreamConfig

RECORDINGS = {"fr": "data/demo-fr.flac", "en": "data/demo-en.flac"}
SPEECH = {"en": "english.wav"}
"""The file of the speech, by target language; others are named by their code."""

CHUNK_MS = 100


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "--from", dest="source", default="fr", choices=sorted(RECORDINGS), help="default: fr"
    )
    parser.add_argument("--to", dest="target", default="en", help="wanted language; default: en")
    parser.add_argument("--policy", default=DEFAULT_POLICY, help="default: %(default)s")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="default: %(default)s")
    parser.add_argument("--local", action="store_true", help="without Ray, in this process")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve, stream, save; 1 if nothing was written."""
    configure_logs("WARNING")
    args.out.mkdir(parents=True, exist_ok=True)
    speech = args.out / SPEECH.get(args.target, f"speech-{args.target}.wav")
    heard = asyncio.run(_demo(_Wish(args.source, args.target, args.policy, speech), args.local))
    texts, totals = heard.texts, heard.totals
    subtitles.save(args.out / "captions.vtt", texts)
    subtitles.save(args.out / "captions.srt", texts)
    report = summary(args.policy, texts, totals)
    (args.out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print("\n" + "\n".join(f"{name:>24}  {value}" for name, value in report.items()))
    print(f"\n{'captions, speech' if heard.spoken else 'captions'} and report: {args.out}")
    return 0 if totals.words else 1


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be interpreted. speech: where to, if there is a voice for the target."""

    source: str
    target: str
    policy: str
    speech: Path


@dataclass(frozen=True, slots=True)
class _Heard:
    texts: list[TargetText]
    totals: Totals
    spoken: bool


async def _demo(wish: _Wish, local: bool) -> _Heard:
    ray = "" if local else "Ray, "
    print(f"starting {ray}a gateway and a replica with Whisper base ...", flush=True)
    here = Deployment(
        server=ServerSettings(address="127.0.0.1:0"),
        host=HostSettings(lanes=2),
        models=ModelSettings(device="cpu"),
    )
    async with app.serving(here, local=local) as server:
        print("the speaker begins\n", flush=True)
        address = f"127.0.0.1:{server.port}"
        try:
            return await _listen(address, wish, spoken=True)
        except NotServed as error:
            if error.reason is not Reason.VOICE_NOT_SERVED:
                raise
            return await _listen(address, wish, spoken=False)


async def _listen(address: str, wish: _Wish, *, spoken: bool) -> _Heard:
    outputs = frozenset({Output.TEXT, Output.SPEECH} if spoken else {Output.TEXT})
    stream = StreamConfig(
        SessionConfig(wish.source, wish.target, outputs, wish.policy),
        AudioFormat(Encoding.PCM16, SOURCE_RATE_HZ),
    )
    recording = RECORDINGS[wish.source]
    totals = Totals()
    chunk_bytes = SOURCE_RATE_HZ * CHUNK_MS // 1000 * PCM16_BYTES
    report = Report(recording, as_json=False, out=sys.stdout)
    outlets: list[Outlet] = [report, SpeechFile(wish.speech)] if spoken else [report]
    with (
        resources.as_file(resources.files("interp") / recording) as file,
        opened(outlets) as take,
    ):
        chunks = paced(recording_chunks(file, chunk_bytes), CHUNK_MS)
        async with connect(address) as client:
            async for body in client.interpret(stream, chunks):
                if isinstance(body, SessionEnded):
                    totals = body.totals
                elif isinstance(body, Event):
                    take(body)
    return _Heard(report.texts, totals, spoken)


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
