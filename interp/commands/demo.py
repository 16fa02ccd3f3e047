"""`interp demo`: a server and a client on this machine, and a minute of real French speech.

The whole path: gRPC client, gateway, Ray actor, Whisper, ordered events back; captions while it is
being spoken, then a caption file and a short report.
"""

import argparse
import asyncio
import json
import statistics
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path

from interp import app
from interp.client.client import connect
from interp.commands.source import feed, file_source
from interp.core.config import SessionConfig
from interp.core.events import Event, Output, SessionEnded, TargetText, Totals
from interp.core.logs import configure_logs
from interp.deployment import Deployment
from interp.engine.host import HostSettings
from interp.intake.format import AudioFormat, Encoding
from interp.models.settings import ModelSettings
from interp.outlets.captions.file import CaptionFile
from interp.outlets.outlet import Outlet, opened
from interp.outlets.report import Report
from interp.outlets.sound import SpeechFile
from interp.serve.config import ServerSettings
from interp.wire.messages import StreamConfig

RECORDING = "data/demo-fr.flac"
CHUNK_MS = 100
FORMATS = ("srt", "vtt")


def run(args: argparse.Namespace) -> int:
    """Serve, stream, save; 1 if nothing was written."""
    configure_logs("WARNING")
    args.out.mkdir(parents=True, exist_ok=True)
    speaks = app.voice_folder(ModelSettings()) is not None
    texts, totals = asyncio.run(_demo(args.policy, args.out, args.local))
    report = summary(args.policy, texts, totals)
    (args.out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print("\n" + "\n".join(f"{name:>24}  {value}" for name, value in report.items()))
    print(f"\n{'captions, speech' if speaks else 'captions'} and report: {args.out}")
    return 0 if totals.words else 1


async def _demo(policy: str, out: Path, local: bool) -> tuple[list[TargetText], Totals]:
    ray = "" if local else "Ray, "
    print(f"starting {ray}a gateway and a replica with Whisper base ...", flush=True)
    here = Deployment(
        server=ServerSettings(address="127.0.0.1:0"),
        host=HostSettings(lanes=2),
        models=ModelSettings(device="cpu"),
    )
    async with app.serving(here, local=local) as server:
        print("the speaker begins\n", flush=True)
        speaks = app.voice_folder(ModelSettings()) is not None
        return await _listen(f"127.0.0.1:{server.port}", policy, out, speaks)


async def _listen(
    address: str, policy: str, out: Path, speaks: bool
) -> tuple[list[TargetText], Totals]:
    session = SessionConfig("fr", "en", frozenset({Output.TEXT}), policy)
    report = Report(RECORDING, as_json=False, out=sys.stdout, err=sys.stderr)
    outlets: list[Outlet] = [report, *(CaptionFile(out / f"captions.{k}", "en") for k in FORMATS)]
    if speaks:
        session = replace(session, outputs=session.outputs | {Output.SPEECH})
        outlets.append(SpeechFile(out / "english.wav"))
    texts, totals = [], Totals()
    with (
        resources.as_file(resources.files("interp") / RECORDING) as file,
        opened(outlets) as take,
    ):
        source = file_source(file, None, CHUNK_MS)
        stream = StreamConfig(session, AudioFormat(Encoding.PCM16, source.rate_hz))
        async with connect(address) as client:
            async for body in client.interpret(stream, feed(source, CHUNK_MS, report.warn)):
                if isinstance(body, Event):
                    take(body)
                match body:
                    case TargetText():
                        texts.append(body)
                    case SessionEnded(ended):
                        totals = ended
    return texts, totals


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
