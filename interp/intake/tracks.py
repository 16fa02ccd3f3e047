"""The audio tracks of a file, and the one that is heard."""

from dataclasses import dataclass

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from interp.core.errors import InvalidRequest, Reason


@dataclass(frozen=True, slots=True)
class Track:
    """number: from 1, as --track has it. language: as the file says it; empty where it does not."""

    number: int
    codec: str
    language: str
    title: str
    default: bool

    def __str__(self) -> str:
        about = [self.codec, self.language, self.title, "default" if self.default else ""]
        return f"{self.number} ({', '.join(part for part in about if part)})"


def audio_tracks(container: InputContainer) -> list[Track]:
    """All audio tracks, in the file's order."""
    return [
        Track(
            number,
            stream.codec_context.name,
            "" if stream.language in (None, "und") else str(stream.language),
            stream.metadata.get("title", ""),
            bool(stream.disposition & Disposition.default),
        )
        for number, stream in enumerate(container.streams.audio, 1)
    ]


def chosen(container: InputContainer, number: int | None) -> AudioStream:
    """The track of that number; None: the default one, else the first.

    Raises InvalidRequest(BAD_ENCODING) for a file without audio, BAD_CONFIG for no such track.
    """
    tracks = audio_tracks(container)
    if not tracks:
        raise InvalidRequest(Reason.BAD_ENCODING, "there is no audio in the file")
    if number is None:
        number = next((track.number for track in tracks if track.default), 1)
    if not 1 <= number <= len(tracks):
        known = ", ".join(map(str, tracks))
        raise InvalidRequest(Reason.BAD_CONFIG, f"no audio track {number}; there are: {known}")
    return container.streams.audio[number - 1]


def has_video(container: InputContainer) -> bool:
    """Whether there is a moving picture; a cover is none."""
    return any(
        not stream.disposition & Disposition.attached_pic for stream in container.streams.video
    )
