"""`interp stream`: a recording, or audio from a pipe, to a server at the speed of speech."""

import argparse
import asyncio
import io
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import replace
from pathlib import Path

from interp import environment
from interp.client.client import Client, ClientTls, Fed, connect
from interp.client.slides import slide_messages
from interp.commands.keys import Keys, typed
from interp.commands.options.session import session_config
from interp.commands.outputs import Wanted, planned
from interp.commands.slides import is_document, video_cues
from interp.commands.source import Source, feed, file_source, pipe_source
from interp.commands.translate import file_outlets
from interp.core.config import SessionConfig
from interp.core.errors import InterpError
from interp.core.events import Event
from interp.core.languages import language_of
from interp.intake.file import read_audio
from interp.intake.format import AudioFormat, Encoding
from interp.outlets.loudspeaker import Loudspeaker, sound_card
from interp.outlets.outlet import Outlet, opened
from interp.outlets.report import Report
from interp.outlets.under import Underlay
from interp.policies import parse
from interp.wire.messages import Control, SlideRead, StreamConfig

_WAITING_CHUNKS = 8
_REST_S = 10.0
"""After an interruption: how long to wait for the words that the server still owes."""
_EXIT = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def run(args: argparse.Namespace) -> int:
    """Stream until the audio and the answers end. The key is read from INTERP_KEY unless given.

    An interruption ends the speech: the rest is written and saved; a second one leaves at once.
    """
    parse(args.policy)
    language_of(args.source)
    return asyncio.run(_stream(args))


async def _stream(args: argparse.Namespace) -> int:
    piped = args.file == "-"
    file = Path("stdin" if piped else args.file)
    wanted = Wanted(args.captions, args.speech)
    (plan,) = planned([file], wanted, language_of(args.target))
    session = session_config(args, speech=bool(args.speech or args.play))
    report = Report(str(args.file), as_json=args.json, out=sys.stdout, err=sys.stderr)
    under = None if args.under is None or piped else Underlay(read_audio(file), args.under)
    # Files first: what was shown is saved, wherever an interruption falls.
    outlets: list[Outlet] = [*file_outlets(plan, session, under, bilingual=args.bilingual), report]
    if args.play:
        outlets.append(Loudspeaker(sound_card))
    if piped:
        source = await pipe_source(_stdin(), args.rate, args.chunk_ms)
    else:
        source = file_source(file, args.track, args.chunk_ms)
    given = ClientTls(args.tls_authority, args.tls_certificate, args.tls_key)
    tls = None if given == ClientTls() else given
    key = environment.api_key() if args.key is None else args.key
    with opened(outlets) as take:
        async with connect(args.server, key=key, tls=tls) as client:
            live = _Live(args, source, report)
            try:
                async for event in live.events(client, session):
                    take(event)
            except asyncio.CancelledError:
                if not live.status:
                    raise
            return live.status


def _stdin() -> io.BufferedReader:
    return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False))


class _Live:
    """One session: its audio and its controls go out, its events come in. status: of the exit."""

    def __init__(self, args: argparse.Namespace, source: Source, report: Report) -> None:
        self._args, self._source, self._report = args, source, report
        self._outgoing: asyncio.Queue[Fed | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_WAITING_CHUNKS)  # for audio; a control always finds some
        self._ended = asyncio.Event()
        slides: Path | None = args.slides
        self._document = slides.read_bytes() if slides and is_document(slides) else b""
        self.status = 0

    async def events(self, client: Client, session: SessionConfig) -> AsyncIterator[Event]:
        """What the session says."""
        config = replace(
            StreamConfig(session, AudioFormat(Encoding.PCM16, self._source.rate_hz)),
            resume_window_s=self._args.resume_window,
        )
        main = asyncio.current_task()
        assert main is not None, "runs in a task"
        self._catch_signals(main)
        steering: AbstractContextManager[None] = nullcontext()
        if self._report.live is not None:
            keys = Keys(session.policy, self._send, self._ended.set, self._report.live.status)
            steering = typed(keys.press)
        with steering:
            async with aclosing(client.interpret(config, self._feed())) as bodies:
                async for body in bodies:
                    if isinstance(body, Event):
                        yield body
                    elif isinstance(body, SlideRead):
                        self._report.warn(_told(body))

    def _send(self, control: Control) -> None:
        self._outgoing.put_nowait(control)

    def _catch_signals(self, main: "asyncio.Task[object]") -> None:
        loop = asyncio.get_running_loop()

        def interrupt(number: signal.Signals) -> None:
            self.status = _EXIT[number]
            if self._ended.is_set():
                main.cancel()
            self._ended.set()
            loop.call_later(_REST_S, main.cancel)

        for number in _EXIT:
            if signal.getsignal(number) != signal.SIG_IGN:
                loop.add_signal_handler(number, interrupt, number)

    async def _feed(self) -> AsyncIterator[Fed]:
        """Slides, then audio and controls as they come, until either audio or session has ended."""
        for part in slide_messages(self._document):
            yield part
        watch = asyncio.ensure_future(self._watch())
        pump = asyncio.ensure_future(self._pump())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            while True:
                item = asyncio.ensure_future(self._outgoing.get())
                await asyncio.wait({item, ended}, return_when=asyncio.FIRST_COMPLETED)
                if ended.done():
                    for control in self._left(item):
                        yield control
                    return
                if (sent := item.result()) is None:
                    await pump  # raises what went wrong with the audio
                    return
                if isinstance(sent, bytes):
                    self._room.release()
                yield sent
        finally:
            ended.cancel()
            pump.cancel()
            watch.cancel()

    async def _watch(self) -> None:
        """Have expected what the slides of a video say, each when it is up."""
        video: Path | None = self._args.slides
        if video is None or self._document:
            return
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        try:
            async with aclosing(video_cues(video)) as cues:
                async for cue in cues:
                    await asyncio.sleep(started_s + cue.at_ms / 1000 - loop.time())
                    self._outgoing.put_nowait(cue.control)
        except (InterpError, OSError) as error:
            self._report.warn(f"{video}: {error}")

    def _left(self, item: "asyncio.Future[Fed | None]") -> list[Fed]:
        """Controls not sent yet when the session was ended; audio that waits is dropped."""
        left = [item.result()] if item.done() else []
        item.cancel()
        while not self._outgoing.empty():
            left.append(self._outgoing.get_nowait())
        return [each for each in left if each is not None and not isinstance(each, bytes)]

    async def _pump(self) -> None:
        try:
            async for chunk in feed(self._source, self._args.chunk_ms, self._report.warn):
                await self._room.acquire()
                self._outgoing.put_nowait(chunk)
        finally:
            self._outgoing.put_nowait(None)


def _told(read: SlideRead) -> str:
    """What came of a slide, in a line."""
    if read.problem:
        return f"the slide was not read: {read.problem}"
    return f"{len(read.expected)} names and terms of the slide are expected"
