from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from interp.evaluate.record.log import Emission, Instance, ReferenceSegment
from interp.evaluate.record.timelines import LatencyUnit
from interp.evaluate.score.sentences import sentences

WORDS = (
    Emission(" good", 900),
    Emission(" morning", 1100),
    Emission(" every", 2600),
    Emission("one", 2900),
)
SHORT = Instance(4, "a.wav", 3000, "good morning all", "bonjour", words=WORDS)
LONG = Instance(
    4,
    "talk.wav",
    3500,
    words=WORDS,
    segments=(
        ReferenceSegment(500, 1000, "good morning"),
        ReferenceSegment(2000, 1200, "everyone"),
    ),
)


def test_a_short_instance_is_one_sentence() -> None:
    (found,) = sentences(SHORT, LatencyUnit.WORD)
    assert (found.instance, found.segment, found.source) == (4, 0, "a.wav")
    assert found.hypothesis == "good morning everyone"
    assert found.places == (0, 1, 2)
    assert (found.start_ms, found.source_length_ms) == (0.0, 3000)
    assert found.recording_end_ms is None
    assert (found.reference, found.reference_units) == ("good morning all", 3)
    assert found.source_text == "bonjour"


def test_a_sentence_of_nothing_has_no_places() -> None:
    (found,) = sentences(Instance(0, "a", 900, "x"), LatencyUnit.WORD)
    assert (found.hypothesis, found.places) == ("", ())


def test_a_long_recording_is_cut_where_its_words_belong() -> None:
    first, second = sentences(LONG, LatencyUnit.WORD)
    assert (first.hypothesis, second.hypothesis) == ("good morning", "everyone")
    assert (first.places, second.places) == ((0, 1), (2,))
    assert (first.segment, second.segment) == (0, 1)
    assert (second.start_ms, second.source_length_ms) == (2000, 1200)
    # The recording ends where its last segment does.
    assert (first.recording_end_ms, second.recording_end_ms) == (2700, 1200)


def test_times_count_from_the_start_of_the_sentence() -> None:
    _, second = sentences(LONG, LatencyUnit.WORD)
    line = second.timeline([900.0, 1100.0, 2900.0])
    assert list(line.times_ms) == [900.0]
    assert (line.source_length_ms, line.target_units) == (1200, 1)
    assert line.recording_end_ms == 1200


def test_another_aligner_may_cut_otherwise() -> None:
    def last(words: Sequence[str], references: Sequence[str]) -> NDArray[np.int64]:
        return np.full(len(words), len(references) - 1)

    first, second = sentences(LONG, LatencyUnit.WORD, last)
    assert first.hypothesis == ""
    assert second.hypothesis == "good morning everyone"


@pytest.mark.parametrize("aligned", [True, False])
def test_every_word_belongs_to_one_sentence(aligned: bool) -> None:
    found = sentences(LONG if aligned else SHORT, LatencyUnit.WORD)
    assert sorted(place for sentence in found for place in sentence.places) == [0, 1, 2]


def test_characters_are_joined_without_spaces() -> None:
    instance = Instance(
        0,
        "a",
        2000,
        words=(Emission("你好", 800), Emission("再见", 1700)),
        segments=(ReferenceSegment(0, 1000, "你 好"), ReferenceSegment(1000, 1000, "再见")),
    )
    first, second = sentences(instance, LatencyUnit.CHAR)
    assert (first.hypothesis, second.hypothesis) == ("你好", "再见")
    assert (first.reference_units, second.reference_units) == (2, 2)
    assert first.places == (0, 1)
