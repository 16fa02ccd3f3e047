"""Riva's contract (stubs of nvidia-riva-client), so that its clients run here.

Recognition is a session into the speaker's own language; translation to text and to speech are what
we do anyway. Interim results show the segment with its tentative tail; a segment's end is final.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, TypeAlias

import grpc
import numpy as np
import soxr
from riva.client.proto import (
    riva_asr_pb2,
    riva_asr_pb2_grpc,
    riva_audio_pb2,
    riva_nmt_pb2,
    riva_nmt_pb2_grpc,
)

from interp.core.audio import TARGET_RATE_HZ, to_pcm16
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import Output, TargetSpeech, TargetText, WrittenWord
from interp.core.languages import AUTO
from interp.core.translator import Pair
from interp.doors.pacing import Pacing
from interp.doors.sniff import sniff
from interp.intake.format import SAMPLE_BYTES, AudioFormat, Encoding, check_rate
from interp.serve.conversation import Entry
from interp.serve.servicer import answered
from interp.wire.messages import (
    AudioMessage,
    Request,
    Response,
    SpeechEncoding,
    StreamConfig,
)

Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]
Reader: TypeAlias = Callable[[Any], "StreamConfig | None"]

ENCODINGS = {
    riva_audio_pb2.ENCODING_UNSPECIFIED: Encoding.PCM16,  # or what the first bytes say
    riva_audio_pb2.LINEAR_PCM: Encoding.PCM16,
    riva_audio_pb2.FLAC: Encoding.FLAC,
    riva_audio_pb2.OGGOPUS: Encoding.OGG_OPUS,
}
SPOKEN = (riva_audio_pb2.ENCODING_UNSPECIFIED, riva_audio_pb2.LINEAR_PCM)
MOST_PIECE_BYTES = 64 * 1024


def register(server: grpc.aio.Server, entry: Entry) -> tuple[str, ...]:
    """Have a server offer Riva's recognition and translation; gives their full names."""
    riva_asr_pb2_grpc.add_RivaSpeechRecognitionServicer_to_server(Recognition(entry), server)
    riva_nmt_pb2_grpc.add_RivaTranslationServicer_to_server(Translation(entry), server)
    return tuple(
        service.full_name
        for file in (riva_asr_pb2, riva_nmt_pb2)
        for service in file.DESCRIPTOR.services_by_name.values()
    )


