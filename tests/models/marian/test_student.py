"""A student of random weights against the straight-line reference, and against itself."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from interp.models.marian.checkpoint import MarianCheckpoint, load_marian
from interp.models.marian.decoder import START, Feed, MarianDecoder
from interp.models.marian.encoder import MarianEncoder
from interp.models.marian.lane import Reading, WriteStep
from interp.models.marian.outlook import Option, Outlook
from interp.models.marian.student import Student
from interp.models.marian.terms import PreferredTerm, TermPreference
from interp.models.marian.vocabulary import END, Vocabulary
from interp.models.marian.writing import UNKNOWN, Continuation, TargetWord
from interp.models.precision import Precision
from interp.models.sentence_pieces import SentencePieces
from interp.models.store import FileContent
from tests.fakes.tiny_marian import TINY, Reference, quantised, tiny_arrays, tiny_config
from tests.fakes.tiny_marian import write_container as write
from tests.fakes.tiny_pieces import tiny_pieces
from tests.models.device_guard import Transfers

CPU = torch.device("cpu")
PACKED = frozenset(n for n in tiny_arrays(TINY) if re.search("_W[qkvof12]?$|^Wemb$", n))
SOURCE, TARGET = [7, 3, 12, 9, END], [4, 21, 6]
WORDS = ["we", "vote", "on", "the", "new", "rules", "tomorrow"]


@pytest.fixture(scope="module")
def checkpoint() -> MarianCheckpoint:
    return load_marian(FileContent("m", write(tiny_config(TINY), tiny_arrays(TINY), packed=PACKED)))


@pytest.fixture(scope="module")
def reference() -> Reference:
    arrays = tiny_arrays(TINY).items()
    return Reference(TINY, {n: quantised(n, a) if n in PACKED else a for n, a in arrays})


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(SentencePieces(tiny_pieces(TINY.source_vocab)))


@pytest.fixture(scope="module")
def student(checkpoint: MarianCheckpoint, vocabulary: Vocabulary) -> Student:
    return Student(checkpoint, vocabulary, vocabulary, device=CPU)


def _told(found: Continuation) -> tuple[bool, list[tuple[str, int]]]:
    """All but the probabilities, whose last digits depend on how many rows ran at once."""
    return found.ended, [(word.text, word.reads) for word in found.words]


class Writer:
    """One translation that goes on from where it stands."""

    def __init__(self, student: Student) -> None:
        self._student = student
        self.state = student.init_state()

    def write(self, words: Sequence[str], accepted: int = 0, most: int = 99) -> Continuation:
        (reading,) = self._student.read([words])
        return self.write_on(reading, accepted, most)

    def write_on(self, reading: Reading, accepted: int, most: int) -> Continuation:
        (done,) = self._student.write([WriteStep(self.state, reading, accepted, most)])
        self.state = done.state
        return done.found


@torch.inference_mode()
def _scores(checkpoint: MarianCheckpoint, cuts: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Scores and attention of the tokens of TARGET, fed in parts."""
    decoder = MarianDecoder(checkpoint, CPU, Precision.FLOAT32)
    (memory,) = MarianEncoder(checkpoint, CPU, Precision.FLOAT32).encode([SOURCE])
    inputs, cells = [START, *TARGET], decoder.init_cells()
    rows, seen, first = [], [], 0
    for last in [*cuts, len(inputs)]:
        (fed,) = decoder.feed([Feed(inputs[first:last], first, cells, memory)])
        cells, first = fed.cells[-1], last
        rows.append(decoder.logits(fed.hidden))
        seen.append(fed.attention)
    return torch.cat(rows), torch.cat(seen)


@pytest.mark.parametrize("cuts", [[], [1], [1, 2, 3]])
def test_scores_and_attention_are_the_references_at_any_split(
    checkpoint: MarianCheckpoint, reference: Reference, cuts: list[int]
) -> None:
    scores, attention = _scores(checkpoint, cuts)
    expected_scores, expected_attention = reference.scores(SOURCE, TARGET)
    torch.testing.assert_close(scores, expected_scores, atol=1e-4, rtol=0)
    torch.testing.assert_close(attention, expected_attention, atol=1e-5, rtol=0)


