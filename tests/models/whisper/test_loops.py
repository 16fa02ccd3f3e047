from interp.models.whisper.loops import is_endless, is_repetitive, second_round

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
    assert second_round([*BEFORE, *[1, 2, 3] * 4]) == len(BEFORE) + 3
    assert second_round([*BEFORE, *[1, 2, 3] * 6]) == len(BEFORE) + 3
    assert second_round([*BEFORE, *[1, 2, 3] * 16]) == len(BEFORE) + 3
    assert second_round([*BEFORE, *list(range(10)) * 6]) == len(BEFORE) + 10
    assert second_round([*BEFORE, *[7] * 20]) == len(BEFORE) + 1
