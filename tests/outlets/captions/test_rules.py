import pytest

from interp.outlets.captions.rules import Rules


@pytest.mark.parametrize("language", ["zh", "yue", "ja", "ko"])
def test_wide_scripts_have_sixteen_characters_a_line_and_nine_a_second(language: str) -> None:
    rules = Rules.of(language)
    assert (rules.line_cells / 2, rules.cells_per_s / 2) == (16, 9)


@pytest.mark.parametrize("language", ["en", "fr", "ar", "th", "xx"])
def test_every_other_language_has_forty_two_a_line_and_twenty_a_second(language: str) -> None:
    assert Rules.of(language) == Rules()
    assert (Rules().line_cells, Rules().cells_per_s, Rules().cue_lines) == (42, 20, 2)


@pytest.mark.parametrize(
    ("cells", "needed_ms"), [(0, 834), (1, 834), (16, 834), (17, 850), (20, 1_000), (84, 4_200)]
)
def test_reading_takes_time_by_width_and_never_less_than_the_eye_needs(
    cells: int, needed_ms: int
) -> None:
    assert Rules().reading_ms(cells) == needed_ms


def test_reading_time_is_rounded_up_so_that_no_cue_is_a_hair_too_fast() -> None:
    assert Rules(cells_per_s=18).reading_ms(25) == 1_389
