"""Riva's stock client library against a real server."""

import asyncio
import logging
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import grpc
import numpy as np
import pytest
import riva.client as stock
from riva.client.proto import riva_asr_pb2

from interp.doors import riva
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CHUNK, serving, settings, words

ResultT = TypeVar("ResultT")
CHUNKS = [CHUNK] * 10


@dataclass(frozen=True, slots=True)
class Clients:
    """The stock clients; they block, so they run in a thread."""

    auth: Any

    def recognise(self, *, interim: bool = False, **config: Any) -> list[Any]:
        """All results of recognition."""
        asked = stock.StreamingRecognitionConfig(
            config=_recognition(**config), interim_results=interim
        )
        service = stock.ASRService(self.auth)
        return list(service.streaming_response_generator(CHUNKS, asked))

    def translate(self, target: str = "en-US") -> list[Any]:
        """All results of translation."""
        asked = stock.StreamingTranslateSpeechToTextConfig(
            asr_config=stock.StreamingRecognitionConfig(config=_recognition()),
            translation_config=stock.TranslationConfig(
                source_language_code="fr-FR", target_language_code=target
            ),
        )
        service = stock.NeuralMachineTranslationClient(self.auth)
        return list(service.streaming_s2t_response_generator(CHUNKS, asked))

    def speak(self, rate_hz: int) -> bytes:
        """All sound of spoken translation."""
        asked = stock.StreamingTranslateSpeechToSpeechConfig(
            asr_config=stock.StreamingRecognitionConfig(config=_recognition()),
            translation_config=stock.TranslationConfig(
                source_language_code="fr-FR", target_language_code="en-US"
            ),
            tts_config=stock.SynthesizeSpeechConfig(
                encoding=stock.AudioEncoding.LINEAR_PCM,
                sample_rate_hz=rate_hz,
                language_code="en-US",
            ),
        )
        service = stock.NeuralMachineTranslationClient(self.auth)
        answers = service.streaming_s2s_response_generator(CHUNKS, asked)
        return b"".join(answer.speech.audio for answer in answers)


def _recognition(**changes: Any) -> Any:
    asked = {
        "encoding": stock.AudioEncoding.LINEAR_PCM,
        "sample_rate_hertz": 16_000,
        "language_code": "fr-FR",
        "audio_channel_count": 1,
    }
    return stock.RecognitionConfig(**(asked | changes))


async def of(ask: Callable[[Clients], ResultT], **config: Any) -> ResultT:
    """What a stock client gets from a server with this door."""
    async with serving(FakeReplica(), config=settings(**config), doors=[riva.register]) as gateway:
        auth = stock.Auth(uri=gateway.address)
        return await asyncio.to_thread(ask, Clients(auth))


def finals(answers: list[Any]) -> str:
    return " ".join(
        result.alternatives[0].transcript.strip()
        for answer in answers
        for result in answer.results
        if result.is_final
    )


async def test_recognition_gives_the_speakers_words_with_times() -> None:
    answers = await of(lambda clients: clients.recognise())
    assert finals(answers) == words(10).strip()
    (result,) = answers[-1].results
    first = result.alternatives[0].words[0]
    assert (first.word, first.start_time, first.end_time) == ("w0", 0, 100)


async def test_interim_results_come_where_they_are_asked_for() -> None:
    answers = await of(lambda clients: clients.recognise(interim=True))
    interim = [r for a in answers for r in a.results if not r.is_final]
    assert interim[0].alternatives[0].transcript.startswith("w0")
    assert finals(answers) == words(10).strip()


async def test_translation_to_text_and_to_speech() -> None:
    assert finals(await of(lambda clients: clients.translate())) == words(10).strip()
    sound = await of(lambda clients: clients.speak(24_000))
    assert np.frombuffer(sound, "<i2").size == 10 * 2048


async def test_a_whole_recording_is_recognised_in_one_call() -> None:
    def ask(clients: Clients) -> list[Any]:
        service = stock.ASRService(clients.auth)
        return [service.offline_recognize(b"".join(CHUNKS), _recognition())]

    (answer,) = await of(ask)
    assert [r.alternatives[0].transcript.strip() for r in answer.results] == [words(10).strip()]


