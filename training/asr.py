"""How well speech is understood: word error rate of openai-whisper with the base weights."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import jiwer
import numpy as np
import soxr
import torch
import whisper
from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

from interp.core.audio import SOURCE_RATE_HZ, TARGET_RATE_HZ, WINDOW_SAMPLES, Samples, silence
from interp.models.catalog import CATALOGUE
from interp.models.store import Store
from interp.models.whisper.checkpoint import load_whisper

GAP_SAMPLES = TARGET_RATE_HZ // 2
FRAME_RATE_HZ = SOURCE_RATE_HZ // whisper.audio.HOP_LENGTH
MELS = 80
QUIETEST_POWER = 1e-10

Hear = Callable[[list[int]], str]
"""Words of the utterances with these numbers, joined."""


class WhisperListener:
    """Speech of one language to text: greedy, one padded 30 s window at a time, no timestamps."""

    def __init__(
        self, language: str = "en", model: str = "whisper-base", cache: Path = Path("runs/weights")
    ) -> None:
        checkpoint = load_whisper(Store(CATALOGUE, cache).open(model)[0])
        self._model = whisper.Whisper(whisper.ModelDimensions(**asdict(checkpoint.dims)))
        self._model.load_state_dict(checkpoint.state_dict, strict=False)
        self._model.eval()
        self._options = whisper.DecodingOptions(
            language=language, without_timestamps=True, temperature=0.0, fp16=False
        )
        self.name, self.language = model, language

    @torch.no_grad()
    def transcribe(self, samples: Samples, rate_hz: int) -> str:
        """Words of mono speech [sample] of at most 30 s; raises ValueError where it is longer."""
        heard = soxr.resample(samples, rate_hz, SOURCE_RATE_HZ).astype(np.float32)
        if len(heard) > WINDOW_SAMPLES:
            raise ValueError(f"{len(heard) / SOURCE_RATE_HZ:.1f} s do not fit a window of 30 s")
        return self._decode(whisper.log_mel_spectrogram(whisper.pad_or_trim(heard)))

    @torch.no_grad()
    def transcribe_power(self, power: torch.Tensor) -> str:
        """Words of a mel power spectrum [80, frame] of Whisper's, of at most 30 s."""
        padded = whisper.pad_or_trim(power, whisper.audio.N_FRAMES)
        log = padded.clamp(min=QUIETEST_POWER).log10()
        return self._decode((log.clamp(min=float(log.max()) - 8.0) + 4.0) / 4.0)

    def _decode(self, mel: torch.Tensor) -> str:
        result = whisper.decode(self._model, mel, self._options)
        assert isinstance(result, whisper.DecodingResult)
        return str(result.text)


def mel_power(power: torch.Tensor, window: int, hop: int, rate_hz: int) -> torch.Tensor:
    """A power spectrum [window / 2 + 1, frame] (Hann, not normalised) at any rate as Whisper's mel
    power [80, frame], interpolated in frequency and time."""
    bins = torch.linspace(0, SOURCE_RATE_HZ / 2, whisper.audio.N_FFT // 2 + 1) * window / rate_hz
    low = bins.floor().long()
    share = (bins - low)[:, None]
    high = (low + 1).clamp(max=len(power) - 1)
    mixed = (power[low] * (1 - share) + power[high] * share) * (whisper.audio.N_FFT / window)
    mel = whisper.audio.mel_filters("cpu", MELS) @ mixed
    frames = round(mel.shape[1] * hop * FRAME_RATE_HZ / rate_hz)
    return torch.nn.functional.interpolate(mel[None], size=frames, mode="linear")[0]


def word_error_rate(wanted: Sequence[str], heard: Sequence[str], language: str = "en") -> float:
    """Errors per wanted word over all pairs, after Whisper's normaliser for the language."""
    normalise = EnglishTextNormalizer() if language == "en" else BasicTextNormalizer()
    return float(jiwer.wer([normalise(t) for t in wanted], [normalise(t) for t in heard]))


def understood(listener: WhisperListener, speech: Sequence[Samples], texts: Sequence[str]) -> float:
    """Word error rate of utterances at 24 kHz, joined to windows with half a second between.

    Joining makes the judge ten times as cheap as a padded window for each sentence.
    """

    def hear(window: list[int]) -> str:
        parts = [part for i in window for part in (speech[i], silence(GAP_SAMPLES))]
        return listener.transcribe(np.concatenate(parts), TARGET_RATE_HZ)

    lengths = [len(samples) for samples in speech]
    return _judged(lengths, texts, hear, listener.language)


def read_aloud(
    listener: WhisperListener, spectra: Sequence[torch.Tensor], texts: Sequence[str]
) -> float:
    """Word error rate of utterances given as mel power [80, frame], joined as in `understood`."""
    samples = TARGET_RATE_HZ // FRAME_RATE_HZ
    gap = torch.zeros(len(spectra[0]), GAP_SAMPLES // samples)

    def hear(window: list[int]) -> str:
        parts = [part for i in window for part in (spectra[i], gap)]
        return listener.transcribe_power(torch.cat(parts, dim=1))

    lengths = [power.shape[1] * samples for power in spectra]
    return _judged(lengths, texts, hear, listener.language)


def _judged(lengths: Sequence[int], texts: Sequence[str], hear: Hear, language: str) -> float:
    """Word error rate of what is heard in each window of utterances."""
    found = windows(lengths)
    wanted = [" ".join(texts[i] for i in window) for window in found]
    return word_error_rate(wanted, [hear(each) for each in found], language)


def windows(lengths: Sequence[int]) -> list[list[int]]:
    """Indices of utterances (lengths in samples at 24 kHz), in order, in windows of 30 s."""
    limit = WINDOW_SAMPLES * TARGET_RATE_HZ // SOURCE_RATE_HZ
    found: list[list[int]] = []
    filled = limit
    for number, length in enumerate(lengths):
        if filled + length + GAP_SAMPLES > limit:
            found.append([])
            filled = 0
        found[-1].append(number)
        filled += length + GAP_SAMPLES
    return found
