"""Target speech of a run as audio, with or without the waits between its chunks, and ASR-BLEU."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from interp.core.audio import TARGET_RATE_HZ, Samples, silence
from interp.core.latency_elapsed import playback
from interp.evaluate.score.quality import CorpusQuality, bleu

PLAIN = "|lower|nopunct"


class Transcriber(Protocol):
    """A recogniser of target speech. name is quoted with every figure that it enters."""

    name: str

    def transcribe(self, samples: Samples, rate_hz: int) -> str:
        """Words spoken in mono samples [sample]."""


def played(
    samples: Samples,
    times_ms: Sequence[float],
    durations_ms: Sequence[float],
    rate_hz: int = TARGET_RATE_HZ,
) -> Samples:
    """Speech without waits [sample] to speech as a listener hears it, with them [sample].

    Chunk i of `durations_ms` starts at max(end of chunk i - 1, times_ms[i]); the wait before the
    first chunk is left out.
    """
    pieces, taken, end_ms = [], 0, times_ms[0] if times_ms else 0.0
    spoken_ms = 0.0
    for chunk, duration in zip(playback(times_ms, durations_ms), durations_ms, strict=True):
        pieces.append(silence(round((chunk.start_ms - end_ms) * rate_hz / 1000)))
        spoken_ms += duration
        until = round(spoken_ms * rate_hz / 1000)
        pieces.append(samples[taken:until])
        taken, end_ms = until, chunk.end_ms
    return np.concatenate([*pieces, samples[taken:]])


def asr_bleu(
    transcriber: Transcriber,
    speech: Sequence[Samples],
    references: Sequence[str],
    rate_hz: int = TARGET_RATE_HZ,
) -> CorpusQuality:
    """BLEU of what `transcriber` understood, case and punctuation removed on both sides.

    Say with the figure whether `speech` holds the waits (`played`) or not.
    """
    heard = [transcriber.transcribe(samples, rate_hz) if len(samples) else "" for samples in speech]
    quality = plain_bleu(heard, references)
    signature = quality.signature.replace(PLAIN, f"|asr:{transcriber.name}{PLAIN}")
    return replace(quality, name=f"ASR-BLEU[{transcriber.name}]", signature=signature)


def plain_bleu(texts: Sequence[str], references: Sequence[str]) -> CorpusQuality:
    """BLEU without case and punctuation: what the ASR-BLEU of the same texts, well spoken, is."""
    quality = bleu([plain(text) for text in texts], [plain(text) for text in references])
    return replace(quality, name="BLEU+plain", signature=quality.signature + PLAIN)


def plain(text: str) -> str:
    """Lower case without punctuation; apostrophes inside words stay."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = (
        char if char == "'" or not unicodedata.category(char).startswith("P") else " "
        for char in folded
    )
    return " ".join("".join(kept).split())
