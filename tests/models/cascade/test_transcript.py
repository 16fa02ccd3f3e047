"""Heard words: which stand, and where sentences end."""

from interp.core.translator import Hypothesis, Pair, Word
from interp.models.cascade.transcript import Sentence, Transcript, attended_ms

EACH_MS = 200


def _words(text: str, first_ms: int = 0) -> tuple[Word, ...]:
    return tuple(
        Word(f" {word}", 1.0, first_ms + i * EACH_MS) for i, word in enumerate(text.split())
    )


def _heard(*texts: str, before_ms: int = 10**6, finished: bool = False) -> Transcript:
    """Each text continues what stood after the one before."""
    transcript = Transcript(Pair("en", "en"))
    for place, text in enumerate(texts):
        last = finished and place == len(texts) - 1
        hypothesis = Hypothesis(_words(text, transcript.settled * EACH_MS), last)
        transcript.update(hypothesis, before_ms=before_ms, samples=place, finished=last)
    return transcript


def _sentences(transcript: Transcript, longest: int = 40) -> list[tuple[str, bool]]:
    found = transcript.sentences(longest)
    return [(" ".join(transcript.text(sentence)), sentence.complete) for sentence in found]


def test_words_stand_once_their_place_is_behind_and_another_follows() -> None:
    transcript = _heard("we vote on the rules", before_ms=500)
    assert (transcript.settled, transcript.accepted) == (3, 3)
    transcript = _heard("we vote on")
    assert transcript.settled == 2


def test_at_the_end_all_stand() -> None:
    transcript = _heard("we vote", "on the rules.", finished=True)
    assert transcript.settled == len(transcript.words) == 4
    assert transcript.words[0].text == " we"


def test_what_had_not_settled_may_change() -> None:
    transcript = _heard("we boat on it", "vote on the rules", before_ms=200)
    assert [word.text.strip() for word in transcript.words] == ["we", "vote", "on", "the", "rules"]


def test_a_sentence_is_complete_when_a_word_that_stands_follows_it() -> None:
    assert _sentences(_heard("It is late. We")) == [("It is late. We", False)]
    assert _sentences(_heard("It is late. We vote")) == [("It is late.", True), ("We vote", False)]


def test_an_end_that_may_be_none_is_not_told_yet() -> None:
    assert _sentences(_heard("Enter your number.")) == [("Enter your number", False)]
    assert _sentences(_heard("Enter your number.", finished=True)) == [("Enter your number.", True)]


def test_a_point_in_a_title_or_before_a_small_letter_ends_nothing() -> None:
    assert len(_sentences(_heard("I met Dr. Lee at 9 a.m. today. He left", finished=True))) == 2


def test_a_run_without_end_is_cut_at_a_pause() -> None:
    found = _sentences(_heard("a b c d e, f g h i", finished=True), longest=6)
    assert found == [("a b c d e,", True), ("f g h i", True)]
    found = _sentences(_heard("a b c d e f g h i", finished=True), longest=6)
    assert found == [("a b c d e f", True), ("g h i", True)]


def test_words_that_stood_in_one_sentence_stay_there() -> None:
    """What was read of a sentence may be written: read again in another it is written twice."""
    text = "a b c d e, f g h i j k l, m n o p q r, s t u v w x y z"
    transcript = _heard("")
    last_of: dict[int, int] = {}
    for words in range(2, len(text.split()) + 1):
        heard = _words(text)[transcript.settled : words]
        transcript.update(Hypothesis(heard), before_ms=10**6, samples=words, finished=False)
        for number, sentence in enumerate(transcript.sentences(longest=8)):
            for place in range(sentence.first, min(sentence.last, transcript.settled)):
                assert last_of.setdefault(place, number) == number, f"word {place} moved"
    assert len(set(last_of.values())) > 2


def test_the_place_of_an_end_is_that_of_the_last_word() -> None:
    words, sentence = _words("It is late. We"), Sentence(0, 3, complete=True)
    assert [attended_ms(words, sentence, reads) for reads in range(4)] == [0, 200, 400, 400]
