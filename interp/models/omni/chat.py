"""A model, what it hears by and what makes its codes sound: questions in any of its modes."""

from interp.core.chat import ChatQuestion, Told
from interp.models.omni.asking import WRITES_OF, Question, ask, spoken
from interp.models.omni.generate import Manner
from interp.models.omni.hearing import Hearer
from interp.models.omni.prompts import Task
from interp.models.omni.release import Omni
from interp.models.omni.settings import Sampling
from interp.models.snac import Codec


class Chat:
    """Answers questions. hearer, codec: None where there is none."""

    def __init__(self, model: Omni, hearer: Hearer | None, codec: Codec | None) -> None:
        self._model, self._hearer, self._codec = model, hearer, codec

    def answer(self, question: ChatQuestion) -> Told:
        """Raises ValueError, in words for a user, where the model cannot answer it."""
        task = self._task(question)
        if task.hears and self._hearer is None:
            raise ValueError(f"it hears by {self._model.card.hears}, which is not on this machine")
        if task.speaks and not self._model.card.codec:
            raise ValueError("the model has not learnt to speak: ask without --speech")
        one = Sampling(temperature=question.temperature, top_k=0)
        asked = Question(task, question.text, question.audio, question.language)
        told = ask(self._model, asked, self._hearer, Manner(one, one, seed=question.seed))
        said = spoken(told, self._codec) if task.speaks and self._codec else None
        return Told(self._model.tokens.decode(told.text), said)

    def _task(self, question: ChatQuestion) -> Task:
        """The task that a question asks for; one that only writes where nothing can be said."""
        heard = question.audio is not None
        if question.aloud:
            if heard or self._codec is None:
                raise ValueError("a text is said aloud, and into a file: --speech")
            return Task.TTS
        if question.transcribe:
            if not heard:
                raise ValueError("what is transcribed is a recording, and there is no such file")
            return Task.ASR
        if question.language:
            task = Task.S2ST if heard else Task.T2ST
        else:
            task = Task.A2A if heard else Task.T2A
        return task if self._codec else WRITES_OF[task]
