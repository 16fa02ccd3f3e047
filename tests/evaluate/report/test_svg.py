import re
import xml.etree.ElementTree as ET

import pytest

from interp.evaluate.report import svg
from interp.evaluate.report.svg import Frame, Key, Scale, nice_step, spanned


@pytest.mark.parametrize(
    ("rough", "step"), [(0.7, 1), (1.0, 1), (1.1, 2), (2.2, 5), (0.034, 0.05), (60, 100)]
)
def test_steps_are_one_two_or_five(rough: float, step: float) -> None:
    assert nice_step(rough) == pytest.approx(step)


def test_a_scale_maps_its_ends_and_middle() -> None:
    scale = Scale(10, 20, 300, 100)
    assert (scale(10), scale(15), scale(20)) == (300, 200, 100)


def test_ticks_are_round_and_inside() -> None:
    ticks = Scale(0, 4.7, 0, 100).ticks()
    assert ticks == pytest.approx([0, 1, 2, 3, 4])
    assert Scale(13.2, 16.1, 0, 100).ticks()[0] >= 13.2


def test_a_span_holds_all_values_with_round_ends() -> None:
    found = spanned([13.2, 16.1], 0, 100)
    assert found.low <= 13.2
    assert found.high >= 16.1
    assert spanned([13.2, 16.1], 0, 100, from_zero=True).low == 0


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0]])
def test_a_span_of_nothing_or_one_value_can_be_drawn_on(values: list[float]) -> None:
    for from_zero in (True, False):
        found = spanned(values, 0, 100, from_zero=from_zero)
        assert found.high > found.low
        assert found.ticks()


def test_what_is_said_cannot_become_markup() -> None:
    assert "<b>" not in svg.text(0, 0, "<b>", "tick")
    assert "<b>" not in svg.dot(0, 0, "mark", "<b>")


def test_a_legend_is_as_high_as_its_rows() -> None:
    keys = [Key(f"k{n}", "", n) for n in range(5)]
    assert svg.legend_height(keys, 800) == 3 * svg.KEY_HEIGHT
    assert svg.legend_height(keys, 300) == 5 * svg.KEY_HEIGHT
    lines = {
        float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"', svg.legend(keys, 0, 0, 800))
    }
    assert len(lines) == 3
    assert max(lines) <= svg.legend_height(keys, 800)


def test_a_key_shows_a_line_only_where_one_is_drawn() -> None:
    assert "<line" not in svg.legend([Key("dot", "", 0)], 0, 0, 400)
    assert "<circle" not in svg.legend([Key("line", "regime", None)], 0, 0, 400)


def chart() -> str:
    frame = Frame("t & t", Scale(0, 1, 0, 90), Scale(0, 1, 90, 0), "x", "y", 100, 100)
    return frame.draw(svg.dot(1, 1, "mark s3", "here"), svg.path([(0, 0), (1, 1)], "unaware s0"))


def test_a_chart_of_its_own_is_valid_xml_with_plain_colours() -> None:
    file = svg.standalone(chart())
    root = ET.fromstring(file)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in file
    assert "--" not in file
    style = file[file.index("<style>") : file.index("</style>")]
    assert ".chart .mark.s3{fill: #8a4a9e;}" in style
    assert ".chart .unaware.s0" in style


def test_a_chart_in_a_page_leaves_colours_to_it() -> None:
    assert re.search(r"(fill|stroke)=", chart()) is None


def test_a_frame_has_a_tick_for_each_grid_line_and_says_its_title() -> None:
    file = chart()
    assert 'aria-label="t &amp; t"' in file
    levels = re.findall(r'class="grid"', file)
    assert len(levels) == len(Scale(0, 1, 90, 0).ticks())
    assert 'viewBox="0 0 100 100"' in file


def test_a_path_keeps_the_order_of_its_points() -> None:
    assert svg.path([(1, 2), (0, 3.26)], "x") == '<polyline points="1.0,2.0 0.0,3.3" class="x"/>'


def test_an_area_is_a_rectangle_from_its_upper_left_corner() -> None:
    assert svg.area(10, 5, 30, 25, "band") == (
        '<rect x="10.0" y="5.0" width="20.0" height="20.0" class="band"/>'
    )


def test_series_repeat_after_the_last_colour() -> None:
    assert [svg.series(n) for n in (0, 7, 8, 15)] == ["s0", "s7", "s0", "s7"]


@pytest.mark.parametrize("number", [0, 8, 16, 24])
def test_marks_of_every_shape_lie_around_their_point(number: int) -> None:
    mark = svg.dot(50, 40, "mark", "here", number)
    if number == 0:
        assert 'cx="50.0" cy="40.0"' in mark
        return
    (corners,) = re.findall(r'points="([^"]*)"', mark)
    xs, ys = zip(*(map(float, corner.split(",")) for corner in corners.split()), strict=True)
    assert min(xs) < 50 < max(xs)
    assert min(ys) < 40 < max(ys)
    assert max(*xs, *ys) - 50 <= 6
