"""Text in a picture, by the two networks of PP-OCRv4 that the wheel `rapidocr-onnxruntime` carries.

Only its files are used: its own code needs OpenCV and with it a display's libraries. Slides hold
level lines, so that boxes are upright here.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

WHEEL = "rapidocr_onnxruntime"
DETECTOR = "models/ch_PP-OCRv4_det_infer.onnx"
RECOGNISER = "models/ch_PP-OCRv4_rec_infer.onnx"

SHORT_SIDE, LONG_SIDE, GRID = 736, 4096, 32
"""What the detector is given: at least so many pixels, unless the long side gets longer than that,
in multiples of the last: a strip would take any amount of memory."""
TEXT_PROBABILITY, BOX_PROBABILITY = 0.3, 0.5
UNCLIP = 1.6
"""The detector marks the core of a line; the line is larger by so much of area over girth."""
MOST_LINES = 200
LEAST_HEIGHT = 3
LINE_HEIGHT, LEAST_WIDTH, MOST_WIDTH = 48, 320, 2400
LEAST_PROBABILITY = 0.5
BLANK = 0


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels from left and top to before right and bottom."""

    left: int
    top: int
    right: int
    bottom: int


class Ocr:
    """Both networks, one thread each. Raises ImportError where the wheel is not installed."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec(WHEEL)
        if spec is None or not spec.submodule_search_locations:
            raise ImportError("slides are read by the extra `slides`")
        folder = Path(spec.submodule_search_locations[0])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._detector, self._recogniser = (
            onnxruntime.InferenceSession(str(folder / file), options, ["CPUExecutionProvider"])
            for file in (DETECTOR, RECOGNISER)
        )
        letters = self._recogniser.get_modelmeta().custom_metadata_map["character"]
        self._letters = ["", *letters.splitlines(), " "]

    def lines(self, image: Image.Image) -> list[str]:
        """The lines of a picture, from top to bottom."""
        image = image.convert("RGB")
        found = [self._text(image, box) for box in self._boxes(image)]
        return [text for text in found if text]

    def _boxes(self, image: Image.Image) -> list[Box]:
        """Where lines are."""
        scale = max(1.0, min(SHORT_SIDE / min(image.size), LONG_SIDE / max(image.size)))
        width, height = (max(GRID, round(side * scale / GRID) * GRID) for side in image.size)
        (probable,) = self._detector.run(None, {"x": _pixels(image.resize((width, height)))})
        across, down = image.width / width, image.height / height
        found = [
            Box(
                max(0, round(box.left * across)),
                max(0, round(box.top * down)),
                min(image.width, round(box.right * across)),
                min(image.height, round(box.bottom * down)),
            )
            for box in _lines(probable[0, 0])
        ]
        return sorted(found, key=lambda box: (box.top + box.bottom, box.left))[:MOST_LINES]

    def _text(self, image: Image.Image, box: Box) -> str:
        """The text of a line; empty where it is too unsure."""
        line = image.crop((box.left, box.top, box.right, box.bottom))
        width = min(MOST_WIDTH, max(1, round(line.width * LINE_HEIGHT / line.height)))
        pixels = _pixels(line.resize((width, LINE_HEIGHT)))
        pixels = np.pad(pixels, ((0, 0), (0, 0), (0, 0), (0, max(0, LEAST_WIDTH - width))))
        (chances,) = self._recogniser.run(None, {"x": pixels})
        best, sure = chances[0].argmax(axis=1), chances[0].max(axis=1)
        kept = (best != BLANK) & (best != np.concatenate([[BLANK], best[:-1]]))
        if not kept.any() or sure[kept].mean() < LEAST_PROBABILITY:
            return ""
        return "".join(self._letters[i] for i in best[kept]).strip()


def _pixels(image: Image.Image) -> NDArray[np.float32]:
    """A picture as the networks were taught: [1, blue green red, row, column], -1 to 1."""
    levels = np.asarray(image, np.float32)[:, :, ::-1] / 127.5 - 1
    return np.ascontiguousarray(levels.transpose(2, 0, 1)[None])


def _lines(probable: NDArray[np.float32]) -> list[Box]:
    """The boxes of connected pixels that are likely text, grown to whole lines.

    probable: [row, column].
    """
    found = []
    for box in connected(probable > TEXT_PROBABILITY):
        width, height = box.right - box.left, box.bottom - box.top
        inside = probable[box.top : box.bottom, box.left : box.right]
        if height < LEAST_HEIGHT or inside.mean() < BOX_PROBABILITY:
            continue
        grown = round(width * height * UNCLIP / (2 * (width + height)))
        found.append(Box(box.left - grown, box.top - grown, box.right + grown, box.bottom + grown))
    return found


def connected(mask: NDArray[np.bool_]) -> list[Box]:
    """The bounds of each connected area of a mask [row, column]."""
    bounds: list[Box] = []
    into: list[int] = []  # of each area, the one it was joined to
    above: list[tuple[int, int, int]] = []
    for row, pixels in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], pixels, [False]])))
        runs = []
        for left, right in edges.reshape(-1, 2).tolist():
            area = len(bounds)
            bounds.append(Box(left, row, right, row + 1))
            into.append(area)
            for other_left, other_right, other in above:
                if other_left <= right and left <= other_right:
                    area = _join(bounds, into, _root(into, other), area)
            runs.append((left, right, area))
        above = runs
    return [bounds[area] for area in range(len(bounds)) if into[area] == area]


def _root(into: list[int], area: int) -> int:
    while into[area] != area:
        area = into[area]
    return area


def _join(bounds: list[Box], into: list[int], one: int, other: int) -> int:
    """Make two areas one; the area they are now."""
    if one != other:
        a, b = bounds[one], bounds[other]
        into[other] = one
        bounds[one] = Box(
            min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom)
        )
    return one