async def test_stock_clients_list_what_is_served() -> None:
    """As the scripts' `--list-models` do."""

    def ask(clients: Clients) -> tuple[Any, Any, Any]:
        asr, nmt = (
            stock.ASRService(clients.auth),
            stock.NeuralMachineTranslationClient(clients.auth),
        )
        wanted = riva_asr_pb2.RivaSpeechRecognitionConfigRequest
        models = asr.stub.GetRivaSpeechRecognitionConfig(wanted())
        none = asr.stub.GetRivaSpeechRecognitionConfig(wanted(model_name="unheard-of"))
        return models, none, nmt.get_config("")

    models, none, pairs = await of(ask)
    online = [m for m in models.model_config if m.parameters["type"] == "online"]
    assert [(m.model_name, m.parameters["language_code"]) for m in online] == [
        ("scripted", "en"),
        ("scripted", "fr"),
    ]
    assert not none.model_config
    (languages,) = pairs.languages.values()
    assert (languages.src_lang, languages.tgt_lang) == (["fr"], ["en"])


def wav(path: Path, *, channels: int = 1, rate_hz: int = 16_000) -> Path:
    """A second."""
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(np.full(channels * rate_hz, 100, "<i2").tobytes())
    return path


def sent_as_it_is(path: Path, clients: Clients, *, paced: bool = False) -> list[Any]:
    """As the stock scripts do: the file with its header, and no word on what is in it."""
    asked = stock.StreamingRecognitionConfig(
        config=stock.RecognitionConfig(language_code="fr-FR"), interim_results=True
    )
    service = stock.ASRService(clients.auth)
    delay = stock.sleep_audio_length if paced else None
    with stock.AudioChunkFileIterator(path, 100 if not paced else 1600, delay) as chunks:
        return list(service.streaming_response_generator(chunks, asked))


@pytest.mark.parametrize(("channels", "rate_hz"), [(1, 16_000), (2, 16_000), (1, 8_000)])
async def test_a_wav_file_says_itself_what_it_is(
    tmp_path: Path, channels: int, rate_hz: int
) -> None:
    path = wav(tmp_path / "a.wav", channels=channels, rate_hz=rate_hz)
    answers = await of(lambda clients: sent_as_it_is(path, clients))
    assert finals(answers) == words(10).strip()


async def test_many_clients_at_the_pace_of_speech_are_all_answered(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav")

    def ask(clients: Clients) -> list[list[Any]]:
        with ThreadPoolExecutor(8) as threads:
            waiting = [threads.submit(sent_as_it_is, path, clients, paced=True) for _ in range(8)]
            return [each.result() for each in waiting]

    answers = await of(ask)
    assert [finals(each) for each in answers] == [words(10).strip()] * 8


async def test_speech_comes_at_the_rate_that_is_asked_for() -> None:
    sound = np.frombuffer(await of(lambda clients: clients.speak(16_000)), "<i2")
    assert abs(sound.size - 10 * 2048 * 16 / 24) < 1000
    assert abs(int(np.median(sound)) - 8192) < 100


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda c: c.recognise(encoding=stock.AudioEncoding.MULAW), "INVALID_ARGUMENT"),
        (lambda c: c.recognise(audio_channel_count=9), "INVALID_ARGUMENT"),
        (lambda c: c.translate("xx"), "NOT_FOUND"),
        (lambda c: c.speak(4_000), "INVALID_ARGUMENT"),
    ],
)
async def test_what_cannot_be_is_a_status(ask: Callable[[Clients], Any], status: str) -> None:
    with pytest.raises(grpc.RpcError) as ended:
        await of(ask)
    assert ended.value.code().name == status


async def test_what_is_not_there_is_refused_without_a_word_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def ask(clients: Clients) -> Any:
        service = stock.NeuralMachineTranslationClient(clients.auth)
        return service.translate(["Bonjour."], "", "fr", "en")

    with pytest.raises(grpc.RpcError) as ended:
        await of(ask)
    assert ended.value.code().name == "UNIMPLEMENTED"
    assert ended.value.details() == "speech is translated here, not text"
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
