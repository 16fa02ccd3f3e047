"""A recording to samples: any container, codec, rate and track that FFmpeg reads, damaged or not.

What cannot be decoded is left silent, in its place, and noted. For files and pipes of this
machine's own user; what comes over the wire goes through `Intake`.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, TypeAlias, TypeGuard

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest, Reason
from interp.intake.byte_gaps import ByteGaps
from interp.intake.frames import planar
from interp.intake.tape import Tape
from interp.intake.timeline import HOLE, Note, Timeline
from interp.intake.tracks import audio_tracks, chosen, has_video


class Readable(Protocol):
    """A file or a pipe."""

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes; none at the end."""


AudioPacket: TypeAlias = "av.Packet[AudioStream]"

_UNTIMED = ("mp3", "aac", "ac3", "eac3", "dts", "amr")  # timestamps only count what was found
_CHECKED = ("flac", "wavpack", "tta")  # a checksum tells garbage from sound: believe it
_MAX_FAILURES = 32  # in a row, of reading on
_CUT = Fraction(1)  # the end is missing by more than what rounding and padding explain


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """samples: 16 kHz mono [sample], on the file's timeline. video: whether it has a picture."""

    samples: Samples
    notes: tuple[Note, ...]
    video: bool


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself. length_s: None where it does not say. size: bytes."""

    length_s: float | None
    size: int
    video: bool
    notes: tuple[str, ...]


def about(path: Path, track: int | None = None) -> About:
    """Look at a file before it is heard. Raises as `read_recording`, and for a pipe."""
    if path.is_fifo():  # what is looked at is gone
        raise InvalidRequest(
            Reason.BAD_ENCODING, "a pipe is for `interp stream -`; this reads files"
        )
    with path.open("rb") as file, opened(file) as container:
        stream = chosen(container, track)
        length = _length(container, stream)
        tracks = audio_tracks(container)
        number = container.streams.audio.index(stream)
        note = f"{len(tracks)} audio tracks: {tracks[number]} is heard; --track takes another"
        return About(
            None if length is None else float(length),
            path.stat().st_size,
            has_video(container),
            (note,) if len(tracks) > 1 and track is None else (),
        )


def read_audio(path: Path, track: int | None = None) -> Samples:
    """The recording's audio, 16 kHz mono [sample]. Raises as `read_recording`."""
    return read_recording(path, track).samples


def read_recording(path: Path, track: int | None = None) -> Recording:
    """All of a file's audio. track: its number among the audio tracks, from 1; None: the default.

    Raises OSError from opening it; InvalidRequest for a file without audio or without that track.
    """
    parts: list[Samples] = [np.zeros(0, np.float32)]
    notes: list[Note] = []
    # Opened here: FFmpeg would take a path that looks like an address for one.
    with path.open("rb") as file, opened(file) as container:
        for found in heard(file, container, track):
            if isinstance(found, Note):
                notes.append(found)
            else:
                parts.append(found)
        return Recording(np.concatenate(parts), tuple(notes), has_video(container))


def opened(source: Readable) -> InputContainer:
    """The container in a file or a pipe. Raises InvalidRequest(BAD_ENCODING)."""
    try:
        tape = Tape(source) if _winds(source) else source
        # A playlist may not lead elsewhere.
        return av.open(tape, "r", options={"protocol_whitelist": "pipe"})
    except (av.FFmpegError, ValueError) as error:
        raise (_beheaded() if _is_mp4(source) else _unreadable()) from error


def heard(
    source: Readable, container: InputContainer, track: int | None = None
) -> Iterator[Samples | Note]:
    """Samples at 16 kHz [sample] as they are decoded, and notes. container: that of the source.

    Raises InvalidRequest.
    """
    stream = chosen(container, track)
    stream.codec_context.thread_count = 1
    if stream.codec_context.name in _CHECKED:
        stream.codec_context.options = {"err_detect": "crccheck+explode"}
    yield from _Reader(source, container, stream).read()


