"""The cascade on a scripted transcriber and a parrot of a student."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from interp.core.audio import SOURCE_RATE_HZ, silence
from interp.core.glossary import Glossary, Term
from interp.core.translator import (
    Abilities,
    Ask,
    DecodeStep,
    EncodeStep,
    Hypothesis,
    Pair,
    Word,
)
from interp.models.cascade.routes import routes
from interp.models.cascade.settings import CascadeSettings
from interp.models.cascade.state import AnyTarget, CascadeTarget
from interp.models.cascade.translator import CascadeTranslator
from interp.models.marian.lane import Reading
from interp.models.marian.terms import TermPreference
from tests.fakes.parrot import Parrot

SPEECH = "we vote on the new rules tomorrow. The chair speaks at ten"
WORD_MS = 300
"""The scripted speaker says a word every so often."""


@dataclass
class Heard:
    """A segment of the scripted speaker."""

    samples: int = 0


@dataclass
class Written:
    """What was accepted of a target, in words."""

    source: Heard
    accepted: int = 0


@dataclass
class Transcriber:
    """Hears the next word of SPEECH every WORD_MS; into English from every language."""

    abilities: Abilities = field(default_factory=lambda: Abilities(attention=True))
    batches: list[int] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)

    @property
    def pairs(self) -> frozenset[Pair]:
        return frozenset({Pair("en", "en"), Pair("fr", "en"), Pair("fr", "fr"), Pair("pt", "en")})

    def init_source(self) -> Heard:
        return Heard()

    def init_target(
        self, source: Heard, source_language: str, target: str, context: str
    ) -> Written:
        self.contexts.append(context)
        return Written(source)

    def encode(self, steps: Sequence[EncodeStep[Heard]]) -> None:
        for step in steps:
            step.state.samples += len(step.audio)

    def spoken(self, sources: Sequence[Heard]) -> list[Mapping[str, float]]:
        return [{"en": 0.9} if source.samples else {} for source in sources]

    def decode(self, steps: Sequence[DecodeStep[Written]]) -> list[Hypothesis]:
        self.batches.append(len(steps))
        return [self._continue(step) for step in steps]

    def _continue(self, step: DecodeStep[Written]) -> Hypothesis:
        """As a model that counts what is accepted each time it is told."""
        step.state.accepted += step.accepted
        heard = int(step.state.source.samples / SOURCE_RATE_HZ * 1000 / WORD_MS)
        words = [Word(f" {w}", 0.9, i * WORD_MS) for i, w in enumerate(SPEECH.split())]
        words = words[step.state.accepted : heard][: step.ask.words]
        if (limit := step.ask.before_ms) is not None:
            late = (i for i, word in enumerate(words) if (word.attended_ms or 0) >= limit)
            words = words[: next(late, len(words)) + 1]
        return Hypothesis(tuple(words), step.finished)


@pytest.fixture
def student() -> Parrot:
    return Parrot()


@pytest.fixture
def hearing() -> Transcriber:
    return Transcriber()


@pytest.fixture
def cascade(hearing: Transcriber, student: Parrot) -> CascadeTranslator:
    found = routes(hearing.pairs, {Pair("en", "xx"): student})
    return CascadeTranslator(hearing, found, CascadeSettings(settle_ms=600))


class Session:
    """One source and one target of a cascade."""

    def __init__(self, cascade: CascadeTranslator, source: str = "en", target: str = "xx") -> None:
        self._cascade = cascade
        self.source = cascade.init_source()
        self.target = cascade.init_target(self.source, source, target, "")

    def hear(self, words: int, *, finished: bool = False) -> None:
        audio = silence(words * WORD_MS * SOURCE_RATE_HZ // 1000)
        self._cascade.encode([EncodeStep(self.source, audio, finished)])

    def step(
        self,
        ask: Ask,
        accepted: int = 0,
        *,
        finished: bool = False,
        terms: Sequence[Term] = (),
    ) -> DecodeStep[AnyTarget]:
        return DecodeStep(self.target, ask, accepted, finished, Glossary(tuple(terms)))

    def guess(self, ask: Ask, accepted: int = 0, *, finished: bool = False) -> Hypothesis:
        (found,) = self._cascade.decode([self.step(ask, accepted, finished=finished)])
        return found


ALL = Ask(1_000_000)


def _texts(*hypotheses: Hypothesis) -> list[str]:
    return [word.text for hypothesis in hypotheses for word in hypothesis.words]


def test_pairs_are_the_transcribers_and_those_by_the_pivot(cascade: CascadeTranslator) -> None:
    assert cascade.pairs >= {Pair("en", "xx"), Pair("fr", "xx"), Pair("fr", "en"), Pair("en", "en")}
    assert Pair("xx", "en") not in cascade.pairs


def test_a_finished_segment_is_its_sentences_one_by_one(
    cascade: CascadeTranslator, student: Parrot
) -> None:
    session = Session(cascade)
    session.hear(20, finished=True)
    found = session.guess(ALL, finished=True)
    assert _texts(found) == [f" {word.upper()}" for word in SPEECH.split()]
    assert student.read_sentences == 2
    assert found.finished


def test_words_point_to_the_audio_of_the_words_they_read(cascade: CascadeTranslator) -> None:
    session = Session(cascade)
    session.hear(20, finished=True)
    places = [word.attended_ms for word in session.guess(ALL, finished=True).words]
    assert places == [i * WORD_MS for i in range(len(SPEECH.split()))]


def test_what_has_not_changed_is_not_read_again(
    cascade: CascadeTranslator, student: Parrot
) -> None:
    session = Session(cascade)
    session.hear(6)
    found = session.guess(Ask(1))
    session.guess(Ask(1), len(found.words))
    assert student.read_sentences == 1


def test_nothing_reads_what_has_not_settled(cascade: CascadeTranslator) -> None:
    session, accepted = Session(cascade), 0
    for heard in range(1, 13):
        session.hear(1)
        found = session.guess(ALL, accepted)
        accepted = len(found.words)
        for word in found.words:
            assert word.attended_ms is not None
            assert word.attended_ms < heard * WORD_MS - 600
        assert not found.finished


def test_a_hypothesis_stops_at_the_place_asked_for(cascade: CascadeTranslator) -> None:
    session = Session(cascade)
    session.hear(20, finished=True)
    found = session.guess(Ask(1_000_000, before_ms=700), finished=True)
    assert found.words
    assert all((word.attended_ms or 0) < 700 for word in found.words)


@pytest.mark.parametrize("words", [1, 3])
def test_accepted_bit_by_bit_it_says_the_same(cascade: CascadeTranslator, words: int) -> None:
    whole, parts = Session(cascade), Session(cascade)
    whole.hear(20, finished=True)
    parts.hear(20, finished=True)
    expected = _texts(whole.guess(ALL, finished=True))
    said, accepted = [], 0
    while True:
        found = parts.guess(Ask(words), accepted, finished=True)
        said += _texts(found)
        accepted = len(found.words)
        if found.finished:
            break
    assert said == expected


def test_words_accepted_before_listening_are_not_said_again(cascade: CascadeTranslator) -> None:
    session, other = Session(cascade), Session(cascade)
    for one in (session, other):
        one.hear(20, finished=True)
    first = session.guess(Ask(2), finished=True)
    assert session.guess(Ask(0), len(first.words), finished=True) == Hypothesis()
    rest = session.guess(ALL, finished=True)
    assert _texts(first, rest) == _texts(other.guess(ALL, finished=True))


def test_one_decode_of_the_transcriber_for_all_lanes(
    cascade: CascadeTranslator, hearing: Transcriber
) -> None:
    sessions = [Session(cascade), Session(cascade, "fr", "en"), Session(cascade, "fr", "xx")]
    for session in sessions:
        session.hear(6)
    found = cascade.decode([session.step(ALL) for session in sessions])
    assert hearing.batches == [3]
    assert _texts(found[1]) == [f" {word}" for word in SPEECH.split()[:6]]


def test_alone_is_as_in_a_batch(cascade: CascadeTranslator) -> None:
    together = [Session(cascade), Session(cascade), Session(cascade)]
    for words, session in enumerate(together, start=6):
        session.hear(words)
    found = cascade.decode([session.step(ALL) for session in together])
    for words, one in enumerate(found, start=6):
        alone = Session(cascade)
        alone.hear(words)
        assert _texts(alone.guess(ALL)) == _texts(one)


def test_a_target_is_written_as_if_no_other_read_the_segment(cascade: CascadeTranslator) -> None:
    alone, shared = Session(cascade), Session(cascade)
    other = cascade.init_target(shared.source, "en", "xx", "")
    for session in (alone, shared):
        session.hear(4)
    cascade.decode([DecodeStep(other, ALL, 0, finished=False)])
    for session in (alone, shared):
        session.hear(4)
    assert shared.guess(ALL) == alone.guess(ALL)
    assert isinstance(shared.target, CascadeTarget)
    assert isinstance(alone.target, CascadeTarget)
    assert shared.target.transcript.accepted == alone.target.transcript.accepted


def test_captions_are_the_words_that_stand(
    cascade: CascadeTranslator, hearing: Transcriber
) -> None:
    session = Session(cascade)
    captions = cascade.init_target(session.source, "en", "en", "")
    session.hear(6)
    steps = [session.step(ALL), DecodeStep(captions, ALL, 0, finished=False)]
    assert _texts(cascade.decode(steps)[1]) == [f" {word}" for word in SPEECH.split()[:4]]
    assert hearing.batches == [1]
    session.hear(20, finished=True)
    (rest,) = cascade.decode([DecodeStep(captions, ALL, 4, finished=True)])
    assert _texts(rest) == [f" {word}" for word in SPEECH.split()[4:]]


def test_a_step_given_again_after_a_fault_does_not_count_twice(
    hearing: Transcriber, student: Parrot
) -> None:
    cascade = CascadeTranslator(
        hearing, routes(hearing.pairs, {Pair("en", "xx"): student}), CascadeSettings()
    )
    told = []
    for fails in (False, True):
        through, direct = Session(cascade), Session(cascade, "fr", "en")
        for session in (through, direct):
            session.hear(20, finished=True)
        cascade.decode([through.step(Ask(2), finished=True), direct.step(Ask(2), finished=True)])
        steps = [through.step(ALL, 2, finished=True), direct.step(ALL, 2, finished=True)]
        student.fails = fails
        if fails:
            with pytest.raises(RuntimeError):
                cascade.decode(steps)
        told.append([_texts(found) for found in cascade.decode(steps)])
    assert told[0] == told[1]
    assert all(told[0])


class TermSpy(Parrot):
    """Notes which terms it is asked to write."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def preference(self, reading: Reading, glossary: Glossary) -> TermPreference | None:
        self.asked += [found.term.target for found in glossary.find(reading.words) if found.whole]
        return None


