from training.data.words import WordTime, proportional_times, times_of_groups

OF_THE_DAY = [WordTime("ʌvðə", 100, 300), WordTime("dei", 400, 700)]


def test_words_joined_by_the_synthesiser_share_its_time() -> None:
    words = times_of_groups(["of", "the", "day"], [2, 2, 3], OF_THE_DAY)
    assert words == (
        WordTime("of", 100, 200),
        WordTime("the", 200, 300),
        WordTime("day", 400, 700),
    )


def test_a_word_spoken_in_two_groups_spans_both() -> None:
    groups = [WordTime("twɛn", 0, 40), WordTime("tiwʌn", 50, 90), WordTime("ks", 95, 99)]
    words = times_of_groups(["twenty-one", "x"], [9, 2], groups)
    assert words == (WordTime("twenty-one", 0, 90), WordTime("x", 95, 99))


def test_the_best_of_several_matches_is_taken() -> None:
    groups = [WordTime("aa", 0, 10), WordTime("bbbb", 10, 50), WordTime("c", 50, 60)]
    words = times_of_groups(["a", "b", "b2", "c"], [2, 2, 2, 1], groups)
    assert [(word.start_samples, word.end_samples) for word in words] == [
        (0, 10),
        (10, 30),
        (30, 50),
        (50, 60),
    ]


def test_words_that_match_nothing_share_the_whole_span() -> None:
    words = times_of_groups(["a"] * 9, [1] * 9, OF_THE_DAY)
    assert (words[0].start_samples, words[-1].end_samples) == (100, 700)


def test_proportional_times_follow_the_letters() -> None:
    assert proportional_times(["a", "bcd"], 0, 400) == (
        WordTime("a", 0, 100),
        WordTime("bcd", 100, 400),
    )


def test_times_move_with_the_rate() -> None:
    assert WordTime("a", 100, 200).rescaled(1.5) == WordTime("a", 150, 300)
