import random
from itertools import islice
from pathlib import Path

from training.data.bible import verse_sentences
from training.data.everyday import everyday_sentences
from training.data.sentences import held_out_sentences, main, unique
from training.data.text import spoken
from training.data.wordnet import wordnet_sentences


def test_there_are_200_held_out_sentences_ready_to_be_spoken() -> None:
    sentences = held_out_sentences()
    assert len(unique(sentences, set())) == 200
    assert [spoken(sentence) for sentence in sentences] == sentences


def test_repeats_and_held_out_sentences_are_left_out() -> None:
    sentences = ["Good morning, all.", "It rains.", "good morning all!", "It snows."]
    assert unique(sentences, {"It snows!"}) == ["Good morning, all.", "It rains."]


def test_the_same_seed_composes_the_same_sentences() -> None:
    first, again = (list(islice(everyday_sentences(random.Random(5)), 300)) for _ in range(2))
    assert first == again
    assert len(set(first)) > 250
    assert [spoken(sentence) for sentence in first] == first


def test_templates_never_compose_a_held_out_sentence() -> None:
    held_out = held_out_sentences()
    found = unique(islice(everyday_sentences(random.Random(1)), 2000), set(held_out))
    assert not set(found) & set(held_out)


def test_a_second_list_has_short_sentences_that_are_not_in_the_first(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    asked = ["--examples", "0", "--most-words", "8", "--everyday"]
    main([*asked, "300", "--out", str(first)])
    main([*asked, "400", "--seed", "7", "--not-in", str(first), "--out", str(second)])
    lists = [path.read_text().splitlines() for path in (first, second)]
    assert all(len(sentence.split()) <= 8 for one in lists for sentence in one)
    assert min(map(len, lists)) > 20
    assert not set(lists[0]) & set(lists[1])


def test_examples_come_from_the_glosses_of_wordnet(tmp_path: Path) -> None:
    for part in ("adj", "adv", "noun"):
        (tmp_path / f"data.{part}").write_text("")
    (tmp_path / "data.verb").write_text(
        '00001740 29 v 01 breathe 0 001 | draw air; "I can breathe better now"; "(archaic) x"\n'
        '  1 This licence says "do not read me aloud"\n'
    )
    assert list(wordnet_sentences(tmp_path)) == ["I can breathe better now."]


def test_verses_become_sentences_without_quotation_marks() -> None:
    verse = " He wrote, \u201cHis name is John.\u201d They all marveled; don\u2019t ask. "
    assert list(verse_sentences(verse)) == [
        "He wrote, His name is John.",
        "They all marveled, don't ask.",
    ]


def test_parts_of_verses_that_are_no_sentences_are_left_out() -> None:
    assert list(verse_sentences("in holiness all the days of our life.")) == []
    assert list(verse_sentences("His father was filled, saying,")) == []