RULES = Term("new rules", "RR")


def test_terms_go_to_the_student_and_are_expected_by_the_transcriber(
    hearing: Transcriber,
) -> None:
    student = TermSpy()
    cascade = CascadeTranslator(
        hearing, routes(hearing.pairs, {Pair("en", "xx"): student}), CascadeSettings()
    )
    session = Session(cascade)
    session.hear(20, finished=True)
    cascade.decode([session.step(ALL, finished=True, terms=[RULES])])
    assert student.asked == ["RR"]
    assert hearing.contexts == ["new rules."]


def test_what_may_become_a_term_is_not_written_before_it_is_whole(
    cascade: CascadeTranslator,
) -> None:
    session, accepted, said = Session(cascade), 0, []
    longer = Term("on the new rules", "x")
    for _ in range(7):
        session.hear(1)
        (found,) = cascade.decode([session.step(ALL, accepted, terms=[longer])])
        accepted = len(found.words)
        said.append(len(_texts(found)))
    assert said[:6] == [0, 0, 1, 1, 0, 2]


def test_what_is_spoken_is_what_the_model_that_hears_says(hearing: Transcriber) -> None:
    cascade = CascadeTranslator(hearing, {}, CascadeSettings())
    heard, nothing = cascade.init_source(), cascade.init_source()
    cascade.encode([EncodeStep(heard, silence(SOURCE_RATE_HZ), finished=False)])
    assert cascade.spoken([nothing, heard]) == [{}, {"en": 0.9}]