class Recognition(riva_asr_pb2_grpc.RivaSpeechRecognitionServicer):  # type: ignore[misc]
    """nvidia.riva.asr.RivaSpeechRecognition."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    async def StreamingRecognize(self, request_iterator: Any, context: Context) -> None:
        """What the speaker says."""
        line = _TextLine(context, riva_asr_pb2.StreamingRecognizeResponse)

        def read(message: Any) -> StreamConfig | None:
            if not message.HasField("streaming_config"):
                return None
            asked = message.streaming_config
            line.interim = asked.interim_results
            language = asked.config.language_code
            return _config(asked.config, language, language)

        await _answer(self._entry, request_iterator, context, read, line)

    async def Recognize(self, request: Any, context: Context) -> Any:
        """The same of a whole recording, once it is over."""
        line = _Whole(context)
        language = request.config.language_code

        async def messages() -> AsyncIterator[Any]:
            yield riva_asr_pb2.StreamingRecognizeRequest(audio_content=request.audio)

        def read(message: Any) -> StreamConfig:
            return _config(request.config, language, language, policy="offline")

        await _answer(self._entry, messages(), context, read, line)
        return riva_asr_pb2.RecognizeResponse(results=line.results)

    async def GetRivaSpeechRecognitionConfig(self, request: Any, context: Context) -> Any:
        """A model for each language that it writes down; clients list what they can ask for."""
        found = riva_asr_pb2.RivaSpeechRecognitionConfigResponse()
        for model, pairs in (await _offers(self._entry, request.model_name, context)).items():
            for language in sorted(pair.source for pair in pairs if pair.source == pair.target):
                parameters = {"language_code": language, "type": "online", "streaming": "True"}
                found.model_config.add(model_name=model, parameters=parameters)
        return found


class Translation(riva_nmt_pb2_grpc.RivaTranslationServicer):  # type: ignore[misc]
    """nvidia.riva.nmt.RivaTranslation, its calls on speech."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    async def StreamingTranslateSpeechToText(self, request_iterator: Any, context: Context) -> None:
        """What the speaker says, in another language."""
        line = _TextLine(context, riva_nmt_pb2.StreamingTranslateSpeechToTextResponse)

        def read(message: Any) -> StreamConfig | None:
            if not message.HasField("config"):
                return None
            line.interim = message.config.asr_config.interim_results
            return _translating(message.config)

        await _answer(self._entry, request_iterator, context, read, line)

    async def StreamingTranslateSpeechToSpeech(
        self, request_iterator: Any, context: Context
    ) -> None:
        """The same, spoken."""
        line = _SpeechLine(context)

        def read(message: Any) -> StreamConfig | None:
            if not message.HasField("config"):
                return None
            spoken = message.config.tts_config
            if spoken.encoding not in SPOKEN:
                raise InvalidRequest(Reason.BAD_ENCODING, "speech is sent as LINEAR_PCM")
            line.set_rate(spoken.sample_rate_hz or TARGET_RATE_HZ)
            return _translating(message.config, frozenset({Output.SPEECH}))

        await _answer(self._entry, request_iterator, context, read, line)

    async def TranslateText(self, request: Any, context: Context) -> None:
        """Refused by name, as what is not there would be with a traceback in the log."""
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "speech is translated here, not text")

    async def ListSupportedLanguagePairs(self, request: Any, context: Context) -> Any:
        """What each model translates from, and what it translates into."""
        found = riva_nmt_pb2.AvailableLanguageResponse()
        for model, pairs in (await _offers(self._entry, request.model, context)).items():
            sources = {pair.source for pair in pairs if AUTO != pair.source != pair.target}
            targets = {pair.target for pair in pairs if AUTO != pair.source != pair.target}
            found.languages[model].src_lang.extend(sorted(sources))
            found.languages[model].tgt_lang.extend(sorted(targets))
        return found


async def _offers(entry: Entry, wanted: str, context: Context) -> dict[str, frozenset[Pair]]:
    """The models that the replicas run, or the one that is wanted, and what each goes between."""

    async def found() -> dict[str, frozenset[Pair]]:
        entry.keys.tenant_of(context.invocation_metadata())
        infos = await entry.sessions.offers()
        return {info.model: info.pairs for info in infos if wanted in ("", info.model)}

    return await answered(found(), context)


async def _answer(
    entry: Entry, messages: AsyncIterator[Any], context: Context, read: Reader, line: Any
) -> None:
    call = entry.converse(context.invocation_metadata(), _requests(messages, read), line)
    await answered(call, context)


async def _requests(messages: AsyncIterator[Any], read: Reader) -> AsyncIterator[Request]:
    """The first config, with what the first bytes tell of the audio, then audio; a later config
    says nothing new."""
    config: StreamConfig | None = None
    head, pacing, cut = b"", None, _Cut()
    async for message in messages:
        config = config or read(message)
        content = message.audio_content
        if config and pacing is None and content:
            head += content
            if (found := sniff(head, config.audio)) is None:
                continue
            pacing, cut = Pacing(found.audio), _Cut(found.audio)
            yield replace(config, audio=found.audio)
            content = head[found.header_bytes :]
        for at in range(0, len(content), MOST_PIECE_BYTES):
            piece = cut.whole(content[at : at + MOST_PIECE_BYTES])
            if pacing:
                await pacing.admit(piece)
            if piece:
                yield AudioMessage(0, None, piece)
    if config and pacing is None:
        yield config


class _Cut:
    """Cuts at whole samples, which a file sent piece by piece does not."""

    def __init__(self, audio: AudioFormat | None = None) -> None:
        width = SAMPLE_BYTES.get(audio.encoding, 1) * audio.channels if audio else 1
        self._width, self._left = width, b""

    def whole(self, content: bytes) -> bytes:
        """What is whole by now."""
        content = self._left + content
        size = len(content) // self._width * self._width
        self._left = content[size:]
        return content[:size]


