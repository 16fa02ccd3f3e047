"""A writer alone: asked, answered, closed, as a session does it, without a gate or a clock."""

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.audio import ms_to_samples, samples_to_ms, silence
from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.core.events import Output, SourceText, TargetText
from interp.core.glossary import NO_TERMS, Glossary, Term
from interp.core.translator import Abilities, Ask, Hypothesis, Pair, Wait, Word
from interp.engine.segment import Segment
from interp.engine.work import Writing, Written
from interp.engine.writer import Decision, Writer, WriterState, captions_of
from interp.policies.base import ALL_WORDS, LISTEN
from tests.engine.stage import models_of
from tests.fakes.translator import PAIRS, ScriptTranslator

FR_EN = Pair("fr", "en")
FRAME = ms_to_samples(32)


def writer_of(
    translator: ScriptTranslator, policy: str = "waitk:k=1,unit_ms=320", carried: str = ""
) -> Writer:
    return Writer(translator, FR_EN, TargetText, WriterState(policy, carried))


@dataclass
class Desk:
    """A writer at work on one voiced segment that begins at `start_ms`."""

    translator: ScriptTranslator
    writer: Writer
    start_ms: int = 0
    number: int = 0
    position: int = field(init=False)
    segment: Segment = field(init=False)
    asked: list[Ask] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.position = ms_to_samples(self.start_ms)
        self.segment = Segment(self.number, self.position, self.translator.init_source())
        self.writer.open(self.segment)

    def hear(self, ms: int) -> list[Decision]:
        """More voiced audio, frame by frame; the decisions that it leads to."""
        decisions = []
        for _ in range(ms_to_samples(ms) // FRAME):
            self.position += FRAME
            self.segment.hear(silence(FRAME), FRAME)
            if self.writer.reached_unit(self.segment.voiced_samples):
                decisions.append(self.decide())
        return decisions

    def decide(self, *, finishing: bool = False) -> Decision:
        step = self.writer.next_step(self.position, finishing=finishing)
        if step is None:
            return self.writer.waits()
        self.asked.append(step.ask)
        work = Writing(self.segment.unencoded(finished=finishing), (step,))
        (answer,) = models_of(self.translator).run([work])
        elapsed_ms = samples_to_ms(self.position) + 7
        return self.writer.answered(step, _hypothesis(answer), self.position, elapsed_ms)


def _hypothesis(answer: object) -> Hypothesis:
    assert isinstance(answer, Written), answer
    (found,) = answer.hypotheses
    return found


def desk(policy: str = "waitk:k=1,unit_ms=320", start_ms: int = 0) -> Desk:
    translator = ScriptTranslator(word_ms=320)
    return Desk(translator, writer_of(translator, policy), start_ms)


def texts(decisions: list[Decision]) -> list[str]:
    return [word.text for decision in decisions for word in decision.words]


def test_it_writes_as_its_policy_says_and_stamps_every_word() -> None:
    at = desk(start_ms=6400)
    first, second = at.hear(640)
    (word,) = second.words
    assert texts([first, second]) == [" w0", " w1"]
    assert (word.delay_ms, word.elapsed_ms) == (7040, 7047)
    assert (word.source_start_ms, word.source_end_ms) == (6720, 7040)
    assert (second.segment, second.units) == (0, 2)


def test_what_is_written_is_told_with_the_tail_that_may_follow() -> None:
    (decision,) = desk("hold:n=1,unit_ms=640").hear(640)
    assert isinstance(decision.text, TargetText)
    assert [word.text for word in decision.text.words] == [" w0", " w1", " w2?640"]
    assert decision.text.tentative == " w3?640"
    assert not decision.text.segment_ended


def test_while_it_listens_there_is_nothing_to_tell() -> None:
    at = desk("waitk:k=3,unit_ms=320")
    decisions = at.hear(640)
    assert decisions == [Decision(0, 1), Decision(0, 2)]
    assert at.asked == [LISTEN, LISTEN]


@pytest.mark.parametrize(
    ("anew_ms", "asked"), [(0, [LISTEN, LISTEN]), (320, [LISTEN]), (640, []), (30_000, [])]
)
def test_what_the_next_step_hears_anew_is_not_heard_before_a_word_may_be_written(
    anew_ms: int, asked: list[Ask]
) -> None:
    at = desk(f"alignatt:guard_ms=1300,unit_ms=640,anew_ms={anew_ms}")
    assert at.hear(1280) == [Decision(0, 1), Decision(0, 2)]
    assert at.asked == asked
    (third,) = at.hear(640)
    assert third.words, "all of it was heard then"


def test_while_it_listens_the_tail_stays_as_it_was() -> None:
    at = desk("hold:n=1,unit_ms=640")
    at.hear(640)
    at.writer.set_policy("waitk:k=9,unit_ms=320")
    assert at.hear(320) == [Decision(0, 2), Decision(0, 3)], "its units are shorter"
    assert at.asked[-1] == LISTEN
    at.writer.set_policy("offline:unit_ms=320")
    last = at.decide(finishing=True)
    assert last.text is not None
    assert last.text.segment_ended


def test_a_listened_unit_is_no_hypothesis_to_agree_with() -> None:
    at = desk("agree:n=2,unit_ms=320")
    assert texts(at.hear(320)) == [], "there is nothing to agree with yet"
    at.writer.set_policy("waitk:k=9,unit_ms=320")
    at.hear(320)
    at.writer.set_policy("agree:n=2,unit_ms=320")
    assert texts(at.hear(320)) == [" w0"]


def test_while_it_reads_without_asking_the_translator_does_nothing() -> None:
    at = desk("offline:unit_ms=320")
    assert at.hear(640) == [Decision(0, 1), Decision(0, 2)]
    assert at.asked == []
    assert at.translator.encoded_samples == 0


def test_at_the_end_the_rest_is_written_whatever_the_policy() -> None:
    at = desk("offline:unit_ms=320")
    at.hear(1600)
    decision = at.decide(finishing=True)
    assert at.asked == [Ask(ALL_WORDS, beams=5)]
    assert texts([decision]) == [f" w{i}" for i in range(5)]
    assert decision.text is not None
    assert decision.text.segment_ended
    assert decision.text.tentative == ""


def test_a_segment_that_ends_without_a_word_is_not_told_of() -> None:
    at = desk("offline")
    at.hear(160)
    decision = at.decide(finishing=True)
    assert decision == Decision(0, 0)


def test_a_tentative_tail_that_goes_is_told_of() -> None:
    at = desk("fixed:unit_ms=640,words=2")
    at.translator.words_max = 2
    (first,) = at.hear(640)
    assert texts([first]) == [" w0", " w1"]
    last = at.decide(finishing=True)
    assert last.words == ()
    assert last.text == TargetText(0, (), "", segment_ended=True)


def test_loops_are_not_written() -> None:
    at = desk("fixed:unit_ms=640")
    step = at.writer.next_step(ms_to_samples(640), finishing=False)
    assert step is not None
    looping = Hypothesis(tuple(Word(" so", 0.9, 100) for _ in range(9)))
    decision = at.writer.answered(step, looping, ms_to_samples(640), 640)
    assert texts([decision]) == [" so", " so"]
    assert decision.guarded


def test_a_policy_set_in_mid_segment_decides_from_there_on() -> None:
    at = desk("offline:unit_ms=320")
    at.hear(960)
    at.writer.set_policy("waitk:k=2,unit_ms=320")
    (decision,) = at.hear(320)
    assert texts([decision]) == [" w0", " w1", " w2"]
    assert at.writer.state.policy == "waitk:k=2,unit_ms=320"


@pytest.mark.parametrize("policy", ["no-such", "waitk:k=0", "waitk:unit_ms=1"])
def test_a_policy_that_cannot_be_leaves_the_one_there_is(policy: str) -> None:
    at = desk()
    with pytest.raises((InvalidRequest, NotServed)):
        at.writer.set_policy(policy)
    assert at.writer.state.policy == "waitk:k=1,unit_ms=320"
    assert texts(at.hear(320)) == [" w0"]


@pytest.mark.parametrize(("hand_on", "carried"), [(True, "w0 w1"), (False, "")])
def test_only_a_segment_cut_in_mid_sentence_hands_on_its_words(hand_on: bool, carried: str) -> None:
    at = desk()
    at.hear(640)
    at.writer.close(hand_on=hand_on)
    assert at.writer.state == WriterState("waitk:k=1,unit_ms=320", carried)
    Desk(at.translator, at.writer, start_ms=640, number=1)
    assert at.translator.contexts == ["", carried]


def test_a_writer_goes_on_from_its_state() -> None:
    translator = ScriptTranslator(word_ms=320)
    again = writer_of(translator, carried="as we said")
    at = Desk(translator, again, start_ms=3200, number=4)
    assert translator.contexts == ["as we said"]
    assert [decision.segment for decision in at.hear(320)] == [4]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.sampled_from([320, 640]))