def test_greedy_tokens_are_the_references(
    checkpoint: MarianCheckpoint, reference: Reference, vocabulary: Vocabulary
) -> None:
    writer = Writer(
        Student(checkpoint, vocabulary, vocabulary, device=CPU, precision=Precision.FLOAT32)
    )
    found = writer.write(WORDS)
    tokens: list[int] = []
    source = vocabulary.read(WORDS).ids
    while len(tokens) < 40:
        row = reference.scores(source, tokens)[0][-1]
        row[UNKNOWN] = -torch.inf
        tokens.append(int(row.argmax()))
        if tokens[-1] == END:
            break
    guessed = [token for word in writer.state.guessed for token in word]
    assert guessed
    assert guessed == tokens[: len(guessed)]
    assert found.ended


def test_a_text_accepted_word_by_word_is_the_text_at_once(student: Student) -> None:
    whole = Writer(student).write(WORDS)
    writer, accepted = Writer(student), 0
    texts: list[TargetWord] = []
    for _ in whole.words:
        found = writer.write(WORDS, accepted, most=1)
        texts += found.words
        accepted = len(found.words)
    assert _told(Continuation(tuple(texts), ended=True)) == _told(whole)


def test_what_was_kept_of_an_unchanged_sentence_gives_the_same(student: Student) -> None:
    (reading,) = student.read([WORDS])
    (fresh,) = student.read([WORDS])
    kept, anew = Writer(student), Writer(student)
    first = kept.write_on(reading, 0, 2)
    anew.write_on(reading, 0, 2)
    rest = kept.write_on(reading, len(first.words), 99)
    assert rest.words
    assert _told(rest) == _told(anew.write_on(fresh, len(first.words), 99))


def test_a_step_given_twice_gives_the_same(student: Student) -> None:
    (reading,) = student.read([WORDS])
    step = WriteStep(student.init_state(), reading, 0, 99)
    assert _told(student.write([step])[0].found) == _told(student.write([step])[0].found)


def test_alone_is_as_beside_others(student: Student) -> None:
    sentences = [WORDS, WORDS[:3], WORDS[2:]]
    readings = student.read(sentences)
    together = student.write([WriteStep(student.init_state(), r, 0, 99) for r in readings])
    alone = [Writer(student).write(words) for words in sentences]
    assert [_told(done.found) for done in together] == [_told(found) for found in alone]


def test_a_grown_sentence_is_written_on_from_what_stands(
    student: Student, reference: Reference, vocabulary: Vocabulary
) -> None:
    writer = Writer(student)
    first = writer.write(WORDS[:3], most=2)
    grown = writer.write(WORDS, accepted=len(first.words), most=1)
    scores, _ = reference.scores(vocabulary.read(WORDS).ids, writer.state.written)
    scores[-1][UNKNOWN] = -torch.inf
    assert writer.state.written
    assert writer.state.guessed[0][0] == int(scores[-1].argmax())
    assert len(grown.words) == 1


def test_it_stops_at_the_first_word_that_reads_too_far(student: Student) -> None:
    whole = Writer(student).write(WORDS).words
    (reading,) = student.read([WORDS])
    until = max(word.reads for word in whole)
    (done,) = student.write([WriteStep(student.init_state(), reading, 0, 99, until)])
    early = [word.reads < until for word in done.found.words]
    assert early == [True] * (len(early) - 1) + [False]


