"""A question to a model that can be asked, and its answer."""

from dataclasses import dataclass

from interp.core.audio import Samples


@dataclass(frozen=True, slots=True)
class ChatQuestion:
    """text or audio (16 kHz). language: to translate into; none for an answer. transcribe: write
    down what is heard. aloud: say the text itself. temperature: 0 for the likeliest answer."""

    text: str = ""
    audio: Samples | None = None
    language: str = ""
    transcribe: bool = False
    aloud: bool = False
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """text of the answer; samples of it at 24 kHz, None where it was not to be said."""

    text: str
    samples: Samples | None
