"""Both directions give back what went in."""

from dataclasses import replace

import numpy as np
import pytest
from google.protobuf.duration_pb2 import Duration

from interp.core.config import DEFAULT_POLICY, Also, SessionConfig
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import (
    Expect,
    Interrupt,
    Marker,
    MarkerReached,
    MuteSpeech,
    Output,
    PolicyAction,
    RepeatSpeech,
    SessionEnded,
    SetGlossary,
    SetOutputs,
    SetPolicy,
    SkipBacklog,
    SourceLanguage,
    SourceText,
    TargetSpeech,
    TargetText,
    Totals,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.core.glossary import NO_TERMS, Glossary, Term
from interp.intake.format import AudioFormat, Encoding
from interp.intake.rtp import RtpStamp
from interp.v1 import interpretation_service_pb2 as pb
from interp.v1 import session_pb2, source_pb2, target_pb2
from interp.wire.json import response_to_json
from interp.wire.messages import (
    AudioAck,
    AudioMessage,
    Body,
    Correction,
    GoingAway,
    Lag,
    Notice,
    NoticeCode,
    Request,
    Response,
    Resume,
    SessionStarted,
    ShowSlide,
    SilenceMessage,
    SlideRead,
    SpeechEncoding,
    StreamConfig,
)
from interp.wire.requests import milliseconds, request_from_proto, request_to_proto
from interp.wire.responses import response_from_proto, response_to_proto
from tests.fakes.json_client import has_sound

TERMS = Glossary((Term("chair", "présidente"), Term("Chad", "Chad")))
CONFIG = StreamConfig(
    SessionConfig("fr-CA", "en", frozenset(Output), "waitk:k=3", "anna", TERMS),
    AudioFormat(Encoding.FLOAT32, 44_100),
    SpeechEncoding.SNAC_CODES,
    12.5,
)
ALSO = (Also("de"), Also("pt-BR", frozenset({Output.TEXT}), "hold:n=2", "dora"))
REQUESTS: list[Request] = [
    CONFIG,
    replace(CONFIG, session=replace(CONFIG.session, also=ALSO)),
    *(replace(CONFIG, audio=AudioFormat(encoding, 16_000)) for encoding in Encoding),
    replace(CONFIG, audio=AudioFormat(Encoding.PCM16, 48_000, channels=2, channel=0)),
    replace(CONFIG, audio=AudioFormat(Encoding.WEBM_OPUS, picture=True)),
    replace(CONFIG, speech=SpeechEncoding.OPUS_PACKETS),
    Resume("token", 7),
    AudioMessage(1, None, b"\0\1"),
    AudioMessage(2, 0, b""),
    AudioMessage(3, 86_400_123, b"\xff" * 100),
    AudioMessage(4, None, b"\xfc\1", RtpStamp(65_535, 2**32 - 1)),
    AudioMessage(5, None, b"\xfc\1", RtpStamp(0, 0)),
    SilenceMessage(4, 2500),
    MuteSpeech(True),
    MuteSpeech(False),
    Interrupt(),
    SkipBacklog(),
    RepeatSpeech(),
    RepeatSpeech(0),
    SetPolicy("hold:n=2"),
    SetPolicy("hold:n=2", 3),
    SetOutputs(frozenset({Output.TEXT}), 0),
    SetGlossary(Glossary((Term("extension", "ramal"), Term("UN", "ONU", "you en")))),
    SetGlossary(NO_TERMS),
    Expect(("Debrecen", "Tisza basin")),
    Expect(()),
    ShowSlide(b"%PDF-1.7", 3, more=True),
    ShowSlide(),
    SetOutputs(frozenset({Output.TEXT, Output.ACTIONS})),
    Marker("m" * 128),
]
WORDS = (WrittenWord(" Hello", 1200, 1300, 0, 900), WrittenWord(",", 1200, 1301, 900, 950))
BODIES: list[Body] = [
    SessionStarted("id", "token", CONFIG, True, AudioAck(9, 900)),
    AudioAck(0, 0),
    SourceText(3, WORDS, "tail", True),
    TargetText(3, WORDS, "tail", False),
    TargetText(4, WORDS, "may", True, 2),
    PolicyAction(1, 2, 300, 1, 4.0, 5, guarded=True),
    TargetText(0, (), "", True),
    PolicyAction(1, 2, 3000, 0, 12.345),
    Lag(1000, 20, None),
    Lag(1000, 20, 0),
    *(Warned(code, 5) for code in WarningCode),
    Warned(WarningCode.OTHER_LANGUAGE, 0, "it"),
    Warned(WarningCode.SPEECH_SKIPPED, 5, target=3),
    SourceLanguage("it", 0.75),
    MarkerReached("m", 4000),
    GoingAway(30_000, "token"),
    Correction(3, "How it should read", "Ines", 2),
    *(Notice(code, "Ines") for code in NoticeCode),
    SlideRead(("Debrecen",), (Term("Debrecen", "Debrecen"),), 12),
    SlideRead(problem="the PDF cannot be read"),
    SessionEnded(Totals(1, 2, 3, 4, 5, 6.5)),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: type(each).__name__)
def test_requests_come_back_as_they_went(request_: Request) -> None:
    sent = pb.InterpretRequest.FromString(request_to_proto(request_).SerializeToString())
    assert request_from_proto(sent) == request_


@pytest.mark.parametrize("body", BODIES, ids=lambda each: type(each).__name__)
def test_responses_come_back_as_they_went(body: Body) -> None:
    message = response_to_proto(Response(5, body), SpeechEncoding.PCM_S16LE)
    sent = pb.InterpretResponse.FromString(message.SerializeToString())
    assert response_from_proto(sent) == Response(5, body)


def test_every_kind_of_message_was_sent() -> None:
    asked = {request_to_proto(r).WhichOneof("streaming_request") for r in REQUESTS}
    told = {
        response_to_proto(Response(0, b), SpeechEncoding.PCM_S16LE).WhichOneof("streaming_response")
        for b in BODIES
    }
    requests = pb.InterpretRequest.DESCRIPTOR.oneofs_by_name["streaming_request"].fields
    responses = pb.InterpretResponse.DESCRIPTOR.oneofs_by_name["streaming_response"].fields
    controls = source_pb2.Control.DESCRIPTOR.oneofs_by_name["control"].fields
    assert asked == {field.name for field in requests}
    assert told == {field.name for field in responses} - {"target_speech"}
    steered = {request_to_proto(r).control.WhichOneof("control") for r in REQUESTS}
    assert steered - {None} == {field.name for field in controls}


def test_how_sure_a_word_was_comes_with_it() -> None:
    words = tuple(WrittenWord(" so", 9, 9, 0, 9, sure) for sure in (0.123, None, 0.0))
    message = response_to_proto(Response(1, TargetText(0, words)), SpeechEncoding.PCM_S16LE)
    back = response_from_proto(message)
    assert back is not None
    assert isinstance(back.body, TargetText)
    assert [word.probability for word in back.body.words] == [0.123, None, 0.0]


SPEECH = TargetSpeech(
    segment=2,
    samples=np.array([0.0, 0.5, -1.0, 1.0, 2.0], np.float32),
    codes=np.arange(14).reshape(2, 7),
    offset_ms=85,
    text=" Hello",
    source_start_ms=10,
    source_end_ms=20,
    delay_ms=30,
    elapsed_ms=40,
    repeated=True,
)


def there_and_back(speech: TargetSpeech, encoding: SpeechEncoding) -> TargetSpeech:
    message = response_to_proto(Response(1, speech), encoding)
    response = response_from_proto(pb.InterpretResponse.FromString(message.SerializeToString()))
    assert response is not None
    assert isinstance(response.body, TargetSpeech)
    return response.body


def test_speech_is_limited_to_full_scale_as_pcm() -> None:
    heard = there_and_back(SPEECH, SpeechEncoding.PCM_S16LE)
    np.testing.assert_allclose(heard.samples, [0, 0.5, -1, 1, 1], atol=1 / 32768)
    assert heard.codes is None
    assert (heard.segment, heard.offset_ms, heard.text) == (2, 85, " Hello")
    assert (heard.source_start_ms, heard.source_end_ms) == (10, 20)
    assert (heard.delay_ms, heard.elapsed_ms) == (30, 40)


def test_speech_as_codes_keeps_its_frames() -> None:
    heard = there_and_back(SPEECH, SpeechEncoding.SNAC_CODES)
    np.testing.assert_array_equal(heard.codes, SPEECH.codes)
    assert heard.samples.size == 0


@pytest.mark.parametrize("packets", [(), (b"\xfc\1", b"\xfc")])
def test_speech_as_packets_keeps_them(packets: tuple[bytes, ...]) -> None:
    heard = there_and_back(replace(SPEECH, packets=packets), SpeechEncoding.OPUS_PACKETS)
    assert heard.packets == packets
    assert heard.samples.size == 0
    text, sound = response_to_json(
        Response(1, replace(SPEECH, packets=packets)), SpeechEncoding.OPUS_PACKETS
    )
    assert (sound, has_sound(text)) == (b"", False)


def test_a_number_that_rtp_does_not_have_is_refused() -> None:
    wide = source_pb2.Audio(content=b"\xfc", rtp=source_pb2.RtpStamp(sequence_number=65_536))
    with pytest.raises(InvalidRequest):
        request_from_proto(pb.InterpretRequest(audio=wide))


def test_what_is_left_unset_takes_the_documented_defaults() -> None:
    config = session_pb2.SessionConfig(
        source_language_code="fr",
        target_language_code="en",
        audio_format=session_pb2.AudioFormat(
            encoding=session_pb2.AUDIO_ENCODING_PCM_S16LE, sample_rate_hertz=8000
        ),
    )
    asked = request_from_proto(pb.InterpretRequest(config=config))
    assert asked == StreamConfig(
        SessionConfig("fr", "en", frozenset({Output.TEXT}), DEFAULT_POLICY, ""),
        AudioFormat(Encoding.PCM16, 8000),
        SpeechEncoding.PCM_S16LE,
        0.0,
    )


@pytest.mark.parametrize(
    ("control", "reason"),
    [
        (source_pb2.Control(), Reason.MALFORMED_MESSAGE),
        (source_pb2.Control(set_policy=source_pb2.SetPolicy()), Reason.BAD_POLICY),
        (source_pb2.Control(set_outputs=source_pb2.SetOutputs()), Reason.BAD_CONFIG),
        (
            source_pb2.Control(marker=source_pb2.Marker(marker_id="m" * 129)),
            Reason.MALFORMED_MESSAGE,
        ),
        (source_pb2.Control(set_policy=source_pb2.SetPolicy(policy="p" * 513)), Reason.BAD_POLICY),
    ],
)
def test_controls_that_say_nothing_or_too_much_are_refused(
    control: source_pb2.Control, reason: Reason
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        request_from_proto(pb.InterpretRequest(control=control))
    assert caught.value.reason is reason


@pytest.mark.parametrize("bad", [Duration(seconds=-1), Duration(nanos=-5), Duration(nanos=10**9)])
def test_odd_durations_are_refused(bad: Duration) -> None:
    with pytest.raises(InvalidRequest):
        milliseconds(bad)


def test_kinds_of_a_later_version_are_passed_over() -> None:
    assert response_from_proto(pb.InterpretResponse(sequence=3)) is None
    unknown = target_pb2.Warning(code=99)  # type: ignore[arg-type]
    assert response_from_proto(pb.InterpretResponse(sequence=3, warning=unknown)) is None
