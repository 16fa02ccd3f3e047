"""Written words: our values to protobuf and back."""

from collections.abc import Iterable

from interp.core.events import WrittenWord
from interp.v1 import target_pb2
from interp.wire.requests import duration, milliseconds


def words_to_proto(words: Iterable[WrittenWord]) -> list[target_pb2.Word]:
    """Words of a text."""
    return [
        target_pb2.Word(
            text=word.text,
            delay=duration(word.delay_ms),
            elapsed=duration(word.elapsed_ms),
            source_start=duration(word.source_start_ms),
            source_end=duration(word.source_end_ms),
            probability=word.probability,
        )
        for word in words
    ]


def words_from_proto(words: Iterable[target_pb2.Word]) -> tuple[WrittenWord, ...]:
    """Words of a text. Raises InvalidRequest."""
    return tuple(
        WrittenWord(
            word.text,
            milliseconds(word.delay),
            milliseconds(word.elapsed),
            milliseconds(word.source_start),
            milliseconds(word.source_end),
            round(word.probability, 3) if word.HasField("probability") else None,
        )
        for word in words
    )
