import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from interp.slides.ocr import Box, Ocr, connected
from tests.slides.drawn import drawn

LINES = ["Kubernetes at Halvorsen", "Team: Priyanka Raghunathan", "11.4 % margin"]


def test_what_stands_in_a_picture_is_read_dark_on_light_and_light_on_dark() -> None:
    image, ocr = drawn(LINES), Ocr()
    assert ocr.lines(image) == LINES
    assert ocr.lines(Image.fromarray(255 - np.asarray(image))) == LINES
    assert ocr.lines(Image.new("RGB", (64, 64))) == []


def test_a_strip_is_read_too_and_one_without_room_for_text_is_empty() -> None:
    ocr = Ocr()
    assert ocr.lines(drawn(LINES).resize((1600, 900)).crop((0, 40, 1600, 160))) == LINES[:1]
    assert ocr.lines(Image.new("RGB", (1600, 2))) == []
    assert ocr.lines(Image.new("RGB", (1, 1600))) == []


def test_areas_that_meet_further_down_are_one() -> None:
    mask = np.array([[1, 0, 1, 0, 0], [1, 1, 1, 0, 1], [0, 0, 0, 0, 1]], bool)
    assert sorted(connected(mask), key=lambda box: box.left) == [Box(0, 0, 3, 2), Box(4, 1, 5, 3)]


@given(st.integers(0, 2**24 - 1))
def test_areas_are_those_of_flooding(bits: int) -> None:
    mask = np.array([bits >> i & 1 for i in range(24)], bool).reshape(4, 6)
    found = sorted((b.left, b.top, b.right, b.bottom) for b in connected(mask))
    assert found == sorted(_flooded(mask))


def _flooded(mask: np.ndarray) -> list[tuple[int, int, int, int]]:
    left, boxes = {tuple(place) for place in np.argwhere(mask).tolist()}, []
    while left:
        area, edge = [], [left.pop()]
        while edge:
            row, column = edge.pop()
            area.append((row, column))
            near = {(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= near
            edge += near
        rows, columns = [r for r, _ in area], [c for _, c in area]
        boxes.append((min(columns), min(rows), max(columns) + 1, max(rows) + 1))
    return boxes