def test_sources_of_words_follow_each_other_and_never_lie_ahead(
    frames: list[int], unit_ms: int
) -> None:
    at = desk(f"waitk:k=1,unit_ms={unit_ms}", start_ms=320)
    decisions = [decision for count in frames for decision in at.hear(32 * count)]
    decisions.append(at.decide(finishing=True))
    words = [word for decision in decisions for word in decision.words]
    for before, after in itertools.pairwise(words):
        assert before.source_end_ms == after.source_start_ms
        assert before.delay_ms <= after.delay_ms
    assert all(320 <= w.source_start_ms <= w.source_end_ms <= w.delay_ms for w in words)


def test_two_writers_over_one_segment_share_what_is_encoded() -> None:
    translator = ScriptTranslator(word_ms=320)
    english = writer_of(translator, "fixed:unit_ms=320")
    own = captions_of(translator, "fr", frozenset({Output.SOURCE_TEXT}))
    assert own is not None
    at = Desk(translator, english)
    own.open(at.segment)
    at.hear(960)
    step = own.next_step(at.position, finishing=True)
    assert step is not None
    encode = at.segment.unencoded(finished=True)
    (answer,) = models_of(translator).run([Writing(encode, (step,))])
    decision = own.answered(step, _hypothesis(answer), at.position, 960)
    assert texts([decision]) == [" s0", " s1", " s2"]
    assert isinstance(decision.text, SourceText)
    assert translator.encoded_samples == ms_to_samples(960)


