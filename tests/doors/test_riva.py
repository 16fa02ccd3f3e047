"""Riva's stock client library against a real server."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
import numpy as np
import pytest
import riva.client as stock

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


async def test_speech_comes_at_the_rate_that_is_asked_for() -> None:
    sound = np.frombuffer(await of(lambda clients: clients.speak(16_000)), "<i2")
    assert abs(sound.size - 10 * 2048 * 16 / 24) < 1000
    assert abs(int(np.median(sound)) - 8192) < 100


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda c: c.recognise(encoding=stock.AudioEncoding.MULAW), "INVALID_ARGUMENT"),
        (lambda c: c.recognise(audio_channel_count=2), "INVALID_ARGUMENT"),
        (lambda c: c.translate("xx"), "NOT_FOUND"),
        (lambda c: c.speak(4_000), "INVALID_ARGUMENT"),
    ],
)
async def test_what_cannot_be_is_a_status(ask: Callable[[Clients], Any], status: str) -> None:
    with pytest.raises(grpc.RpcError) as ended:
        await of(ask)
    assert ended.value.code().name == status
