# ruff: noqa: RUF001
"""What a teacher's phonemes are written in, and the spelling of its language."""

from collections.abc import Callable
from dataclasses import dataclass

from piper.phonemize_espeak import EspeakPhonemizer

from interp.models.voice import portuguese
from interp.models.voice.front import SPELLINGS
from interp.models.voice.pronouncer import LETTERS
from interp.models.voice.spelling import Spell
from training.data.kokoro_engine import Phonemes


@dataclass(frozen=True, slots=True)
class Alphabet:
    """symbols: what the speaker reads, the blank first. letters: of a word that is spelled out.

    phonemes: makes what gives the symbols of a text, sentences joined by blanks.
    """

    language: str
    symbols: tuple[str, ...]
    letters: str
    phonemes: Callable[[], Callable[[str], str]]

    @property
    def spell(self) -> Spell:
        """How the language is spelled out."""
        return SPELLINGS[self.language]


def _espeak() -> Callable[[str], str]:
    phonemizer = EspeakPhonemizer()

    def phonemes(text: str) -> str:
        return " ".join("".join(part).strip() for part in phonemizer.phonemize("en-us", text))

    return phonemes


ALPHABETS = {
    "piper-en": Alphabet(
        "en",
        tuple(" ,;:.?!abdefhijklmnoprstuvwzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒʔʲˈˌːθᵻ\u0329\u0303"),
        LETTERS,
        _espeak,
    ),
    "kokoro-en": Alphabet(
        "en",
        tuple(" ,;:.?!abdefhijklmnoprstuvwzæðŋɐɑɔəɛɜɡɪɹʃʊʌʒˈˌθᵻᵊAIOTWYʤʧ"),
        LETTERS,
        lambda: Phonemes("en-us").of,
    ),
    "kokoro-pt": Alphabet(
        "pt",
        tuple(" ,;:.?!abdefhijklmnoprstuvwxzŋɐɔɛɡɪɹɾʃʊʒʲˈˌː\u0303ɲʎʤʧʣʦ"),
        portuguese.LETTERS,
        lambda: Phonemes("pt-br").of,
    ),
}
"""By teacher and language."""
