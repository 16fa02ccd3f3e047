"""Builds the models and what runs them, and knows them all."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import torch

from interp.core.audio import SOURCE_RATE_HZ
from interp.core.clock import Clock, MonotonicClock
from interp.core.config import SessionConfig
from interp.core.tracing import UNSEEN, Tracing
from interp.core.translator import Pair, Translator
from interp.deployment import Deployment
from interp.engine.gate import Gate, GateSettings
from interp.engine.host import Host
from interp.engine.models import Models
from interp.engine.replica import Agree, ReplicaInfo
from interp.engine.session import Session
from interp.engine.session_share import session_share
from interp.environment import store, tracing
from interp.intake.file import read_audio
from interp.inventory import omni_folder, voice_folders
from interp.models.cascade.routes import routes
from interp.models.cascade.translator import CascadeTranslator
from interp.models.catalog import CATALOGUE
from interp.models.device import device_of
from interp.models.marian.folder import find_students, read_student
from interp.models.marian.loading import load_student
from interp.models.marian.student import Student
from interp.models.omni.chat import Chat
from interp.models.omni.folder import open_omni
from interp.models.omni.hearing import ear, hearer
from interp.models.omni.translator import OmniTranslator
from interp.models.precision import Precision
from interp.models.precision_choice import settled as settle_precision
from interp.models.settings import ModelSettings
from interp.models.snac import Codec
from interp.models.store import FileContent, Store, WeightsError
from interp.models.vad import SileroDetector
from interp.models.voice.synthesiser import VoiceSynthesiser, load_synthesisers
from interp.models.whisper.checkpoint import load_whisper
from interp.models.whisper.delta import with_delta
from interp.models.whisper.translator import WhisperTranslator

SPEECH, SPEECH_LANGUAGE, SPEECH_S = "data/demo-fr.flac", "fr", 4
"""What a session's cost is found out with."""


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


def _file(path: Path) -> FileContent:
    try:
        return FileContent(path.name, path.read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}") from error


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


def agreed(deployment: Deployment, agree: Agree) -> Deployment:
    """The same, with what was left to measuring measured here, or where others did so first.
    Replicas are all to be alike: a session that is moved must go on in the same words."""
    _set_threads(deployment.models)  # a pool of more would not outlive the mould's fork
    models = settled(deployment.models)
    if deployment.models.whisper.precision is Precision.AUTO:
        models = settled(models, Precision(agree("precision", models.whisper.precision)))
    return replace(deployment, models=models)


def build_host(deployment: Deployment, clock: Clock | None = None) -> Host:
    """A replica's insides. clock: in place of the machine's."""
    settings, hosting = deployment.models, deployment.host
    follower = tracing(deployment.telemetry, "interp-replica")
    runs = models(settings, speaking=True, tracing=follower)
    runs.warm_up()
    hears = gate(deployment.gate)
    return Host(
        gate=hears,
        models=runs,
        clock=clock or MonotonicClock(),
        settings=hosting,
        info=ReplicaInfo(
            hosting.lanes,
            runs.pairs,
            runs.voices,
            settings.translator,
            best_lanes=hosting.best_lanes,
            precision=settled(settings).whisper.precision,
            terms=runs.translator.abilities.glossary,
        ),
        session_share=_session_share(hears, runs, device_of(settings.device)),
    )


def _session_share(hears: Gate, models: Models, device: torch.device) -> float:
    """On a processor in its own time, so that nothing that runs beside is measured."""
    watch = time.process_time if device.type == "cpu" else time.perf_counter
    with resources.as_file(resources.files("interp") / SPEECH) as file:
        speech = read_audio(file)[: SPEECH_S * SOURCE_RATE_HZ]
    return session_share(speech, SPEECH_LANGUAGE, hears, models, watch)
