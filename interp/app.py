"""Builds the parts and knows them all. The only reader of the environment."""

import importlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from prometheus_client import CollectorRegistry

from interp.core.clock import Clock, MonotonicClock
from interp.core.config import SessionConfig
from interp.core.errors import InvalidRequest, Reason
from interp.core.tracing import UNSEEN, Tracing
from interp.core.translator import Pair, Translator
from interp.deployment import Deployment
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host
from interp.engine.models import Models
from interp.engine.replica import ReplicaInfo
from interp.engine.session import Session
from interp.models.cascade.routes import routes
from interp.models.cascade.translator import CascadeTranslator
from interp.models.catalog import CATALOGUE
from interp.models.device import device_of
from interp.models.linear import Precision
from interp.models.marian.folder import find_students, read_student
from interp.models.marian.loading import load_student
from interp.models.marian.student import Student
from interp.models.omni.chat import Chat
from interp.models.omni.folder import is_omni, open_omni
from interp.models.omni.hearing import ear, hearer
from interp.models.omni.release import WEIGHTS
from interp.models.omni.translator import OmniTranslator
from interp.models.precision import settled as settle_precision
from interp.models.settings import ModelSettings
from interp.models.snac import Codec
from interp.models.store import FileContent, Store, WeightsError
from interp.models.vad import SileroDetector
from interp.models.voice.synthesiser import VoiceSynthesiser, check_voice, load_synthesisers
from interp.models.whisper.checkpoint import load_whisper
from interp.models.whisper.delta import with_delta
from interp.models.whisper.translator import WhisperTranslator
from interp.telemetry.settings import TelemetrySettings

OMNIS = "data/omni*"
VOICES = "data/voice-*"


def store() -> Store:
    """The weights of this machine: INTERP_MODELS, or the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Store(CATALOGUE, Path(os.environ.get("INTERP_MODELS") or Path(cache, "interp")))


def api_key() -> str:
    """The key that clients of this user send: INTERP_KEY."""
    return os.environ.get("INTERP_KEY", "")


def settled(settings: ModelSettings, precision: Precision | None = None) -> ModelSettings:
    """The same, with what is chosen by measuring chosen here: by who starts others that are to
    agree, replicas or workers. precision: in place of the settings' own."""
    wanted = precision or settings.whisper.precision
    chosen = settle_precision(wanted, device_of(settings.device))
    return replace(settings, whisper=replace(settings.whisper, precision=chosen))


def translator(settings: ModelSettings) -> Translator:
    """The OmniLM that `settings` names; or the streaming Whisper that it names, and what
    students read of it.

    Students are those of the catalogue and of the models' folder that are on this machine. Raises
    WeightsError.
    """
    _set_threads(settings)
    models, device = store(), device_of(settings.device)
    if folder := omni_folder(settings.translator):
        omni = open_omni(folder, device)
        return OmniTranslator(omni, ear(omni.card.hears, models))
    (file,) = models.open(settings.translator)
    checkpoint, waits = load_whisper(file), settings.whisper.waits
    waiting = with_delta(checkpoint, _file(waits)) if waits else None
    whisper = WhisperTranslator.from_checkpoint(checkpoint, settings.whisper, device, waiting)
    students = _students(models, settings, device)
    preferred = [Pair(*model.pair) for model in CATALOGUE if model.pair and model.preferred]
    return CascadeTranslator(whisper, routes(whisper.pairs, students, preferred), settings.cascade)


def omni_folder(name: str) -> Path | None:
    """Of an OmniLM: a folder of one's own, or one of the package's by its name; None for no such
    thing."""
    places = [Path(name), *(place for place in _packaged(OMNIS) if place.name == name)]
    return next(filter(is_omni, places), None)


def omni_weights(name: str) -> Path | None:
    """The file with the weights of such a model."""
    folder = omni_folder(name)
    return folder / WEIGHTS if folder else None


def _file(path: Path) -> FileContent:
    try:
        return FileContent(path.name, path.read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}") from error


def check_translator(settings: ModelSettings) -> None:
    """Raises WeightsError where the model that `settings` names is not whole on this machine."""
    if folder := omni_folder(settings.translator):
        open_omni(folder)
    else:
        store().verify(settings.translator)


def chat(folder: Path, device: str, codec: Path | None) -> Chat:
    """A model of one's own, one of the package's by its name, or a released one, to be asked; what
    it hears by may be absent. Raises WeightsError."""
    model = open_omni(omni_folder(str(folder)) or folder, device_of(device))
    try:
        hears = hearer(model.card.hears, store())
    except WeightsError:
        hears = None
    return Chat(model, hears, Codec.load(codec) if codec else None)


def _students(models: Store, settings: ModelSettings, device: torch.device) -> dict[Pair, Student]:
    """The catalogue's that are on this machine; a user's own come before them."""
    found = {
        Pair(*status.model.pair): load_student(models.open(status.model.name), device=device)
        for status in models.list()
        if status.model.pair and status.present
    }
    for folder in filter(None, (models.cache, settings.students)):
        for pair, place in find_students(folder).items():
            found[pair] = load_student(read_student(place), device=device)
    return found


