"""Noise in the place of a decoder's fine structure where no voice sounds.

A fricative is noise; 984 bit/s tell its envelope and not its samples, and a decoder of 47 latents a
second fills the envelope with what it knows: a lattice of lines at that rate. Above 2 kHz, where
its pitch reader hears no voice, the envelope stays and seeded noise fills it.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from interp.core.audio import TARGET_RATE_HZ
from interp.models.stream_conv import NOTHING, StreamState, joined

HOP = 256
WINDOW = 2 * HOP
EDGES_HZ = (1_750.0, 2_250.0)
"""Below the first nothing changes; above the second all of it."""
SMOOTH_BINS = 9
"""Of the envelope, 47 Hz each: several lines of the lattice."""


class Hiss:
    """What comes behind a voiced decoder. Where a voice sounds, its sound passes to the bit."""

    def __init__(self, seed: int, device: torch.device) -> None:
        """seed: of each stream's noise."""
        self._seed = seed
        window = torch.hann_window(WINDOW, device=device)
        self._window = window.sqrt()  # of what is heard and of what is made: together they add to 1
        self._power = float(window.sum())
        hertz = torch.arange(HOP + 1, device=device) * TARGET_RATE_HZ / WINDOW
        low, high = EDGES_HZ
        self._share = ((hertz - low) / (high - low)).clamp(0, 1)
        smooth = torch.hann_window(SMOOTH_BINS + 2, periodic=False, device=device)[1:-1]
        self._smooth = (smooth / smooth.sum())[None, None]

    def init_state(self) -> StreamState:
        """Held: a hop of what was before, here nothing. Parts: the change of that hop, its noise,
        and the loudness of the voice at hops to come."""
        hop = self._window.new_zeros(1, 1, HOP)
        parts = (StreamState(hop), StreamState(NOTHING), StreamState(NOTHING))
        return StreamState(hop, parts, np.random.default_rng(self._seed))

    def step(self, x: Tensor, loudness: Tensor, state: StreamState, final: bool) -> Tensor:
        """x [1, 1, sample] to the sound that is settled, less than a window behind; whole hops in
        all. loudness: of the voice, 0 to 1, where hops begin [1, 1, hop]; it comes before x."""
        change, noise, voice = state.parts
        x = torch.cat((state.held, x), -1)
        count = x.shape[-1] // HOP - 1
        begins = not noise.held.shape[-1]
        loud = joined(voice.held, loudness)
        assert loud.shape[-1] >= count, "the pitch is read before it is needed"
        voice.held = loud[..., count:]
        if count:
            noise.held = joined(noise.held, self._drawn(count + begins, state, x.device))
            new = self._changes(x, noise.held, 1 - loud[0, 0, :count])
            change.held, new = _overlapped(change.held, new)
            noise.held = noise.held[..., -HOP:]
        else:
            new = x[..., :0]
        settled = x[..., : count * HOP] + new
        state.held = x[..., count * HOP :]
        if final:
            assert state.held.shape[-1] == HOP, "a stream is whole hops"
            settled = torch.cat((settled, state.held + change.held), -1)
        return settled[..., HOP:] if begins and (count or final) else settled

    def _drawn(self, hops: int, state: StreamState, device: torch.device) -> Tensor:
        assert state.noise is not None, "a state of another layer"
        draws = state.noise.standard_normal(hops * HOP, np.float32)
        return torch.from_numpy(draws).to(device)[None, None]

    def _changes(self, x: Tensor, noise: Tensor, breath: Tensor) -> Tensor:
        """What is to be added in each window [window, sample]. breath [window]: how much."""
        heard, drawn = (
            torch.fft.rfft(each[0, 0].unfold(0, WINDOW, HOP)[: len(breath)] * self._window)
            for each in (x, noise)
        )
        power = F.conv1d(heard.abs().square()[:, None], self._smooth, padding=SMOOTH_BINS // 2)
        envelope = (power[:, 0] / self._power).sqrt()
        share = breath[:, None] * self._share
        kept = (1 - share.square()).sqrt()  # powers add up
        changes: Tensor = torch.fft.irfft(share * envelope * drawn - (1 - kept) * heard)
        return changes * self._window


def _overlapped(before: Tensor, windows: Tensor) -> tuple[Tensor, Tensor]:
    """Windows [window, 2 HOP] that overlap by half, as what begins in the hop after them [1, 1,
    HOP] and what is complete [1, 1, sample]; before: what began before."""
    first, second = windows[:, :HOP], windows[:, HOP:]
    begun = torch.cat((before[0], second[:-1]))
    return second[None, -1:], (first + begun).reshape(1, 1, -1)
