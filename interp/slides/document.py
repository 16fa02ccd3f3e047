"""A document that strangers sent to the lines of its pages: for a process of its own, see `child`.

A PDF's own text where it has some, else what is seen on the page; of an image, what is seen.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from PIL import Image

from interp.slides.deck import bad_slide
from interp.slides.ocr import Ocr

MOST_PAGES = 200
MOST_LOOKED_AT = 24
"""Pages of a document on which text is looked for, where it is not told."""
MOST_PIXELS = 40_000_000
"""Of an image, by its own word."""
LONG_SIDE = 1600
"""A picture is looked at in at most so many pixels; slides are written to be read from afar."""
LEAST_LETTERS = 12
"""A page with less text of its own is a picture."""
MOST_LINES, MOST_CHARS = 200, 200
"""Of a page, and of a line."""

IMAGES = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, slots=True)
class Page:
    """Its lines, from top to bottom."""

    lines: tuple[str, ...]


def pages(content: bytes) -> list[Page]:
    """The pages of a PDF or an image. Raises InvalidRequest(BAD_SLIDE)."""
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return list(_pdf(content))
    return [page_of(Ocr().lines(_image(content)))]


def _pdf(content: bytes) -> Iterator[Page]:
    ocr: Ocr | None = None
    looked_at = 0
    try:
        document = pypdfium2.PdfDocument(content)
        if len(document) > MOST_PAGES:
            raise bad_slide(f"a document has at most {MOST_PAGES} pages")
        for page in document:
            text = page.get_textpage().get_text_bounded()
            if sum(letter.isalnum() for letter in text) >= LEAST_LETTERS:
                yield page_of(text.splitlines())
            elif looked_at < MOST_LOOKED_AT:
                looked_at += 1
                ocr = ocr or Ocr()
                scale = LONG_SIDE / max(1.0, *page.get_size())
                yield page_of(ocr.lines(page.render(scale=scale).to_pil()))
            else:
                yield Page(())
    except pypdfium2.PdfiumError as error:
        raise bad_slide("the PDF cannot be read, or asks for a password") from error


def _image(content: bytes) -> Image.Image:
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=IMAGES)
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        image = image.convert("RGB")
    except Image.DecompressionBombError as error:
        raise bad_slide(f"an image has at most {MOST_PIXELS // 10**6} million pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise bad_slide("the slide is no PDF, PNG, JPEG or WebP") from error
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    return image


def page_of(lines: list[str]) -> Page:
    """A page of these lines, as far as they are kept."""
    kept = [line.strip()[:MOST_CHARS] for line in lines if line.strip()]
    return Page(tuple(kept[:MOST_LINES]))
