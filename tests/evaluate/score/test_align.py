import random
import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.evaluate.score.align import mwer_segments, soft_segments

REFERENCES = ["the cat sat on the mat .", "a dog barked", "nobody answered the phone"]


def owners(found: np.ndarray) -> list[int]:
    return [int(owner) for owner in found]


def test_a_perfect_hypothesis_is_cut_where_the_references_are() -> None:
    words = " ".join(REFERENCES).split()
    expected = [0] * 7 + [1] * 3 + [2] * 4
    assert owners(soft_segments(words, REFERENCES)) == expected
    assert owners(mwer_segments(words, REFERENCES)) == expected


def test_a_paraphrase_joins_the_reference_it_looks_like() -> None:
    paraphrase = "The cats sat upon mats . One dog barks no-one answers the telephone"
    assert owners(soft_segments(paraphrase.split(), REFERENCES)) == [0] * 6 + [1] * 3 + [2] * 4


def test_a_word_left_over_joins_the_more_similar_neighbour() -> None:
    assert owners(soft_segments(["mat", "doggy", "barked"], ["mat", "dog barked"])) == [0, 1, 1]
    assert owners(soft_segments(["mat", "tam", "dog"], ["mat", "dog"]))[2] == 1


def test_case_and_compatibility_forms_do_not_matter_to_the_soft_alignment() -> None:
    assert owners(soft_segments(["\uff21\uff22\uff23", "XYZ"], ["abc", "xyz"])) == [0, 1]


def test_characters_match_only_themselves() -> None:
    assert owners(soft_segments(list("你好再见"), ["你好", "再见"], chars=True)) == [0, 0, 1, 1]


def test_order_is_kept_and_every_word_has_an_owner() -> None:
    rng = random.Random(5)
    vocabulary = ["cat", "dog", "mat", "sat", ".", ",", "on", "the", "phone", "answered"]
    for _ in range(200):
        words = rng.choices(vocabulary, k=rng.randint(0, 20))
        references = [" ".join(rng.choices(vocabulary, k=rng.randint(1, 5))) for _ in range(4)]
        for align in (soft_segments, mwer_segments):
            found = owners(align(words, references))
            assert len(found) == len(words)
            assert found == sorted(found)


def word_errors(hypothesis: list[str], reference: list[str]) -> int:
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        above, row = row, [i]
        for j, other in enumerate(hypothesis, 1):
            row.append(min(above[j - 1] + (word != other), above[j] + 1, row[-1] + 1))
    return row[-1]


def test_the_error_alignment_makes_the_fewest_errors_of_all_cuts() -> None:
    rng = random.Random(6)
    for _ in range(60):
        words = rng.choices("abcd", k=rng.randint(0, 9))
        references = [rng.choices("abcd", k=rng.randint(1, 4)) for _ in range(3)]
        found = mwer_segments(words, [" ".join(reference) for reference in references])
        parts = [[w for w, o in zip(words, found, strict=True) if o == index] for index in range(3)]
        made = sum(word_errors(p, r) for p, r in zip(parts, references, strict=True))
        cuts = (c for c in product(range(len(words) + 1), repeat=2) if c[0] <= c[1])
        best = min(
            word_errors(words[:a], references[0])
            + word_errors(words[a:b], references[1])
            + word_errors(words[b:], references[2])
            for a, b in cuts
        )
        assert made == best


def test_no_hypothesis_is_no_owner() -> None:
    assert owners(soft_segments([], REFERENCES)) == []
    assert owners(mwer_segments([], REFERENCES)) == []


def test_references_without_words_are_refused() -> None:
    with pytest.raises(ValueError, match="no reference words"):
        soft_segments(["a"], ["", " "])


def jaccard(one: str, other: str) -> float:
    left, right = set(one), set(other)
    return len(left & right) / len(left | right)


def best_total(words: list[str], reference: list[str]) -> float:
    """The largest similarity that an alignment with free gaps can have, cell by cell."""
    row = [0.0] * (len(words) + 1)
    for target in reference:
        above, row = row, [0.0]
        for j, word in enumerate(words, 1):
            row.append(max(above[j - 1] + jaccard(target, word), above[j], row[-1]))
    return row[-1]


WORDS = st.lists(st.text("abcd", min_size=1, max_size=4), min_size=1, max_size=7)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=4))
def test_no_cut_is_more_similar_than_the_soft_one(
    words: list[str], references: list[list[str]]
) -> None:
    found = owners(soft_segments(words, [" ".join(reference) for reference in references]))
    parts = [
        [w for w, o in zip(words, found, strict=True) if o == i] for i in range(len(references))
    ]
    made = sum(best_total(part, r) for part, r in zip(parts, references, strict=True))
    joint = best_total(words, [word for reference in references for word in reference])
    assert made == pytest.approx(joint)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=4))
def test_owners_go_up_and_lie_inside(words: list[str], references: list[list[str]]) -> None:
    joined = [" ".join(reference) for reference in references]
    for align in (soft_segments, mwer_segments):
        found = owners(align(words, joined))
        assert found == sorted(found)
        assert all(0 <= owner < len(references) for owner in found)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_the_references_themselves_make_no_error(references: list[list[str]]) -> None:
    joined = [" ".join(reference) for reference in references]
    words = [word for reference in references for word in reference]
    parts: list[list[str]] = [[] for _ in references]
    for word, owner in zip(words, owners(mwer_segments(words, joined)), strict=True):
        parts[owner].append(word)
    # Equal words at a cut may fall on either side, at no cost.
    errors = sum(word_errors(part, r) for part, r in zip(parts, references, strict=True))
    assert errors == 0


def test_an_empty_reference_gets_no_word() -> None:
    words = ["the", "cat", "a", "dog"]
    for align in (soft_segments, mwer_segments):
        assert owners(align(words, ["the cat", "", "a dog"])) == [0, 0, 2, 2]


def test_a_mark_never_stands_for_a_word() -> None:
    # Without that rule the full stop, similar to nothing, would still pair with what is left.
    assert owners(soft_segments([".", "dog"], ["cat .", "dog"])) == [0, 1]
    assert owners(soft_segments(["dog"], [".", "dog"])) == [1]


def test_half_an_hour_of_talk_is_cut_in_seconds() -> None:
    rng = random.Random(7)
    references = [" ".join(rng.choices(REFERENCES[0].split(), k=12)) for _ in range(400)]
    words = " ".join(references).split()
    begun = time.process_time()
    assert owners(soft_segments(words, references)) == [i for i in range(400) for _ in range(12)]
    assert len(mwer_segments(words, references)) == len(words)
    assert time.process_time() - begun < 10