class _Reader:
    """One pass over one track."""

    def __init__(self, source: Readable, container: InputContainer, stream: AudioStream) -> None:
        self._container, self._stream = container, stream
        self._timed = container.format.name not in _UNTIMED
        self._gaps: ByteGaps | None = None
        if not self._timed and _winds(source):
            self._gaps = ByteGaps(source)
        self._zero = Fraction(container.start_time or 0, av.time_base)
        self._timeline = Timeline(_length(container, stream))
        self._broken_at: Fraction | None = None
        self._good_bytes = self._lost_bytes = 0
        self._good_time = Fraction(0)
        self._found = False

    def read(self) -> Iterator[Samples | Note]:
        for packet in self._packets():
            if self._gaps:
                self._lost_bytes += self._gaps.before(packet)
            yield from self._decoded(packet)
        if self._broken_at is not None:
            yield from self._mended(None)
        yield from self._timeline.finish()
        if not self._found:
            raise _unreadable()
        yield from self._cut_short()

    def _packets(self) -> Iterator[AudioPacket]:
        """All there are; reading goes on after a fault in the container."""
        failures = 0
        while failures < _MAX_FAILURES:
            try:
                for packet in self._container.demux(self._stream):
                    failures = 0
                    yield packet
                return
            except av.FFmpegError:
                failures += 1
                self._break()

    def _decoded(self, packet: AudioPacket) -> Iterator[Samples | Note]:
        try:
            frames = [(frame, planar(frame)) for frame in packet.decode()]
        except (av.FFmpegError, InvalidRequest):
            self._lost_bytes += packet.size
            self._break()
            return
        for frame, samples in frames:
            start = None
            if self._timed and frame.pts is not None and frame.time_base:
                start = frame.pts * frame.time_base - self._zero
            mended = self._broken_at is not None or self._lost_bytes > 0
            if mended:
                yield from self._mended(start)
            channels = tuple(channel.name for channel in frame.layout.channels)
            yield from self._timeline.place(
                samples, channels, frame.sample_rate, start, noted=not mended
            )
            self._good_time += Fraction(samples.shape[1], frame.sample_rate)
            self._found = True
        self._good_bytes += packet.size

    def _break(self) -> None:
        if self._broken_at is None:
            self._broken_at = self._timeline.position

    def _mended(self, start: Fraction | None) -> Iterator[Samples | Note]:
        """Sound again after damage: what is missing is silence, by timestamps or by bytes."""
        since = self._timeline.position if self._broken_at is None else self._broken_at
        if not self._timed and self._good_bytes:
            yield from self._timeline.skip(self._good_time * self._lost_bytes / self._good_bytes)
        until = max(self._timeline.position, start or Fraction(0))
        self._broken_at, self._lost_bytes = None, 0
        if self._found and until - since >= HOLE:
            yield Note("damaged: left silent", int(since * 1000), int(until * 1000))

    def _cut_short(self) -> Iterator[Note]:
        length, end = _length(self._container, self._stream), self._timeline.position
        said = self._stream.duration is not None or not has_video(self._container)
        tagged = _tagged_end(self._stream)
        if length and tagged:  # Matroska's length is that of the longest track
            length = min(length, tagged)
        if length and said and self._timeline.runs == 1 and length - end > _CUT:
            yield Note("the end is missing", int(end * 1000), int(length * 1000))


def _length(container: InputContainer, stream: AudioStream) -> Fraction | None:
    """Where the track ends by its own word, else where the file does, seconds."""
    if stream.duration is not None and stream.time_base is not None:
        start = (stream.start_time or 0) * stream.time_base
        zero = Fraction(container.start_time or 0, av.time_base)
        return Fraction(start + stream.duration * stream.time_base - zero)
    return None if container.duration is None else Fraction(container.duration, av.time_base)


def _tagged_end(stream: AudioStream) -> Fraction | None:
    """Where a track of Matroska ends, seconds, as its muxer noted it: 00:01:02.345000000."""
    match = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", stream.metadata.get("DURATION", ""))
    if match is None:
        return None
    hours, minutes, seconds = map(Fraction, match.groups())
    return (hours * 60 + minutes) * 60 + seconds


def _winds(source: Readable) -> TypeGuard[io.BufferedReader]:
    """Whether it can be read again from any place: a pipe cannot."""
    return isinstance(source, io.BufferedReader) and source.seekable()


def _is_mp4(source: Readable) -> bool:
    if not _winds(source):
        return False
    source.seek(4)
    return source.read(4) == b"ftyp"


def _beheaded() -> InvalidRequest:
    return InvalidRequest(
        Reason.BAD_ENCODING,
        "the file is damaged or cut short: an MP4 cannot be read without its index (moov)",
    )


def _unreadable() -> InvalidRequest:
    return InvalidRequest(Reason.BAD_ENCODING, "the file is not audio that can be read")
