from interp.models.whisper.loops import again, is_endless, is_repetitive

BEFORE = list(range(100, 120))


def test_three_rounds_of_a_few_tokens_are_looked_at() -> None:
    assert is_repetitive([*BEFORE, *[1, 2, 3, 4] * 4])
    assert is_repetitive([*BEFORE, *[1, 2, 3] * 4])
    assert is_repetitive([*BEFORE, *[7] * 14])
    assert not is_repetitive([*BEFORE, *[1, 2, 3, 4] * 2])
    assert not is_repetitive([*BEFORE, 1, 2, 1, 2, 1, 2])


def test_what_leaves_a_repetition_does_not_repeat() -> None:
    assert not is_repetitive([*BEFORE, *[7] * 20, 8])
    assert not is_endless([*BEFORE, *[7] * 60, 8])


def test_ordinary_text_is_not_repetitive() -> None:
    assert not is_repetitive(BEFORE)
    assert not is_endless(BEFORE * 1 + list(range(60)))


def test_a_sentence_said_three_times_is_not_endless() -> None:
    assert not is_endless([*BEFORE, *range(10), *range(10), *range(10)])
    assert not is_endless([*BEFORE, *[1, 2, 3, 4] * 6])


def test_a_loop_is_endless_though_a_round_has_a_slip() -> None:
    rounds = [1, 2, 3] * 7 + [1, 9, 3] + [1, 2, 3] * 8
    assert is_endless([*BEFORE, *rounds])


def test_the_second_round_begins_where_the_first_repetition_does() -> None:
    begin = len(BEFORE)

    def rounds(first: int, size: int, count: int) -> tuple[range, ...]:
        starts = range(begin + first, begin + first + size * count, size)
        return tuple(range(start, start + size) for start in starts)

    assert again([*BEFORE, *[1, 2, 3] * 4]) == rounds(3, 3, 2)
    assert again([*BEFORE, *[1, 2, 3] * 4, 1]) == rounds(3, 3, 3)
    assert again([*BEFORE, *[1, 2, 3] * 16]) == rounds(3, 3, 14)
    assert again([*BEFORE, *list(range(10)) * 6]) == rounds(10, 10, 4)
    assert again([*BEFORE, *[7] * 20]) == rounds(1, 1, 18)


def test_what_stands_there_once_more_after_other_words_is_an_echo() -> None:
    text = [*BEFORE, *range(6), *range(50, 60)]
    assert again([*text, *range(5)]) == ()
    assert again([*text, *range(6)]) == (range(36, 41),)
    assert again([*text, *range(6), 50, 51]) == (range(36, 43),)
    assert again([*text, *range(6), 7]) == ()


def test_three_rounds_of_a_sentence_are_looked_at() -> None:
    assert is_repetitive([*BEFORE, *list(range(10)) * 3, 0, 1])
    assert is_repetitive([*BEFORE, *list(range(6)) * 3, 0, 1])
    assert not is_repetitive([*BEFORE, *list(range(6)) * 2, 0, 1])