class _TextLine:
    """interim: whether tentative results are wanted."""

    def __init__(self, context: Context, response: type[Any]) -> None:
        self._context, self._response = context, response
        self._words: list[WrittenWord] = []
        self.interim = False

    async def accept(self) -> None:
        """As in servicer.py."""
        await self._context.send_initial_metadata(())

    async def send(self, response: Response, speech: SpeechEncoding) -> None:
        """A result for each change of the segment's text."""
        match response.body:
            case TargetText(_, words, tentative, ended):
                self._words.extend(words)
                if ended:
                    await self._write("", final=True)
                    self._words = []
                elif self.interim:
                    await self._write(tentative, final=False)

    async def _write(self, tentative: str, *, final: bool) -> None:
        text = "".join(word.text for word in self._words) + tentative
        if text.strip():
            await self._tell(self._said(text), final=final)

    def _said(self, text: str) -> Any:
        """The words of the segment so far, as Riva has them."""
        said = riva_asr_pb2.SpeechRecognitionAlternative(transcript=text.strip() + " ")
        for word in self._words:
            said.words.add(
                word=word.text.strip(),
                start_time=word.source_start_ms,
                end_time=word.source_end_ms,
            )
        return said

    async def _tell(self, said: Any, *, final: bool) -> None:
        message = self._response()
        message.results.add(
            alternatives=[said], is_final=final, stability=1.0 if final else 0.5, channel_tag=1
        )
        await self._context.write(message)


class _Whole(_TextLine):
    """Keeps the results for one answer. results: of the segments that have ended."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, riva_asr_pb2.RecognizeResponse)
        self.results: list[Any] = []

    async def _tell(self, said: Any, *, final: bool) -> None:
        self.results.append(
            riva_asr_pb2.SpeechRecognitionResult(alternatives=[said], channel_tag=1)
        )


class _SpeechLine:
    """Speech at the rate that was asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._resampler: soxr.ResampleStream | None = None

    def set_rate(self, rate_hz: int) -> None:
        """Raises InvalidRequest."""
        check_rate(rate_hz)
        if rate_hz != TARGET_RATE_HZ:
            self._resampler = soxr.ResampleStream(TARGET_RATE_HZ, rate_hz, 1, np.float32)

    async def accept(self) -> None:
        """As in servicer.py."""
        await self._context.send_initial_metadata(())

    async def send(self, response: Response, speech: SpeechEncoding) -> None:
        """The sound of a response."""
        match response.body:
            case TargetSpeech(samples=samples):
                if self._resampler:
                    samples = self._resampler.resample_chunk(samples)
                message = riva_nmt_pb2.StreamingTranslateSpeechToSpeechResponse()
                message.speech.audio = to_pcm16(samples)
                await self._context.write(message)


def _translating(asked: Any, outputs: frozenset[Output] = frozenset({Output.TEXT})) -> StreamConfig:
    languages = asked.translation_config
    source = languages.source_language_code or asked.asr_config.config.language_code
    return _config(asked.asr_config.config, source, languages.target_language_code, outputs)


def _config(
    asked: Any,
    source: str,
    target: str,
    outputs: frozenset[Output] = frozenset({Output.TEXT}),
    policy: str = DEFAULT_POLICY,
) -> StreamConfig:
    """Raises InvalidRequest for what we do not take."""
    if asked.encoding not in ENCODINGS:
        known = ", ".join(riva_audio_pb2.AudioEncoding.Name(each) for each in ENCODINGS)
        raise InvalidRequest(Reason.BAD_ENCODING, f"audio is sent as one of {known}")
    rate_hz, channels = asked.sample_rate_hertz or 16_000, asked.audio_channel_count or 1
    audio = AudioFormat(ENCODINGS[asked.encoding], rate_hz, channels)
    return StreamConfig(SessionConfig(source, target, outputs, policy), audio)
