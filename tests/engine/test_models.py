"""Work of many sessions as batches: one a kind, faults apart, answers in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.audio import SOURCE_RATE_HZ, silence
from interp.core.config import SessionConfig
from interp.core.synthesiser import SpeakStep
from interp.core.translator import Ask, DecodeStep, EncodeStep, Hypothesis
from interp.engine.models import Models
from interp.engine.work import Failed, Speaking, Spoken, Work, Writing, Written
from tests.fakes.synthesiser import POISON, ScriptSynthesiser
from tests.fakes.translator import ScriptTarget, ScriptTranslator
from tests.fakes.trouble import PoisonedTranslator

ASK = Ask(words=2)


@dataclass
class Heeding(PoisonedTranslator):
    """Notes how wide its batches are."""

    widths: list[int] = field(default_factory=list)

    def decode(self, steps: Sequence[DecodeStep[ScriptTarget]]) -> list[Hypothesis]:
        self.widths.append(len(steps))
        return super().decode(steps)


def writing(translator: ScriptTranslator, language: str = "fr", heard_s: int = 2) -> Writing:
    source = translator.init_source()
    target = translator.init_target(source, language, "en", "")
    audio = silence(heard_s * SOURCE_RATE_HZ)
    return Writing(EncodeStep(source, audio, False), (DecodeStep(target, ASK, 0, False),))


def speaking(voice: ScriptSynthesiser, words: tuple[str, ...], frames: int = 2) -> Speaking:
    step: SpeakStep[Any] = SpeakStep(voice.init_state(0), words, 1.0, 0, frames)
    return Speaking(Models(ScriptTranslator(), [voice]).voices[0], step)


def texts(written: object) -> list[str]:
    assert isinstance(written, Written)
    return [word.text for found in written.hypotheses for word in found.words]


def test_no_work_has_no_answers() -> None:
    assert Models(ScriptTranslator()).run([]) == []


@given(kinds=st.lists(st.sampled_from(["write", "anna", "ben"]), max_size=12))
def test_answers_come_in_the_order_of_the_works_and_kinds_run_together(kinds: list[str]) -> None:
    translator = Heeding()
    voices = {"anna": ScriptSynthesiser("anna"), "ben": ScriptSynthesiser("ben")}
    works: list[Work] = []
    for place, kind in enumerate(kinds):
        if kind == "write":
            works.append(writing(translator, heard_s=1 + place))
        else:
            works.append(speaking(voices[kind], ("so",), frames=1 + place % 3))
    answers = Models(translator, list(voices.values())).run(works)
    for place, (kind, answer) in enumerate(zip(kinds, answers, strict=True)):
        if kind == "write":
            assert len(texts(answer)) == 2
        else:
            assert isinstance(answer, Spoken)
            assert len(answer.frames) == 1 + place % 3
    assert translator.widths == ([kinds.count("write")] if "write" in kinds else [])
    for name, voice in voices.items():
        assert voice.widest == kinds.count(name)
        assert voice.calls == (name in kinds)


def test_works_of_a_batch_share_its_time_evenly() -> None:
    translator = ScriptTranslator()
    first, second = Models(translator).run([writing(translator), writing(translator)])
    assert isinstance(first, Written)
    assert isinstance(second, Written)
    assert first.compute_ms == second.compute_ms > 0


def test_a_work_that_fails_fails_alone_and_nothing_is_encoded_twice() -> None:
    translator = Heeding()
    works = [writing(translator), writing(translator, "de"), writing(translator)]
    first, failed, last = Models(translator).run(works)
    assert texts(first) == texts(last) == [" w0", " w1"]
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, RuntimeError)
    assert translator.widths == [3, 1, 1, 1]
    assert translator.encoded_samples == 3 * 2 * SOURCE_RATE_HZ


def test_a_fault_of_a_voice_is_none_of_the_translators() -> None:
    translator, voice = Heeding(), ScriptSynthesiser()
    works: list[Work] = [
        speaking(voice, (POISON,)),
        writing(translator),
        speaking(voice, ("good",)),
    ]
    failed, written, spoken = Models(translator, [voice]).run(works)
    assert isinstance(failed, Failed)
    assert texts(written) == [" w0", " w1"]
    assert isinstance(spoken, Spoken)
    assert translator.widths == [1], "what was written is not written again"


def test_what_does_not_fail_again_is_answered() -> None:
    translator = ScriptTranslator(fail_on_decode=0)
    (answer,) = Models(translator).run([writing(translator)])
    assert texts(answer) == [" w0", " w1"]


VOICES = [
    ScriptSynthesiser("anna"),
    ScriptSynthesiser("ben"),
    ScriptSynthesiser("anna", language="pt"),
]


@pytest.mark.parametrize(
    ("target", "name", "chosen"),
    [("en", "", 0), ("en-GB", "", 0), ("en", "ben", 1), ("pt-BR", "", 2), ("pt", "anna", 2)],
)
def test_the_first_voice_that_suits_name_and_language_speaks(
    target: str, name: str, chosen: int
) -> None:
    models = Models(ScriptTranslator(), VOICES)
    assert models.synthesiser_of(SessionConfig("fr", target, voice=name)) is VOICES[chosen]


@pytest.mark.parametrize(("target", "name"), [("pt", "ben"), ("de", ""), ("en", "clara")])
def test_where_no_voice_suits_nothing_speaks(target: str, name: str) -> None:
    models = Models(ScriptTranslator(), VOICES)
    assert models.synthesiser_of(SessionConfig("fr", target, voice=name)) is None


def test_warming_up_has_every_model_work_once() -> None:
    translator, voices = (
        Heeding(language="none"),
        [ScriptSynthesiser("anna"), ScriptSynthesiser("ben")],
    )
    Models(translator, voices).warm_up()
    assert translator.widths == [1]
    assert [voice.frames for voice in voices] == [1, 1]
