"""A voice's pitch for SNAC's decoder: harmonics that keep their phase from one latent to the next.

The decoder is convolutions over 47 latents a second, and so few codes do not tell where the pulses
of a voice are. Left alone it repeats itself with every latent: a buzz of 47 Hz, whatever the pitch.
So a small network reads the pitch from the latents, an oscillator turns it into harmonics, and
every level of the decoder takes of them what it needs, where SNAC would add its noise.
(Wang, Takaki, Yamagishi: Neural source-filter waveform models, arXiv 1904.12088.)
"""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from interp.core.audio import TARGET_RATE_HZ
from interp.models.hiss import HOP, Hiss
from interp.models.stream_conv import NOTHING, Chain, StreamLayer, StreamState, joined

LATENT_SAMPLES = 512
MIDDLE_HZ = 120.0
"""The pitch that the network's zero stands for; its unit is an octave."""
LOWEST_HZ, HIGHEST_HZ = 60.0, 400.0
BAND = 0.45
"""Harmonics of a level, at most, as a part of its rate."""
_TINY = 1e-7


class PitchReader(nn.Module):
    """Latents to the pitch and the voicing at the end of each."""

    def __init__(self, latent_dim: int, width: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(latent_dim, width, 7, padding=3),
            nn.GELU(),
            nn.Conv1d(width, width, 1),
            nn.GELU(),
            nn.Conv1d(width, 2, 1),
        )

    def forward(self, z: Tensor) -> Tensor:
        """z [batch, latent_dim, latent] to [batch, 2, latent]: octaves above MIDDLE_HZ, and the
        logit of being voiced."""
        out: Tensor = self.layers(z)
        return out


