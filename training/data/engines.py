"""The synthesis engines by name."""

from collections.abc import Callable

import numpy as np

from training.data.engine import Engine, Speech
from training.data.espeak_engine import Espeak
from training.data.festival_engine import Festival
from training.data.flite_engine import Flite
from training.data.kokoro_engine import Kokoro
from training.data.piper_engine import Piper
from training.data.tones_engine import Tones
from training.data.words import proportional_times


class Silence:
    """A stand-in without a model: silence of 60 ms a letter. For trying out a pipeline."""

    name, licence, repeats = "silence", "CC0-1.0", True
    packages: tuple[str, ...] = ()

    def say(self, text: str) -> Speech:
        """Silence at 16 kHz, words spread over it by their letters."""
        samples = np.zeros(960 * len(text), np.float32)
        return Speech(samples, 16_000, proportional_times(text.split(), 0, len(samples)))


ENGINES: dict[str, type[Engine]] = {
    each.name: each for each in (Piper, Kokoro, Espeak, Flite, Festival, Silence, Tones)
}


def engine_called(name: str) -> Engine:
    """The engine of that name, `kokoro:pf_dora` one with that voice; ValueError if unknown."""
    kind, _, voice = name.partition(":")
    if kind not in ENGINES:
        raise ValueError(f"no engine {kind!r}; there are {', '.join(ENGINES)}")
    begin: Callable[..., Engine] = ENGINES[kind]
    return begin(voice) if voice else begin()
