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
from interp.core.translator import EncodeStep
from interp.models.whisper.assets import mel_filters
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.encoder import KeyValues, Piece, Silence, WhisperEncoder
from interp.models.whisper.mel import FLOOR_LOG10, log_mel, normalise, settled_frames
from interp.models.whisper.settings import WhisperSettings

# The loudest mel power that silence is normalised against: that of speech, so that the constants
# are what a padded window holds after speech.
SILENCE_BESIDE_LOG10 = 1.0


@dataclass(slots=True)
class SourceState:
    """One segment: its audio, its settled mel frames, and its keys and values.

    audio: [sample], `samples` of them heard. log_power: [mel, frame], `settled` of them final.
    loudest: power of them, [].
    frozen: positions that are not encoded again. positions: those the decoder sees, of which
    `heard` are audio and the rest is silence.
    """

    audio: Tensor
    log_power: Tensor
    encoder: KeyValues
    cross: KeyValues
    loudest: Tensor
    samples: int = 0
    settled: int = 0
    frozen: int = 0
    positions: int = 0
    heard: int = 0


class Hearing:
    """Encodes segments step by step."""

    def __init__(self, checkpoint: WhisperCheckpoint, settings: WhisperSettings) -> None:
        self._settings = settings
        self._encoder = WhisperEncoder(checkpoint, settings.precision)
        self._filters = mel_filters(checkpoint.dims.n_mels).to(self._encoder.device)
        self._window = checkpoint.dims.n_audio_ctx
        open_ms = settings.open_ms
        self._open = self._window if open_ms is None else exact_div(open_ms, ENCODER_FRAME_MS)
        self._end = exact_div(settings.end_ms, ENCODER_FRAME_MS)
        self._encoder_silence, self._cross_silence = self._silences()

    def init_state(self) -> SourceState:
        """A segment of which nothing was heard."""
        return SourceState(
            audio=self._filters.new_zeros(self._window * ENCODER_FRAME_SAMPLES),
            log_power=self._filters.new_empty(len(self._filters), 2 * self._window),
            encoder=self._encoder_silence.open(self._window),
            cross=self._cross_silence.open(self._window),
            loudest=self._filters.new_tensor(FLOOR_LOG10),
        )

    @property
    def tail(self) -> Silence:
        """What stands for the silence after a segment in cross-attention."""
        return self._cross_silence

    def encode(self, steps: Sequence[EncodeStep[SourceState]]) -> list[Tensor]:
        """Append the new audio of each segment and encode what is open of it.

        Returned are the features [position, dim] of each step that has audio: of what was open and
        of the silence after it.

        Where the steps of a segment end is part of the result: a position is frozen as it was in
        the last step that had it in its open window.

        Raises ValueError, with nothing changed, where a segment outgrows the window.
        """
        for step in steps:
            if step.state.samples + len(step.audio) > len(step.state.audio):
                raise ValueError("a segment is longer than Whisper's window")
        hearing = [step for step in steps if len(step.audio)]
        if not hearing:
            return []
        for step in hearing:
            self._append(step.state, step.audio)
        pieces = [self._piece(step.state, self._first(step)) for step in hearing]
        features = self._encoder.encode(pieces)
        for step, piece, rows in zip(hearing, pieces, features, strict=True):
            state = step.state
            self._encoder.write_cross(rows, piece.first, state.cross)
            state.positions = piece.last
            state.heard = min(-(-state.samples // ENCODER_FRAME_SAMPLES), self._window)
            state.frozen = max(state.frozen, state.heard - self._open_positions(step.anew_ms))
        return features

    def _open_positions(self, anew_ms: int) -> int:
        """How many of the newest positions the next step is to encode again."""
        return max(self._open, anew_ms // ENCODER_FRAME_MS)

    def _append(self, state: SourceState, audio: Samples) -> None:
        end = state.samples + len(audio)
        state.audio[state.samples : end] = torch.from_numpy(audio)
        state.samples = end
        settled = settled_frames(end)
        if settled > state.settled:
            power = log_mel(state.audio[:end], state.settled, settled, self._filters)
            state.log_power[:, state.settled : settled] = power
            state.loudest = torch.maximum(state.loudest, power.max())
            state.settled = settled

    def _first(self, step: EncodeStep[SourceState]) -> int:
        """The first position to encode: older ones are frozen, but for those that the end of the
        segment, which decides what is left to write, has encoded once more."""
        state = step.state
        heard = -(-state.samples // ENCODER_FRAME_SAMPLES)
        return min(state.frozen, max(0, heard - self._end)) if step.finished else state.frozen

    def _piece(self, state: SourceState, first: int) -> Piece:
        """The positions to encode now: from `first` to the end of the added silence."""
        padded = state.samples + self._settings.pad_ms * SAMPLES_PER_MS
        last = min(-(-padded // ENCODER_FRAME_SAMPLES), self._window)
        begin = max(2 * first - 2, 0)
        end = min(2 * last + 1, 2 * self._window)
        fresh = log_mel(state.audio[: state.samples], state.settled, end, self._filters)
        power = torch.cat([state.log_power[:, begin : state.settled], fresh], dim=1)
        mel = normalise(power, torch.maximum(state.loudest, fresh.max()))
        if end < 2 * last + 1:  # the window's own end, where Whisper's convolution sees zeros
            mel = torch.nn.functional.pad(mel, (0, 1))
        return Piece(mel, first, last, state.encoder)

    def _silences(self) -> tuple[Silence, Silence]:
        """What the encoder makes of a window of silence, at the positions kept of it."""
        settings = self._settings
        dims = self._encoder.dims
        power = self._filters.new_full((dims.n_mels, 2 * self._window), FLOOR_LOG10)
        mel = normalise(power, self._filters.new_tensor(SILENCE_BESIDE_LOG10))
        heads, head_dim = dims.n_audio_head, dims.n_audio_state // dims.n_audio_head
        encoder = power.new_empty(dims.n_audio_layer, 2, heads, self._window, head_dim)
        cross = power.new_empty(dims.n_text_layer, 2, dims.n_text_head, self._window, head_dim)
        encoder_kv, cross_kv = KeyValues(encoder, (), 1), KeyValues(cross, (), 1)
        mel = torch.nn.functional.pad(mel, (0, 1))
        (features,) = self._encoder.encode([Piece(mel, 0, self._window, encoder_kv)])
        self._encoder.write_cross(features, 0, cross_kv)
        return (
            _pick(encoder, settings.silence_stride),
            _pick(cross, settings.tail_stride),
        )


def _pick(data: Tensor, stride: int) -> Silence:
    """The middle one of every `stride` positions."""
    places = tuple(range(stride // 2, data.shape[3], stride))
    return Silence(data[:, :, :, list(places)].clone(), places, stride)