@dataclass(slots=True)
class Source:
    """What the oscillator gives, float64 [batch, sample] at 24 kHz. phase: in turns. loudness: 0 to
    1."""

    phase: Tensor
    pitch_hz: Tensor
    loudness: Tensor

    def at_rate(self, stride: int) -> Tensor:
        """Cosine and sine pulses [batch, 2, sample / stride]: all harmonics below the band of a
        level, in sum of unit power, at the middle of every `stride` samples."""
        here = slice(stride // 2, None, stride)
        turns, pitch_hz = self.phase[:, here], self.pitch_hz[:, here]
        count = (BAND * TARGET_RATE_HZ / stride / pitch_hz).floor().clamp(min=1.0)
        half = math.pi * turns
        sine = half.sin()
        flat = sine.abs() < _TINY  # at the top of a pulse all cosines are one, all sines zero
        sum_of = (count * half).sin() / sine.masked_fill(flat, 1.0)
        cosines = torch.where(flat, count, sum_of * ((count + 1) * half).cos())
        sines = (sum_of * ((count + 1) * half).sin()).masked_fill(flat, 0.0)
        scale = self.loudness[:, here] * (2 / count).sqrt()
        return torch.stack((cosines * scale, sines * scale), dim=1).float()


def oscillate(voice: Tensor, before: Tensor) -> tuple[Source, Tensor]:
    """Pitch and voicing as PitchReader gives them [batch, 2, latent] to a source of 512 samples a
    latent, changing evenly between their ends.

    before: phase, pitch and loudness [batch, 3] where the first latent begins; what it is at the
    end is given back. The phase is summed in float64, so that any split gives the same.
    """
    pitch_hz = (MIDDLE_HZ * torch.exp2(voice[:, 0].double())).clamp(LOWEST_HZ, HIGHEST_HZ)
    loudness = torch.sigmoid(voice[:, 1].double())
    ramp = torch.arange(1, LATENT_SAMPLES + 1, device=voice.device) / LATENT_SAMPLES
    pitch_hz = _ramped(torch.cat((before[:, 1:2], pitch_hz), dim=1), ramp)
    loudness = _ramped(torch.cat((before[:, 2:3], loudness), dim=1), ramp)
    phase = (before[:, :1] + torch.cumsum(pitch_hz / TARGET_RATE_HZ, dim=1)) % 1.0
    ends = torch.stack((phase, pitch_hz, loudness), dim=1)
    after = torch.cat((before[..., None], ends), dim=-1)[..., -1]
    return Source(phase, pitch_hz, loudness), after


def _ramped(ends: Tensor, ramp: Tensor) -> Tensor:
    start, end = ends[:, :-1, None], ends[:, 1:, None]
    return (start + (end - start) * ramp).flatten(1)


class Harmonics(nn.Module):
    """Adds a level's pulses to its x, as loud as x says; begins by adding the cosines."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gains = nn.Conv1d(channels, 2 * channels, 1)
        bias = torch.cat((torch.ones(channels), torch.zeros(channels)))
        self.gains.bias = nn.Parameter(bias)

    def forward(self, x: Tensor, pulses: Tensor) -> Tensor:
        """x [batch, channel, time], pulses [batch, 2, time]."""
        cosine, sine = self.gains(x).chunk(2, dim=1)
        out: Tensor = x + cosine * pulses[:, :1] + sine * pulses[:, 1:]
        return out


class VoicedDecoder(nn.Module):
    """SNAC's decoder with harmonics behind the upsampling of every level."""

    def __init__(
        self, model: nn.Sequential, parts: Sequence[Sequence[nn.Module]], latent_dim: int
    ) -> None:
        """model: the layers of the package's decoder, in whose names the weights are kept. parts:
        the same, cut behind every upsampling."""
        super().__init__()
        self.model = model
        self.pitch = PitchReader(latent_dim)
        self.parts = [list(part) for part in parts]  # not registered twice
        self.strides: list[int] = []
        self.harmonics = nn.ModuleList()
        stride = LATENT_SAMPLES
        for *_, upsampling in self.parts[:-1]:
            assert isinstance(upsampling, nn.ConvTranspose1d), "a part ends with its upsampling"
            stride //= upsampling.stride[0]
            self.strides.append(stride)
            self.harmonics.append(Harmonics(upsampling.out_channels))

    def forward(self, z: Tensor, voice: Tensor | None = None) -> Tensor:
        """Latents [batch, latent_dim, latent] to sound [batch, 1, sample]. voice: pitch and voicing
        in place of what is read from the latents."""
        voice = self.pitch(z).detach() if voice is None else voice
        source, _ = oscillate(voice, at_rest(len(z), z.device))
        x = _through(self.parts[0], z)
        levels = zip(self.harmonics, self.strides, self.parts[1:], strict=True)
        for harmonics, stride, part in levels:
            x = _through(part, harmonics(x, source.at_rate(stride)))
        return x


def _through(layers: Sequence[nn.Module], x: Tensor) -> Tensor:
    for layer in layers:
        x = layer(x)
    return x


class VoicedStream:
    """A VoicedDecoder in pieces: a `StreamLayer`. A level's pulses wait for its x.

    The pitch is read in float64: rounding that depends on the split would grow with the phase.
    """

    def __init__(
        self,
        decoder: VoicedDecoder,
        stream_layer: Callable[[nn.Module], StreamLayer],
        noise_seed: int | None = None,
    ) -> None:
        """stream_layer: makes one of a layer of the decoder. noise_seed: of the hiss, if any."""
        pitch = copy.deepcopy(decoder.pitch).double()
        self._pitch = Chain([stream_layer(layer) for layer in pitch.layers])
        self._parts = [Chain([stream_layer(layer) for layer in part]) for part in decoder.parts]
        self._device = next(pitch.parameters()).device
        self._levels = list(zip(decoder.harmonics, decoder.strides, strict=True))
        self._hiss = None if noise_seed is None else Hiss(noise_seed, self._device)

    def init_state(self) -> StreamState:
        """Held: the oscillator. Parts: the pitch reader, each part of the decoder, the pulses of
        each level that wait, and the hiss."""
        pulses = (StreamState(NOTHING) for _ in self._levels)
        hiss = (self._hiss.init_state(),) if self._hiss else ()
        parts = (self._pitch.init_state(), *(part.init_state() for part in self._parts), *pulses)
        return StreamState(at_rest(1, self._device), (*parts, *hiss))

    def step(self, x: Tensor, state: StreamState, final: bool) -> Tensor:
        """Behind as the decoder without harmonics is, and as the hiss is."""
        reader, *rest = state.parts
        parts, waiting = rest[: len(self._parts)], rest[len(self._parts) :]
        source, state.held = oscillate(self._pitch.step(x.double(), reader, final), state.held)
        x = self._parts[0].step(x, parts[0], final)
        for (harmonics, stride), queue, part, inner in zip(
            self._levels, waiting[: len(self._levels)], self._parts[1:], parts[1:], strict=True
        ):
            pulses = joined(queue.held, source.at_rate(stride))
            count = x.shape[-1]
            assert pulses.shape[-1] >= count, "the pitch is read before it is needed"
            queue.held = pulses[..., count:]
            x = part.step(harmonics(x, pulses[..., :count]) if count else x, inner, final)
        if self._hiss is None:
            return x
        loudness = source.loudness[None, :, ::HOP].float()
        return self._hiss.step(x, loudness, waiting[-1], final)


def at_rest(batch: int, device: torch.device) -> Tensor:
    """`before` of a stream that begins: no phase, the middle pitch, silence."""
    return torch.tensor([[0.0, MIDDLE_HZ, 0.0]], dtype=torch.float64, device=device).repeat(
        batch, 1
    )
