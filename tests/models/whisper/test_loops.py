from interp.models.whisper.loops import looped_tokens


def test_ordinary_text_is_no_loop() -> None:
    assert looped_tokens([1, 2, 3, 4, 5, 1, 2, 3, 6, 7, 8, 9]) == 0


def test_a_phrase_said_three_times_leaves_one() -> None:
    assert looped_tokens([9, 1, 2, 3, 1, 2, 3, 1, 2, 3]) == 6


def test_a_phrase_said_twice_is_allowed() -> None:
    assert looped_tokens([1, 2, 3, 4, 1, 2, 3, 4]) == 0


def test_no_no_no_is_allowed() -> None:
    assert looped_tokens([7, 7, 7]) == 0
    assert looped_tokens([7, 8, 7, 8, 7, 8]) == 0


def test_one_token_without_end_is_a_loop() -> None:
    assert looped_tokens([3] + [7] * 8) == 7