def voice_folders(settings: ModelSettings) -> list[Path]:
    """Where the voices are that `settings` names, or the package's own.

    A name is a folder's, or that of one of the package's voices. Raises WeightsError where it is
    neither.
    """
    if not settings.voices:
        return shipped_voices()
    known = {folder.name: folder for folder in shipped_voices()}
    found = [place if place.is_dir() else known.get(str(place)) for place in settings.voices]
    for place, folder in zip(settings.voices, found, strict=True):
        if folder is None:
            raise WeightsError(f"there is no voice in {place}")
    return [folder for folder in found if folder]


def shipped_voices() -> list[Path]:
    """Folders of all voices of the package."""
    return _packaged(VOICES)


def _packaged(pattern: str) -> list[Path]:
    return sorted(Path(str(resources.files("interp"))).glob(pattern))


def check_voices(settings: ModelSettings) -> None:
    """Raises WeightsError where a voice that `settings` names is not whole."""
    for folder in voice_folders(settings):
        check_voice(folder)


def voices(settings: ModelSettings) -> list[VoiceSynthesiser]:
    """The voices that `settings` names. Raises WeightsError."""
    return list(_loaded_voices(settings))


def voice(settings: ModelSettings, language: str = "en") -> VoiceSynthesiser:
    """The first of the voices that speaks a language. Raises WeightsError where none does."""
    for each in _loaded_voices(settings):
        if each.voice.language == language:
            return each
    raise WeightsError(f"there is no voice for {language}; --voice names a folder with one")


def _loaded_voices(settings: ModelSettings) -> Iterator[VoiceSynthesiser]:
    """One after the other, as they are asked for."""
    _set_threads(settings)
    device = device_of(settings.device)
    for folder in voice_folders(settings):
        yield from load_synthesisers(folder, settings.speaker, device, settings.speech_level_db)


def _set_threads(settings: ModelSettings) -> None:
    torch.set_num_threads(settings.threads or len(os.sched_getaffinity(0)))


def detector() -> SileroDetector:
    """What tells speech from the rest."""
    return SileroDetector()


def gate(settings: GateSettings | None = None) -> Gate:
    """The speech gate on Silero's VAD, with its default settings unless told otherwise."""
    return Gate(detector(), settings or GateSettings())


def session(
    config: SessionConfig,
    models: Models,
    clock: Clock,
    deployment: Deployment | None = None,
) -> Session:
    """A session for one recording in this process, where no decision is ever late."""
    deployment = deployment or Deployment()
    return Session(
        config,
        gate=gate(deployment.gate),
        models=models,
        clock=clock,
        settings=replace(deployment.host.session, catch_up_ms=None),
    )


def models(settings: ModelSettings, *, speaking: bool, tracing: Tracing = UNSEEN) -> Models:
    """What `settings` names. speaking: with its voice. Raises WeightsError."""
    return Models(translator(settings), voices(settings) if speaking else [], tracing)


def telemetry_endpoint(settings: TelemetrySettings) -> str:
    """Where traces and metrics go; empty: nowhere."""
    return settings.endpoint or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")


def tracing(settings: TelemetrySettings, service: str) -> Tracing:
    """Who follows the work of this process. Raises InvalidRequest without the extra."""
    endpoint = telemetry_endpoint(settings)
    if not endpoint:
        return UNSEEN
    traces = telemetry("traces").Traces
    followed: Tracing = traces.to(endpoint, service=service, share=settings.share)
    return followed


def report_metrics(
    settings: TelemetrySettings, registry: CollectorRegistry, service: str
) -> Callable[[], None]:
    """Have metrics sent from now on, where they are wanted; ends that. Raises InvalidRequest."""
    endpoint = telemetry_endpoint(settings)
    if not (endpoint and settings.metrics_s):
        return lambda: None
    reports = telemetry("metrics").MetricsReport
    report = reports.to(endpoint, registry, service=service, every_s=settings.metrics_s)
    end: Callable[[], None] = report.close
    return end


def telemetry(module: str) -> Any:
    """A module of the extra. Raises InvalidRequest where that is not installed."""
    try:
        return importlib.import_module(f"interp.telemetry.{module}")
    except ImportError as error:
        raise InvalidRequest(
            Reason.BAD_CONFIG, "telemetry needs an extra: pip install interp[otel]"
        ) from error


def build_host(deployment: Deployment, clock: Clock | None = None) -> Host:
    """What a replica calls in its own process; picklable with its argument as a partial. clock: in
    place of the machine's."""
    settings, hosting = deployment.models, deployment.host
    follower = tracing(deployment.telemetry, "interp-replica")
    runs = models(settings, speaking=True, tracing=follower)
    runs.warm_up()
    pairs = runs.pairs
    return Host(
        gate=gate(deployment.gate),
        models=runs,
        clock=clock or MonotonicClock(),
        settings=hosting,
        info=ReplicaInfo(
            hosting.lanes,
            pairs,
            runs.voices,
            settings.translator,
            best_lanes=hosting.best_lanes,
            precision=settled(settings).whisper.precision,
            terms=runs.translator.abilities.glossary,
        ),
    )
