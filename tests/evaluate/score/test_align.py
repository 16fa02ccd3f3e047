import random
from itertools import product

import numpy as np
import pytest

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
