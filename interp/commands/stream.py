"""`interp stream`: a recording, or raw audio from a pipe, to a server at the speed of speech."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from interp import app
from interp.client.client import ClientTls, connect, paced
from interp.commands.translate import add_output, add_session, session_config
from interp.core.audio import PCM16_BYTES, SOURCE_RATE_HZ, to_pcm16
from interp.core.events import Event, TargetText, Warned
from interp.intake.file import read_audio
from interp.intake.format import AudioFormat, Encoding
from interp.outlets import subtitles
from interp.outlets.loudspeaker import Loudspeaker, sound_card
from interp.outlets.outlet import Outlet, opened
from interp.outlets.report import Report
from interp.outlets.sound import SpeechFile
from interp.outlets.under import Original
from interp.wire.messages import StreamConfig


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("file", metavar="FILE", help="an audio file, or - for PCM16 on stdin")
    parser.add_argument("--server", default="127.0.0.1:50051", help="default: %(default)s")
    parser.add_argument("--rate", type=int, default=16_000, help="of PCM16 on stdin, Hz")
    parser.add_argument("--chunk-ms", type=int, default=100, help="audio per message")
    parser.add_argument("--tls-authority", help="PEM of the authority that signed the server")
    add_session(parser)
    add_output(parser)
    parser.add_argument("--play", action="store_true", help="speak, on this machine's loudspeaker")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Stream until the audio and the answers end. The key is read from INTERP_KEY."""
    texts = asyncio.run(_stream(args))
    if args.captions:
        subtitles.save(args.captions, texts)
    return 0


async def _stream(args: argparse.Namespace) -> list[TargetText]:
    rate_hz = args.rate if args.file == "-" else SOURCE_RATE_HZ
    session = session_config(args, speech=bool(args.speech or args.play))
    config = StreamConfig(session, AudioFormat(Encoding.PCM16, rate_hz))
    tls = ClientTls(authority=args.tls_authority) if args.tls_authority else None
    report = Report(args.file, as_json=args.json, out=sys.stdout)
    outlets: list[Outlet] = [report]
    if args.speech:
        outlets.append(SpeechFile(args.speech, _original(args)))
    if args.play:
        outlets.append(Loudspeaker(sound_card))
    with opened(outlets) as take:
        async with connect(args.server, key=app.api_key(), tls=tls) as client:
            async for body in client.interpret(config, _audio(args, rate_hz)):
                if isinstance(body, Warned):
                    print(f"warning: {body.code} {body.amount_ms} ms", file=sys.stderr)
                elif isinstance(body, Event):
                    take(body)
    return report.texts


def _original(args: argparse.Namespace) -> Original | None:
    """What is streamed, for under its interpretation; a pipe is not known beforehand."""
    if args.under is None or args.file == "-":
        return None
    return Original(read_audio(Path(args.file)), args.under)


def _audio(args: argparse.Namespace, rate_hz: int) -> AsyncIterator[bytes]:
    chunk_bytes = rate_hz * args.chunk_ms // 1000 * PCM16_BYTES
    if args.file == "-":
        return _pipe(sys.stdin.buffer, chunk_bytes)
    return paced(recording_chunks(Path(args.file), chunk_bytes), args.chunk_ms)


def recording_chunks(file: Path, chunk_bytes: int) -> Iterator[bytes]:
    """A file's audio as PCM16 at 16 kHz, in chunks."""
    content = to_pcm16(read_audio(file))
    return (content[i : i + chunk_bytes] for i in range(0, len(content), chunk_bytes))


async def _pipe(source: BinaryIO, chunk_bytes: int) -> AsyncIterator[bytes]:
    """What a live source writes, as it comes."""
    while chunk := await asyncio.to_thread(source.read, chunk_bytes):
        yield chunk
