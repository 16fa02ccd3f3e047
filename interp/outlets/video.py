"""A copy of a video with captions and, where there is a voice, the spoken translation.

Pictures and the original sound are copied bit by bit; only what was mixed is encoded anew.
"""

import heapq
import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
import soxr
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Disposition
from numpy.typing import NDArray

from interp.core.audio import TARGET_RATE_HZ
from interp.core.errors import InvalidRequest, Reason
from interp.core.languages import three_letters
from interp.intake.tracks import chosen
from interp.outlets.ducked import RATE_HZ, Block, ducked, layout_of, original

Packet: TypeAlias = "av.Packet[Any]"

_NAMES = ("language", "title")  # by which a viewer chooses a track
_BLOCK = 1024  # samples of a frame of AAC
_TEXT_CODECS = {".mp4": "mov_text", ".m4v": "mov_text", ".mov": "mov_text", ".mkv": "subrip"}
_ASS_HEADER = (
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize,"
    b" PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline,"
    b" StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment,"
    b" MarginL, MarginR, MarginV, Encoding\nStyle: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,"
    b"0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1\n\n[Events]\nFormat: Layer, Start, End, Style,"
    b" Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


class Original(StrEnum):
    """What becomes of the original sound beside a spoken translation.

    DUCK: it is heard under the speech, and has no track of its own.
    """

    SECOND = "second"
    DUCK = "duck"


@dataclass(frozen=True, slots=True)
class Additions:
    """What a copy gets. captions: SubRip. speech: a WAV file beside the video's time, or None.

    spoken: from where to where speech sounds in it, samples at 24 kHz. language: of both, ISO 639;
    track: the audio track that was translated, None: the default.
    """

    captions: str
    speech: Path | None
    language: str
    original: Original = Original.SECOND
    track: int | None = None
    spoken: tuple[tuple[int, int], ...] = ()


def check_container(path: Path) -> None:
    """Raises InvalidRequest unless a copy can be written in the format of that suffix."""
    if path.suffix.lower() not in _TEXT_CODECS:
        known = ", ".join(_TEXT_CODECS)
        raise InvalidRequest(Reason.BAD_CONFIG, f"a video ends in {known}; {path} does not")


def write_copy(video: Path, out: Path, additions: Additions) -> None:
    """Write `out`. Raises OSError; InvalidRequest where the container cannot hold a stream."""
    try:
        with (
            video.open("rb") as file,
            video.open("rb") as again,
            av.open(file, "r") as source,
            av.open(again, "r") as heard,
            av.open(str(out), "w") as copy,
        ):
            _fill(source, heard, copy, out, additions)
    except (av.FFmpegError, ValueError) as error:
        raise InvalidRequest(
            Reason.BAD_CONFIG, f"{out.suffix} cannot hold what is in the video; .mkv can"
        ) from error


def _fill(
    source: InputContainer,
    again: InputContainer,
    copy: OutputContainer,
    out: Path,
    additions: Additions,
) -> None:
    """again: the same as the source, for a second reading."""
    duck = additions.speech is not None and additions.original is Original.DUCK
    heard = chosen(again, additions.track)
    streams: dict[int, Any] = {}
    for stream in source.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            streams[stream.index] = copy.add_stream_from_template(stream)
    layout = layout_of(heard) if duck else "mono"
    voice = _voice_stream(copy, additions.language, layout) if additions.speech else None
    for audio in source.streams.audio:
        if not (duck and audio.index == heard.index):
            streams[audio.index] = copied = copy.add_stream_from_template(audio)
            copied.metadata.update({k: v for k, v in audio.metadata.items() if k in _NAMES})
            if voice is not None:
                copied.disposition = Disposition(0)
    parts: list[Iterable[Packet]] = [
        _copied(source, streams),
        _caption_packets(copy, out.suffix.lower(), additions),
    ]
    if voice is not None and additions.speech is not None:
        speech, rise = _spoken(additions.speech), RATE_HZ // TARGET_RATE_HZ
        spans = [(start * rise, end * rise) for start, end in additions.spoken]
        sound = ducked(original(again, heard), speech, spans) if duck else [speech[None]]
        parts.append(_encoded(voice, sound))
    # In order of time: what waits for another stream waits in memory.
    for packet in heapq.merge(*parts, key=_time):
        copy.mux(packet)


def _time(packet: Packet) -> Fraction:
    return Fraction(packet.dts or 0) * (packet.time_base or 0)


def _copied(source: InputContainer, streams: dict[int, Any]) -> Iterator[Packet]:
    for packet in source.demux():
        if packet.dts is not None and packet.stream.index in streams:
            packet.stream = streams[packet.stream.index]
            yield packet


def _caption_packets(copy: OutputContainer, suffix: str, additions: Additions) -> Iterable[Packet]:
    """Adds the stream, and gives its packets."""
    if not additions.captions.strip():
        return []
    with av.open(io.BytesIO(additions.captions.encode()), "r", format="srt") as text:
        source = text.streams.subtitles[0]
        packets = [packet for packet in text.demux(source) if packet.dts is not None]
        stream: Any
        if _TEXT_CODECS[suffix] == "subrip":
            stream = copy.add_stream_from_template(source)
        else:
            stream = copy.add_stream("mov_text")
            stream.codec_context.subtitle_header = _ASS_HEADER
            stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
            packets = [_movie_text(packet) for packet in packets]
        stream.metadata["language"] = three_letters(additions.language)
        for packet in packets:
            packet.stream = stream
        return packets


def _movie_text(packet: Packet) -> Packet:
    """A caption as MP4 holds it: its length, then its text."""
    text = bytes(packet)
    held: Packet = av.Packet(struct.pack(">H", len(text)) + text)
    held.pts, held.dts, held.duration = packet.pts, packet.pts, packet.duration
    held.time_base = packet.time_base
    return held


def _voice_stream(copy: OutputContainer, language: str, layout: str) -> AudioStream:
    stream = copy.add_stream("aac", rate=RATE_HZ, layout=layout)
    assert isinstance(stream, AudioStream)
    stream.metadata["language"] = three_letters(language)
    stream.disposition = Disposition.default
    return stream


def _spoken(path: Path) -> NDArray[np.float32]:
    """The WAV file of SpeechFile at the rate of the video's sound [sample]."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    pcm = np.concatenate(frames) if frames else np.zeros(0, np.int16)
    sound: NDArray[np.float32] = soxr.resample(
        pcm.astype(np.float32) / 32768, TARGET_RATE_HZ, RATE_HZ
    )
    return sound


def _encoded(stream: AudioStream, sound: Iterable[Block]) -> Iterator[Packet]:
    start = 0
    for block in _even(sound):
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=stream.layout.name)
        frame.sample_rate, frame.pts = RATE_HZ, start
        frame.time_base = Fraction(1, RATE_HZ)
        start += block.shape[1]
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _even(sound: Iterable[Block]) -> Iterator[Block]:
    """The same in blocks of _BLOCK samples, the last as it falls."""
    rest: Block | None = None
    for piece in sound:
        rest = piece if rest is None else np.concatenate((rest, piece), axis=1)
        whole = rest.shape[1] // _BLOCK * _BLOCK
        for start in range(0, whole, _BLOCK):
            yield np.ascontiguousarray(rest[:, start : start + _BLOCK])
        rest = rest[:, whole:]
    if rest is not None and rest.shape[1]:
        yield np.ascontiguousarray(rest)
