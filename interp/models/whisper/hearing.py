"""What a translator has heard of one segment, and how new audio is encoded into it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from interp.core.audio import (
    ENCODER_FRAME_MS,
    ENCODER_FRAME_SAMPLES,
    SAMPLES_PER_MS,
    Samples,
    exact_div,
)
from interp.core.text import EncodeStep
from interp.models.whisper.assets import mel_filters
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.encoder import KeyValues, Piece, Silence, WhisperEncoder
from interp.models.whisper.layers import supports_half_linear
from interp.models.whisper.mel import FLOOR_LOG10, log_mel, normalise, settled_frames
from interp.models.whisper.settings import WhisperSettings


@dataclass(slots=True)
class SourceState:
    """One segment: its audio, its settled mel frames, and its keys and values.

    audio: [sample], `samples` of them heard. log_power: [mel, frame], `settled` of them final.
    frozen: positions that are not encoded again. positions: those the decoder sees, of which
    `heard` are audio and the rest is silence.
    """

    audio: Tensor
    log_power: Tensor
    encoder: KeyValues
    cross: KeyValues
    samples: int = 0
    settled: int = 0
    loudest: float = FLOOR_LOG10
    frozen: int = 0
    positions: int = 0
    heard: int = 0


class Hearing:
    """Encodes segments step by step."""

    def __init__(self, checkpoint: WhisperCheckpoint, settings: WhisperSettings) -> None:
        self._settings = settings
        self._encoder = WhisperEncoder(checkpoint, half=settings.half and supports_half_linear())
        self._filters = mel_filters(checkpoint.dims.n_mels)
        self._window = checkpoint.dims.n_audio_ctx
        self._encoder_silence, self._cross_silence = self._silences()

    def init_state(self) -> SourceState:
        """A segment of which nothing was heard."""
        return SourceState(
            audio=torch.zeros(self._window * ENCODER_FRAME_SAMPLES),
            log_power=torch.empty(len(self._filters), 2 * self._window),
            encoder=self._encoder_silence.open(self._window),
            cross=self._cross_silence.open(self._window),
        )

    def encode(self, steps: Sequence[EncodeStep[SourceState]]) -> None:
        """Append the new audio of each segment and encode what is open of it."""
        for step in steps:
            self._append(step.state, step.audio)
        pieces = [self._piece(step) for step in steps]
        features = self._encoder.encode(pieces)
        for step, piece, rows in zip(steps, pieces, features, strict=True):
            state = step.state
            self._encoder.write_cross(rows, piece.first, state.cross)
            state.positions = piece.last
            state.heard = min(-(-state.samples // ENCODER_FRAME_SAMPLES), self._window)
            if self._settings.open_ms is not None:
                whole = state.samples // ENCODER_FRAME_SAMPLES
                state.frozen = max(
                    state.frozen, whole - exact_div(self._settings.open_ms, ENCODER_FRAME_MS)
                )

    def _append(self, state: SourceState, audio: Samples) -> None:
        end = state.samples + len(audio)
        if end > len(state.audio):
            raise ValueError("a segment is longer than Whisper's window")
        state.audio[state.samples : end] = torch.from_numpy(audio)
        state.samples = end
        settled = settled_frames(end)
        if settled > state.settled:
            power = log_mel(state.audio[:end], state.settled, settled, self._filters)
            state.log_power[:, state.settled : settled] = power
            state.loudest = max(state.loudest, float(power.max()))
            state.settled = settled

    def _piece(self, step: EncodeStep[SourceState]) -> Piece:
        """The positions to encode now: from the first open one to the end of the added silence."""
        state = step.state
        first = state.frozen
        if step.finished and self._settings.final_ms is not None:
            first = max(0, first - self._settings.final_ms // ENCODER_FRAME_MS)
        padded = state.samples + self._settings.pad_ms * SAMPLES_PER_MS
        last = min(-(-padded // ENCODER_FRAME_SAMPLES), self._window)
        begin = max(2 * first - 2, 0)
        end = min(2 * last + 1, 2 * self._window)
        fresh = log_mel(state.audio[: state.samples], state.settled, end, self._filters)
        power = torch.cat([state.log_power[:, begin : state.settled], fresh], dim=1)
        if begin > state.settled:
            power = power[:, begin - state.settled :]
        mel = normalise(power, max(state.loudest, float(fresh.max())))
        if end < 2 * last + 1:  # the window's own end, where Whisper's convolution sees zeros
            mel = torch.nn.functional.pad(mel, (0, 1))
        return Piece(mel, first, last, state.encoder)

    def _silences(self) -> tuple[Silence, Silence]:
        """What the encoder makes of a window of silence, at the positions kept of it."""
        settings = self._settings
        dims = self._encoder.dims
        level = normalise(torch.tensor(FLOOR_LOG10), settings.silence_loudest)
        mel = torch.full((dims.n_mels, 2 * self._window), float(level))
        heads, head_dim = dims.n_audio_head, dims.n_audio_state // dims.n_audio_head
        encoder = torch.empty(dims.n_audio_layer, 2, heads, self._window, head_dim)
        cross = torch.empty(dims.n_text_layer, 2, dims.n_text_head, self._window, head_dim)
        encoder_kv, cross_kv = KeyValues(encoder, (), 1), KeyValues(cross, (), 1)
        mel = torch.nn.functional.pad(mel, (0, 1))
        (features,) = self._encoder.encode([Piece(mel, 0, self._window, encoder_kv)])
        self._encoder.write_cross(features, 0, cross_kv)
        return (
            self._pick(encoder, settings.silence_ms, settings.silence_stride),
            self._pick(cross, settings.tail_ms, settings.tail_stride),
        )

    def _pick(self, data: Tensor, span_ms: int, stride: int) -> Silence:
        begin = self._window - min(span_ms // ENCODER_FRAME_MS, self._window)
        places = tuple(range(begin + stride // 2, self._window, stride))
        return Silence(data[:, :, :, list(places)].clone(), places, stride)