def reference_beam(reference: Reference, source: Sequence[int], width: int, most: int) -> list[int]:
    """The tokens of the best text, each score from the whole text before it; most: tokens."""
    alive, ended = [(0.0, list[int]())], list[tuple[float, list[int]]]()
    for _ in range(most):
        grown = []
        for total, tokens in alive:
            row = reference.scores(source, tokens)[0][-1]
            row[UNKNOWN] = -torch.inf
            logprobs = row.log_softmax(dim=0)
            grown += [(total + float(logprobs[t]), [*tokens, t]) for t in range(len(row))]
        grown.sort(key=lambda one: -one[0])
        done = [one for one in grown[:width] if one[1][-1] == END]
        ended += [(total / len(tokens), tokens[:-1]) for total, tokens in done]
        alive = [one for one in grown if one[1][-1] != END][:width]
        best = max((score for score, _ in ended), default=-float("inf"))
        if len(ended) >= width or best > max(total / len(tokens) for total, tokens in alive):
            break
    texts = ended or [(total / len(tokens), tokens) for total, tokens in alive[:1]]
    return max(texts, key=lambda one: one[0])[1]


@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize("words", [WORDS, WORDS[:2], WORDS[3:], ["rules", "we", "vote"]])
def test_a_beam_finds_the_references_text(
    checkpoint: MarianCheckpoint,
    reference: Reference,
    vocabulary: Vocabulary,
    words: list[str],
    width: int,
) -> None:
    student = Student(checkpoint, vocabulary, vocabulary, device=CPU, precision=Precision.FLOAT32)
    (reading,) = student.read([words])
    (done,) = student.write([WriteStep(student.init_state(), reading, 0, 99, beams=width)])
    tokens = [token for word in done.state.guessed for token in word]
    budget = 2 * len(reading.source.ids) + 8
    assert tokens == reference_beam(reference, reading.source.ids, width, budget)[: len(tokens)]
    assert tokens


def test_a_beam_goes_on_from_what_was_accepted_beside_greedy_lanes(student: Student) -> None:
    (reading,) = student.read([WORDS])
    state = student.init_state()
    (first,) = student.write([WriteStep(state, reading, 0, 2, beams=3)])
    steps = [
        WriteStep(first.state, reading, 1, 99, beams=3),
        WriteStep(state, reading, 0, 99),
        WriteStep(first.state, reading, 1, 99, beams=3),
    ]
    together, alone = student.write(steps), [student.write([step])[0] for step in steps]
    assert [_told(one.found) for one in together] == [_told(one.found) for one in alone]
    assert together[0].state.written == first.state.guessed[0]
    (fresh,) = student.read([WORDS])
    anew = student.write([WriteStep(first.state, fresh, 1, 99, beams=3)])
    assert _told(anew[0].found) == _told(together[0].found)


def test_a_beam_writes_a_term_that_the_best_text_would_not_hold(student: Student) -> None:
    (reading,) = student.read([WORDS])
    plain = Writer(student).write(WORDS)

    class Wish:
        watched = (9,)

        def options(self, written: Sequence[int], outlook: Outlook) -> Sequence[Option]:
            best = outlook.seen.best
            return best if written else [replace(outlook.seen.watched[9], raised=30.0), *best]

    step = WriteStep(student.init_state(), reading, 0, 99, preference=Wish(), beams=3)
    (done,) = student.write([step])
    assert done.state.guessed[0][0] == 9
    assert done.found.words[0].text != plain.words[0].text
    assert 0 < done.found.words[0].probability <= 1


@pytest.mark.parametrize("terms", [False, True])
@pytest.mark.parametrize("beams", [1, 3])
def test_a_step_waits_for_the_device_as_often_for_many_lanes_as_for_one(
    student: Student, beams: int, terms: bool
) -> None:
    preference = TermPreference((PreferredTerm((4, 21), (1,)),)) if terms else None
    counts = []
    for lanes in (1, 4):
        with Transfers() as transfers:
            readings = student.read([WORDS] * lanes)
            steps = [
                WriteStep(student.init_state(), reading, 0, 4, None, preference, beams)
                for reading in readings
            ]
            found = student.write(steps)
        assert all(one.found.words for one in found)
        counts.append(transfers.counts)
    read_and_watched = 1 + terms
    assert counts[0] == counts[1]
    assert counts[0].keys() == {"tensor", "tolist"}
    assert counts[0]["tensor"] == counts[0]["tolist"] + read_and_watched
