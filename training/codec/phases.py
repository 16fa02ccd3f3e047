"""What learns in a phase of codec training, and from what: the codes first, then the sound.

Codes learn by being read (`reader.py`); no waveform is made. The sound is learned afterwards, with
encoder and codebooks frozen, so speech coded in between stays valid.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import torch
from torch import Tensor, nn

from interp.models.harmonics import VoicedDecoder
from training.asr import WhisperListener, read_aloud, understood
from training.codec.adversary import Adversary
from training.codec.config import CodecConfig
from training.codec.losses import RESOLUTIONS, MelLoss, harmonics_loss
from training.codec.pitch import pitch_loss, pitch_of, told
from training.codec.quantise import Quantised
from training.codec.reader import Reader

Measured: TypeAlias = dict[str, Tensor | float]


@dataclass(frozen=True, slots=True)
class Held:
    """A held-out utterance after the codebooks. z: latents [1, latent_dim, latent]."""

    text: str
    z: Tensor


class Phase(Protocol):
    """One phase's loss, and the networks beside the codec that it needs."""

    codes_learn: bool

    def learning(self) -> Iterator[nn.Parameter]:
        """All parameters that the phase moves."""

    def distance(self, z: Tensor, wanted: Tensor) -> Tensor:
        """How far what latents say is from wanted [batch, 1, sample]; the loss's main part."""

    def loss(self, batch: Quantised, wanted: Tensor, measured: Measured) -> Tensor:
        """Loss of a quantised batch of wanted [batch, 1, sample]; its parts go into `measured`."""

    def errors(self, listener: WhisperListener, held: Sequence[Held]) -> float:
        """Word error rate of what can be heard of held-out utterances."""

    def state(self) -> dict[str, Any]:
        """What a resumed run needs, beside codec and optimiser."""

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""


class CodesPhase:
    """Encoder and codebooks learn together with a reader of spectra."""

    codes_learn = True

    def __init__(self, model: nn.Module, config: CodecConfig, device: torch.device) -> None:
        self._model = model
        self._commitment = config.loss.commitment
        self.reader = Reader(config.model.sampling_rate, config.model.latent_dim).to(device)

    def learning(self) -> Iterator[nn.Parameter]:
        """Encoder, projections of the quantisers, reader; codebooks move by running means."""
        yield from self._model.get_submodule("encoder").parameters()
        yield from (
            p for p in self._model.get_submodule("quantizer").parameters() if p.requires_grad
        )
        yield from self.reader.parameters()

    def distance(self, z: Tensor, wanted: Tensor) -> Tensor:
        """The reading error."""
        return self.reader.loss(z, wanted)

    def loss(self, batch: Quantised, wanted: Tensor, measured: Measured) -> Tensor:
        """Reading error and commitment."""
        measured["loss/reading"] = reading = self.distance(batch.z, wanted)
        measured["loss/commitment"] = batch.commitment
        return reading + self._commitment * batch.commitment

    def errors(self, listener: WhisperListener, held: Sequence[Held]) -> float:
        """As Phase: in the spectra that the reader reads."""
        spectra = [self.reader.power(one.z).cpu() for one in held]
        return read_aloud(listener, spectra, [one.text for one in held])

    def state(self) -> dict[str, Any]:
        """The reader."""
        return {"reader": self.reader.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """As Phase."""
        self.reader.load_state_dict(state["reader"])


class SoundPhase:
    """The decoder learns the sound of frozen codes, if wanted against discriminators."""

    codes_learn = False

    def __init__(self, model: nn.Module, config: CodecConfig, device: torch.device) -> None:
        self._decoder = model.get_submodule("decoder")
        self._weights = config.loss
        resolutions = [each for each in RESOLUTIONS if each[0] in config.loss.windows]
        self._mel = MelLoss(config.model.sampling_rate, resolutions).to(device)
        self._adversary = (
            Adversary(config.discriminators, device) if config.run.adversarial else None
        )

    def learning(self) -> Iterator[nn.Parameter]:
        """The decoder."""
        return self._decoder.parameters()

    def distance(self, z: Tensor, wanted: Tensor) -> Tensor:
        """The mel loss of the decoded sound."""
        loss: Tensor = self._mel(self._decoder(z), wanted)
        return loss

    def loss(self, batch: Quantised, wanted: Tensor, measured: Measured) -> Tensor:
        """Loss of what the decoder makes of the codes; the discriminators learn from it too."""
        weights = self._weights
        heard, voicing = self._sounded(batch.z, wanted, measured)
        measured["loss/mel"] = mel = self._mel(heard, wanted)
        loss: Tensor = voicing + weights.mel * mel
        if self._adversary:
            measured["loss/discriminator"] = self._adversary.learn(heard, wanted)
            asked = self._adversary.demand(heard, wanted)
            measured |= {"loss/adversarial": asked.adversarial, "loss/feature": asked.feature}
            loss = loss + weights.adversarial * asked.adversarial + weights.feature * asked.feature
        return loss

    def _sounded(self, z: Tensor, wanted: Tensor, measured: Measured) -> tuple[Tensor, Tensor]:
        """The decoded sound, and what only a voiced decoder has to learn."""
        if not isinstance(self._decoder, VoicedDecoder):
            return self._decoder(z), wanted.new_zeros(())
        pitch, read = pitch_of(wanted), self._decoder.pitch(z)
        heard = self._decoder(z, told(read, pitch))
        measured["loss/pitch"] = misread = pitch_loss(read, pitch)
        measured["loss/harmonics"] = harmonics = harmonics_loss(heard, wanted)
        return heard, self._weights.pitch * misread + self._weights.harmonics * harmonics

    def errors(self, listener: WhisperListener, held: Sequence[Held]) -> float:
        """As Phase: in the decoded speech."""
        speech = [self._decoder(one.z)[0, 0].cpu().numpy() for one in held]
        return understood(listener, speech, [one.text for one in held])

    def state(self) -> dict[str, Any]:
        """The discriminators, where there are any."""
        if not self._adversary:
            return {}
        return {
            "discriminators": self._adversary.networks.state_dict(),
            "their_optimiser": self._adversary.optimiser.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """As Phase."""
        if self._adversary:
            self._adversary.networks.load_state_dict(state["discriminators"])
            self._adversary.optimiser.load_state_dict(state["their_optimiser"])


def phase_of(model: nn.Module, config: CodecConfig, device: torch.device) -> Phase:
    """The phase that a config names. Raises ValueError for one that is not known."""
    match config.run.phase:
        case "codes":
            return CodesPhase(model, config, device)
        case "sound":
            return SoundPhase(model, config, device)
        case other:
            raise ValueError(f"a phase is codes or sound, not {other}")
