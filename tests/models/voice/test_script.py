"""The pointer through the text: strictly forward, whatever the model would do."""

from hypothesis import given, settings
from hypothesis import strategies as st

from interp.models.voice.script import LONGEST_HOLD_FRAMES, Script

PAD, UNSEEN, BLANK = 90, 91, 0


def script() -> Script:
    return Script(pad=PAD, unseen=UNSEEN)


def spoken_frame(lane: Script, predicted: int) -> tuple[list[int], int]:
    """One frame; the symbols it passed, and the words said when it ends."""
    lane.settle(predicted)
    passed = lane.symbols[lane.at : lane.at + lane.advance]
    said = lane.words_said
    lane.move(keep=3)
    return passed, said


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(st.integers(1, 9), max_size=5), st.booleans()), max_size=12),
    st.lists(st.integers(0, 7), min_size=1, max_size=30),
    st.lists(st.integers(0, 12), min_size=1, max_size=12),
)
def test_every_symbol_is_passed_once_and_in_order(
    words: list[tuple[list[int], bool]], moves: list[int], waits: list[int]
) -> None:
    lane = script()
    passed: list[int] = []
    said = [0]
    frame = 0
    for number, (symbols, ends) in enumerate(words):
        lane.write(symbols, BLANK, ends)
        for _ in range(waits[number % len(waits)]):
            symbols_passed, now = spoken_frame(lane, moves[frame % len(moves)])
            passed += symbols_passed
            said.append(now)
            frame += 1
    while not lane.exhausted:
        symbols_passed, now = spoken_frame(lane, moves[frame % len(moves)])
        passed += symbols_passed
        said.append(now)
        frame += 1
    written = [symbol for symbols, _ in words for symbol in symbols]
    assert [symbol for symbol in passed if symbol not in (PAD, BLANK)] == written
    assert said == sorted(said)
    assert lane.words[lane.at] == len(words)


def test_a_lane_without_words_stays_silent() -> None:
    lane = script()
    for _ in range(5):
        assert spoken_frame(lane, 7) == ([], 0)
    assert lane.silent == 5


def test_a_pause_follows_a_sentence_and_none_follows_a_wait() -> None:
    lane = script()
    lane.write([1], BLANK, ends_sentence=True)
    lane.write([2], BLANK, ends_sentence=False)
    passed = [spoken_frame(lane, 1)[0] for _ in range(6)]
    assert passed == [[PAD], [1], [], [], [PAD], [2]]
    lane.write([3], BLANK, ends_sentence=False)
    assert [spoken_frame(lane, 1)[0] for _ in range(2)] == [[PAD], [3]]


def test_words_that_come_in_time_are_joined_by_a_blank() -> None:
    lane = script()
    lane.write([1], BLANK, ends_sentence=False)
    spoken_frame(lane, 1)
    lane.write([2], BLANK, ends_sentence=False)
    assert [spoken_frame(lane, 1)[0] for _ in range(3)] == [[1], [BLANK], [2]]


def test_a_model_that_never_moves_is_moved() -> None:
    lane = script()
    lane.write([1, 2], BLANK, ends_sentence=False)
    passed = [spoken_frame(lane, 0)[0] for _ in range(2 * LONGEST_HOLD_FRAMES + 3)]
    assert [symbol for each in passed for symbol in each] == [PAD, 1, 2]


def test_the_window_shows_what_is_written_and_what_is_not_yet() -> None:
    lane = script()
    assert lane.window(2, 3) == [PAD, PAD, PAD, UNSEEN, UNSEEN, UNSEEN]
    lane.write([1, 2], BLANK, ends_sentence=False)
    assert lane.window(2, 3) == [PAD, PAD, PAD, 1, 2, UNSEEN]
    spoken_frame(lane, 1)
    lane.write([3], BLANK, ends_sentence=True)
    assert lane.window(1, 5) == [PAD, 1, 2, BLANK, 3, PAD, UNSEEN]


def test_memory_stays_bounded_in_a_long_talk() -> None:
    lane = script()
    for _ in range(500):
        lane.write([1, 2, 3], BLANK, ends_sentence=False)
        for _ in range(3):
            spoken_frame(lane, 2)
    assert len(lane.symbols) < 40
    assert len(lane.words) == len(lane.symbols)


def test_words_without_a_sound_count_as_said_with_the_word_before() -> None:
    lane = script()
    lane.write([1], BLANK, ends_sentence=True)
    lane.write([], BLANK, ends_sentence=False)
    said = [spoken_frame(lane, 1)[1] for _ in range(3)]
    assert said == [0, 2, 2]


def test_a_slow_voice_holds_what_sounds_and_not_what_parts_words() -> None:
    lengths = {}
    for pace in (1.0, 0.6):
        lane = Script(pad=PAD, unseen=UNSEEN, rests=frozenset({BLANK}), pace=pace)
        for symbol in range(1, 7):
            lane.write([symbol] * 3, BLANK, ends_sentence=False)
        passed = [spoken_frame(lane, 1)[0] for _ in range(60)]
        lengths[pace] = sum(lane_passed != [] for lane_passed in passed), passed.index([6])
    assert lengths[1.0][0] == lengths[0.6][0], "no symbol is lost"
    assert 1.35 < lengths[0.6][1] / lengths[1.0][1] < 1.5
