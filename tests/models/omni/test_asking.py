"""Questions that lack what their task needs are refused by name; a recording is answered."""

from pathlib import Path

import numpy as np
import pytest

from interp.models.omni.asking import WRITES_OF, Question, ask
from interp.models.omni.generate import Manner
from interp.models.omni.hearing import MelHearer
from interp.models.omni.prompts import Task
from interp.models.omni.release import Omni, OmniCard
from interp.models.omni.tokens import PIECES, load_tokens
from tests.models.omni.tiny import compact_config, tiny_lm
from training.omni.prepare import trained_pieces

SHORT = Manner(most_steps=40)


@pytest.fixture
def model(tmp_path: Path) -> Omni:
    (tmp_path / PIECES).write_bytes(trained_pieces(["one two three four"], 30))
    tokens = load_tokens(tmp_path / PIECES)
    config = compact_config(64, text_tokens=tokens.count, source_dim=MelHearer.dim)
    return Omni(OmniCard(config, ("en", "pt"), "mel"), tiny_lm(config), tokens)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question(Task.T2T), "t2t reads; give a text"),
        (Question(Task.ASR), "asr hears; name a recording"),
        (Question(Task.T2TT, "one", language="fr"), "fr is not among en, pt"),
    ],
)
def test_what_is_missing_is_named(model: Omni, question: Question, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ask(model, question, MelHearer(), SHORT)


def test_every_task_that_speaks_and_writes_has_one_that_only_writes() -> None:
    assert set(WRITES_OF) == {task for task in Task if task.speaks and task.writes}
    for task, writes in WRITES_OF.items():
        assert writes.writes
        assert not writes.speaks
        assert (task.hears, task.translates) == (writes.hears, writes.translates)


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_recording_is_heard_and_answered(model: Omni, lanes: int) -> None:
    second = np.zeros(16_000, np.float32)
    question = Question(Task.S2ST, audio=second, language="pt", lanes=lanes)
    answered = ask(model, question, MelHearer(), SHORT)
    assert answered.frames.shape[1] == 7
