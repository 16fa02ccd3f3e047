"""Builds the parts and knows them all. The only reader of the environment."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path

import torch

from interp.cluster.pool import RayPool
from interp.cluster.settings import ClusterConfig
from interp.core.audio import SOURCE_RATE_HZ, silence
from interp.core.clock import Clock, MonotonicClock
from interp.core.config import SessionConfig
from interp.core.synthesiser import SpeakStep, Voice
from interp.core.translator import Ask, DecodeStep, EncodeStep
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host, HostSettings
from interp.engine.replica import ReplicaInfo
from interp.engine.session import Session, SessionSettings
from interp.models.catalog import CATALOGUE
from interp.models.store import Store, WeightsError
from interp.models.vad import SileroDetector
from interp.models.voice.synthesiser import VoiceSynthesiser, load_synthesiser
from interp.models.whisper.checkpoint import load_whisper
from interp.models.whisper.translator import WhisperTranslator
from interp.serve.config import ServerConfig
from interp.serve.server import Server

VOICE = "data/voice-en"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """whisper: a name of the catalogue. threads: of torch, in each process; 0: all cores.

    voice: a folder with a voice; None: the package's own, where it has one.
    """

    whisper: str = "whisper-base"
    threads: int = 1
    voice: Path | None = None


def store() -> Store:
    """The weights of this machine: INTERP_MODELS, or the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Store(CATALOGUE, Path(os.environ.get("INTERP_MODELS") or Path(cache, "interp")))


def api_key() -> str:
    """The key that clients of this user send: INTERP_KEY."""
    return os.environ.get("INTERP_KEY", "")


def translator(settings: ModelSettings) -> WhisperTranslator:
    """The streaming Whisper that `settings` names. Raises WeightsError."""
    _set_threads(settings)
    (checkpoint,) = store().open(settings.whisper)
    return WhisperTranslator.from_checkpoint(load_whisper(checkpoint))


def voice_folder(settings: ModelSettings) -> Path | None:
    """Where the voice is that `settings` names; None where it names none and the package has none.

    Raises WeightsError where what it names is no folder.
    """
    folder = settings.voice or Path(str(resources.files("interp") / VOICE))
    if folder.is_dir():
        return folder
    if settings.voice:
        raise WeightsError(f"there is no voice in {folder}")
    return None


def voice(settings: ModelSettings) -> VoiceSynthesiser:
    """The voice that `settings` names. Raises WeightsError where there is none."""
    folder = voice_folder(settings)
    if folder is None:
        raise WeightsError("this package comes without a voice; --voice names a folder with one")
    _set_threads(settings)
    return load_synthesiser(folder)


def _set_threads(settings: ModelSettings) -> None:
    torch.set_num_threads(settings.threads or len(os.sched_getaffinity(0)))


def detector() -> SileroDetector:
    """What tells speech from the rest."""
    return SileroDetector()


def gate() -> Gate:
    """The speech gate on Silero's VAD."""
    return Gate(detector(), GateSettings())


def session(
    config: SessionConfig,
    model: WhisperTranslator,
    clock: Clock,
    synthesiser: VoiceSynthesiser | None = None,
) -> Session:
    """A session for one recording in this process."""
    return Session(
        config,
        gate=gate(),
        translator=model,
        clock=clock,
        settings=SessionSettings(),
        synthesiser=synthesiser,
    )


def build_host(models: ModelSettings, hosting: HostSettings) -> Host:
    """What a replica calls in its own process; picklable with its arguments as a partial."""
    model = translator(models)
    speaks = voice(models) if voice_folder(models) else None
    _warm_up(model, speaks)
    voices = (Voice(speaks.name, speaks.language),) if speaks else ()
    return Host(
        gate=gate(),
        translator=model,
        clock=MonotonicClock(),
        settings=hosting,
        info=ReplicaInfo(hosting.lanes, model.pairs, voices, models.whisper),
        synthesiser=speaks,
    )


def _warm_up(model: WhisperTranslator, speaks: VoiceSynthesiser | None) -> None:
    """The first pass through torch is slow; let it not be a speaker's."""
    source = model.init_source()
    pair = min(model.pairs)
    target = model.init_target(source, pair.source, pair.target, "")
    model.encode([EncodeStep(source, silence(SOURCE_RATE_HZ), finished=True)])
    model.decode([DecodeStep(target, Ask(words=1), accepted=0, finished=True)])
    if speaks:
        speaks.speak([SpeakStep(speaks.init_state(0), ("One.",), 1.0, 0, frames=1)])


@asynccontextmanager
async def serving(
    config: ServerConfig, cluster: ClusterConfig, models: ModelSettings, hosting: HostSettings
) -> AsyncIterator[Server]:
    """A running server on Ray; leaving the context drains it. Raises OSError, WeightsError."""
    await asyncio.to_thread(store().verify, models.whisper)
    voice_folder(models)
    pool = await RayPool.start(cluster, partial(build_host, models, hosting))
    try:
        server, stop = Server(config=config, pool=pool, clock=MonotonicClock()), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            supervising = tasks.create_task(pool.supervise())
            running = tasks.create_task(server.run(stop))
            await server.started.wait()
            try:
                yield server
            finally:
                stop.set()
                await running
                supervising.cancel()
    finally:
        await pool.stop()