def test_source_text_is_written_only_where_it_is_wanted() -> None:
    assert captions_of(ScriptTranslator(), "fr", frozenset({Output.TEXT})) is None


def test_source_text_in_a_language_that_is_not_written_is_refused() -> None:
    translator = ScriptTranslator(pairs=PAIRS - {Pair("fr", "fr")})
    with pytest.raises(NotServed) as refused:
        captions_of(translator, "fr", frozenset({Output.SOURCE_TEXT}))
    assert refused.value.reason is Reason.PAIR_NOT_SERVED


@pytest.mark.parametrize(("attention", "policy"), [(True, "alignatt"), (False, "agree")])
def test_captions_are_written_by_a_policy_the_translator_can_honour(
    attention: bool, policy: str
) -> None:
    translator = ScriptTranslator(abilities=Abilities(attention))
    own = captions_of(translator, "fr", frozenset({Output.SOURCE_TEXT}))
    assert own is not None
    assert own.state.policy.split(":")[0] == policy


TERMS = Glossary((Term("hôte", "host"),))
TAKES_TERMS = Abilities(attention=True, glossary=True)


def test_every_decode_says_how_far_the_policy_stays_behind() -> None:
    translator = ScriptTranslator()
    writer = writer_of(translator, "waitk:k=3,unit_ms=512")
    writer.open(Segment(0, 0, translator.init_source()))
    early, last = (writer.next_step(FRAME, finishing=last) for last in (False, True))
    assert early is not None
    assert last is not None
    assert early.wait == last.wait == Wait(3, 512)
    writer.set_policy("offline")
    changed = writer.next_step(FRAME, finishing=True)
    assert changed is not None
    assert changed.wait is None


def test_the_terms_of_a_session_go_with_each_decode_and_into_its_checkpoints() -> None:
    translator = ScriptTranslator(abilities=TAKES_TERMS)
    writer = Writer(translator, FR_EN, TargetText, WriterState("offline", glossary=TERMS))
    writer.open(Segment(0, 0, translator.init_source()))
    step = writer.next_step(FRAME, finishing=True)
    assert step is not None
    assert step.glossary == TERMS
    writer.set_glossary(NO_TERMS)
    assert writer.state == WriterState("offline")


def test_what_is_expected_stays_when_terms_change_and_reaches_every_decode() -> None:
    translator = ScriptTranslator(abilities=TAKES_TERMS)
    writer = Writer(translator, FR_EN, TargetText, WriterState("offline"))
    writer.expect(("Debrecen",))
    writer.set_glossary(TERMS)
    writer.open(Segment(0, 0, translator.init_source()))
    step = writer.next_step(FRAME, finishing=True)
    assert step is not None
    assert step.glossary == Glossary(TERMS.terms, ("Debrecen",))
    assert writer.state.glossary == step.glossary
    writer.expect(())
    assert writer.state.glossary == TERMS


def test_terms_are_refused_by_a_translator_that_takes_none() -> None:
    writer = writer_of(ScriptTranslator())
    writer.set_glossary(NO_TERMS)
    with pytest.raises(InvalidRequest) as caught:
        writer.set_glossary(TERMS)
    assert caught.value.reason is Reason.BAD_GLOSSARY
