"""Whisper's text tokens: prompts, tokens that are never written, and where words begin."""

import unicodedata
from enum import StrEnum

import torch
from torch import Tensor

from interp.models.whisper.assets import MULTILINGUAL_VOCAB, vocabulary

ENGLISH = "en"
"""What the model translates into."""
UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "my", "yue", "km", "bo"})


class Task(StrEnum):
    """What the decoder writes: a translation into English, or the words in the source language."""

    TRANSLATE = "translate"
    TRANSCRIBE = "transcribe"


class WhisperTokenizer:
    """The vocabulary of a model with `n_vocab` tokens. device: where its scores are."""

    def __init__(self, n_vocab: int, device: torch.device | None = None) -> None:
        self._vocabulary = vocabulary(n_vocab)
        self._multilingual = n_vocab >= MULTILINGUAL_VOCAB
        self.eot: int = self._vocabulary.special("endoftext")
        self.sot: int = self._vocabulary.special("startoftranscript")
        self.no_speech: int = self._vocabulary.special("nospeech")
        encoding = self._vocabulary.encoding
        self._bytes: list[bytes] = [encoding.decode_single_token_bytes(t) for t in range(self.eot)]
        special = torch.arange(n_vocab, device=device) > self.eot
        self.suppressed: Tensor = special  # [vocab], True: never written
        self.suppressed[list(self._vocabulary.unspoken)] = True
        self.blank: int = self.encode(" ")[0]

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages the model hears."""
        return self._vocabulary.languages if self._multilingual else (ENGLISH,)

    @property
    def language_tokens(self) -> list[int]:
        """The tokens of `languages`, in their order."""
        return [self._vocabulary.special(code) for code in self.languages]

    def prompt(self, task: Task, language: str, context: str, context_tokens: int) -> list[int]:
        """The tokens before the first text token; at most `context_tokens` of the context are kept.

        language: the one that is heard. Raises ValueError where the model knows no such language,
        or cannot translate.
        """
        tokens: list[int] = []
        text = context.strip()
        if text and context_tokens:
            tokens = [
                self._vocabulary.special("startofprev"),
                *self.encode(" " + text)[-context_tokens:],
            ]
        tokens.append(self.sot)
        if language not in self.languages:
            raise ValueError(f"the model does not know the language {language!r}")
        if self._multilingual:
            tokens.append(self._vocabulary.special(language))
            tokens.append(self._vocabulary.special(task))
        elif task is Task.TRANSLATE:
            raise ValueError("an English-only model does not translate")
        tokens.append(self._vocabulary.special("notimestamps"))
        return tokens

    def encode(self, text: str) -> list[int]:
        """The tokens of ordinary text."""
        tokens: list[int] = self._vocabulary.encoding.encode(text, disallowed_special=())
        return tokens

    def text(self, tokens: list[int]) -> str:
        """The text of ordinary tokens; bytes of an unfinished character become U+FFFD."""
        return b"".join(self._bytes[token] for token in tokens).decode(errors="replace")

    def starts_word(self, token: int) -> bool:
        """Whether an ordinary token begins with a space."""
        return self._bytes[token].startswith(b" ")

    def is_whole_character(self, tokens: list[int]) -> bool:
        """Whether the tokens end with a whole character that stands by itself."""
        text = self.text(tokens)
        return not text.endswith("\ufffd") and not unicodedata.category(text[-1]).startswith("M")
