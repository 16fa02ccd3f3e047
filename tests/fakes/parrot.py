"""A student that says each source word again, in capitals: for tests of what stands around one."""

from collections.abc import Sequence

import torch

from interp.core.glossary import Glossary
from interp.models.marian.encoder import Memory
from interp.models.marian.lane import Reading, WriterState, WriteStep, Written
from interp.models.marian.student import Student
from interp.models.marian.terms import TermPreference
from interp.models.marian.vocabulary import Tokens
from interp.models.marian.writing import Continuation, TargetWord


class Parrot(Student):
    """read_sentences: how many sentences it was given to read. fails: the next write raises."""

    def __init__(self) -> None:
        self.read_sentences = 0
        self.fails = False

    def read(self, sentences: Sequence[Sequence[str]]) -> list[Reading]:
        self.read_sentences += len(sentences)
        nothing = Memory(torch.empty(0))
        return [Reading(tuple(words), Tokens((), ()), nothing, None) for words in sentences]

    def preference(self, reading: Reading, glossary: Glossary) -> TermPreference | None:
        return None

    def init_state(self) -> WriterState:
        return WriterState(torch.empty(0))

    def write(self, steps: Sequence[WriteStep]) -> list[Written]:
        if self.fails:
            self.fails = False
            raise RuntimeError("planted fault")
        return [self._write(step) for step in steps]

    def _write(self, step: WriteStep) -> Written:
        accepted = step.state.guessed[: step.accepted]
        written = (*step.state.written, *(token for word in accepted for token in word))
        words: list[TargetWord] = []
        source = step.reading.words
        for place in range(len(written), len(source)):
            if len(words) == step.words or (step.until is not None and place > step.until):
                break
            words.append(TargetWord(f" {source[place].upper()}", 0.9, place))
        ended = len(written) + len(words) == len(source)
        guessed = tuple((word.reads,) for word in words)
        state = WriterState(torch.empty(0), step.reading, 0, written, guessed)
        return Written(Continuation(tuple(words), ended), state)
