import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.core.events import TargetText, WrittenWord
from interp.outlets.captions.bilingual import with_source
from interp.outlets.captions.cues import Cue, cues
from interp.outlets.captions.formats import srt
from interp.outlets.captions.function_words import leans_on_next
from interp.outlets.captions.rules import Rules
from tests.outlets.caption_checker import columns, faults
from tests.outlets.captions.logs import LOGS, said, written

RULES = Rules()


def spoken(words: Sequence[str], step_ms: int = 300, start_ms: int = 0) -> list[TargetText]:
    """Words said one after the other, as a session writes them."""
    times = (start_ms + index * step_ms for index in range(len(words)))
    return [
        TargetText(0, (WrittenWord(word, ms, ms, ms, ms + step_ms),))
        for word, ms in zip(words, times, strict=True)
    ]


def texts(sentence: str, step_ms: int = 300, start_ms: int = 0) -> list[TargetText]:
    return spoken([f" {word}" for word in sentence.split()], step_ms, start_ms)


def shown(made: Sequence[Cue]) -> list[str]:
    return [" ".join(cue.lines) for cue in made]


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_captions_of_a_recording_pass_the_checker_and_lose_no_word(log: Path) -> None:
    texts = written(log)
    made = cues(texts, "en", RULES)
    assert faults(srt(made, "en")) == []
    everything = "".join(word.text for text in texts for word in text.words)
    assert " ".join(shown(made)) == everything.strip()
    for cue in made:
        assert abs(cue.start_ms - cue.words[0].source_start_ms) <= RULES.delay_ms


def test_there_are_twenty_recordings() -> None:
    assert len(LOGS) == 20


def test_short_sentences_share_a_cue_and_push_nothing_away() -> None:
    made = cues(texts("Yes. No. Good. Right. Fine. Done. " * 20, step_ms=350), "en", RULES)
    assert len(made[0].words) > 4
    for cue in made:
        assert cue.start_ms - cue.words[0].source_start_ms < 500


def test_titles_and_abbreviations_end_no_sentence() -> None:
    made = cues(texts("Good morning Mr. Smith and Dr. Jones.", 600), "en", RULES)
    assert shown(made) == ["Good morning Mr. Smith and Dr. Jones."]
    made = cues(
        texts("Mr. Smith and Dr. Jones met at five in the hall, and so did we.", 600), "en", RULES
    )
    assert not any(line.endswith(("Mr.", "Dr.")) for cue in made for line in cue.lines)


def test_a_sentence_that_does_not_fit_is_divided_where_a_reader_breathes() -> None:
    sentence = (
        "Please enter your conference number, followed by the pound key, and then wait for the"
        " leader of the conference to let you in."
    )
    made = cues(texts(sentence), "en", RULES)
    assert shown(made)[0] == "Please enter your conference number, followed by the pound key,"
    assert " ".join(shown(made)) == sentence


def test_speech_too_fast_to_be_read_stays_close_to_its_words() -> None:
    made = cues(texts("incomprehensibilities unquestionably " * 60, step_ms=250), "en", RULES)
    for cue in made:
        assert cue.start_ms - cue.words[0].source_start_ms <= RULES.delay_ms
    assert all(a.end_ms < b.start_ms for a, b in itertools.pairwise(made))


def test_a_long_pause_ends_a_cue_and_the_screen_is_empty_in_it() -> None:
    made = cues(texts("so we") + texts("begin now.", start_ms=9_000), "en", RULES)
    assert shown(made) == ["so we", "begin now."]
    assert made[0].end_ms < 3_000
    assert made[1].start_ms == 9_000


def test_words_told_in_another_order_than_they_were_said_keep_time_in_order() -> None:
    late = texts("Tomorrow", start_ms=5_000) + texts("we leave early in the day.", start_ms=4_000)
    made = cues(late, "en", RULES)
    assert shown(made) == ["Tomorrow we leave early in the day."]
    assert made[0].start_ms == 5_000


def test_chinese_breaks_between_characters_and_never_before_a_stop() -> None:
    rules = Rules.of("zh")
    text = "今天天气很好我们去公园散步吧。然后去吃饭，吃完饭以后我们可以去看电影，你觉得怎么样？"
    made = cues(spoken(list(text), 150), "zh", rules)
    lines = [line for cue in made for line in cue.lines]
    assert "".join(lines) == text
    assert all(columns(line) <= 32 for line in lines)
    assert not any(line[0] in "，。？" for line in lines)


def test_a_word_wider_than_a_line_is_cut() -> None:
    made = cues(texts("see " + "x" * 100), "en", RULES)
    assert all(columns(line) <= 42 for cue in made for line in cue.lines)
    assert "".join(shown(made)).replace(" ", "") == "see" + "x" * 100


def test_two_languages_stand_above_each_other_and_no_source_word_is_lost() -> None:
    log = next(log for log in LOGS if log.stem == "fr-1")
    made = with_source(cues(written(log), "en", RULES), said(log), "fr", RULES)
    spoken = "".join(word.text for text in said(log) for word in text.words)
    assert " ".join(line for cue in made for line in cue.source) == spoken.strip()
    assert sum(bool(cue.source) for cue in made) >= len(made) - 1


def test_nothing_written_is_no_cue() -> None:
    assert cues([], "en", RULES) == []


PHRASES = st.sampled_from(
    [
        "the garden",
        "and a bird",
        "we walked",
        "if it rains,",
        "but nobody came",
        "to the station.",
        "of an evening",
        "Good morning.",
        "or the other one",
        "that you asked for",
        "it was late,",
        "because they know",
    ]
)


@given(st.lists(PHRASES, min_size=1, max_size=25), st.integers(350, 900))
def test_any_speech_at_a_speakers_pace_passes_the_checker(phrases: list[str], step: int) -> None:
    stopped = re.sub(r"(?<=\. )[a-z]", lambda first: first[0].upper(), " ".join(phrases) + " ")
    sentence = f"{stopped}Today."
    made = cues(texts(sentence, step), "en", RULES)
    assert faults(srt(made, "en")) == []
    assert " ".join(shown(made)) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "fr",
            "Nous avons vu le jardin de la maison et les arbres dans la cour avec des amis " * 3,
        ),
        ("de", "Wir haben den Garten und das Haus mit der Familie gesehen weil die Sonne kam " * 3),
        ("es", "Hemos visto el jardín de la casa y los árboles en la calle con unos amigos " * 3),
        ("it", "Abbiamo visto il giardino della casa e gli alberi nella strada con gli amici " * 3),
        ("pt", "Vimos o jardim da casa e as árvores na rua com os amigos que moram no campo " * 3),
    ],
)
def test_in_each_language_no_line_ends_on_a_word_that_leans(language: str, sentence: str) -> None:
    made = cues(texts(sentence, 400), language, RULES)
    for line in (line for cue in made for line in cue.lines):
        assert not leans_on_next(line.split()[-1], language), line


def test_each_word_is_in_one_cue_with_the_times_it_was_said() -> None:
    said_texts = texts("Good morning. Please sit down, and we shall begin. " * 6)
    made = cues(said_texts, "en", RULES)
    assert [word for cue in made for word in cue.words] == [
        word for text in said_texts for word in text.words
    ]
