"""Slides as pictures and as documents, made for tests."""

import io
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 540)


def drawn(lines: Sequence[str]) -> Image.Image:
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((50, 40 + 90 * number), line, "black", ImageFont.load_default(40))
    return image


def encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def text_pdf(pages: Sequence[str]) -> bytes:
    """A PDF with text, a line a page."""
    count = len(pages)
    kids = " ".join(f"{3 + 2 * i} 0 R" for i in range(count))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
    ]
    for i, text in enumerate(pages):
        stream = f"BT /F1 24 Tf 50 300 Td ({text}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 720 405] /Contents {4 + 2 * i} 0 R"
            f" /Resources << /Font << /F1 {font} >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return body + f"{end}startxref\n{len(body)}\n%%EOF\n".encode()


def webm(
    slides: Sequence[Image.Image], seconds: int, codec: str = "libvpx", container: str = "webm"
) -> bytes:
    """Each slide for so long, two frames a second, half of them key frames, with a tone beside."""
    file, at = io.BytesIO(), 0
    tone = 0.1 * np.sin(np.arange(48_000 * seconds * len(slides)) / 25).astype(np.float32)
    with av.open(file, "w", format=container) as out:
        picture = out.add_stream(codec, rate=2)
        assert isinstance(picture, av.VideoStream)
        picture.width, picture.height = SIZE
        picture.pix_fmt = "yuv420p"
        if codec.startswith("libvpx"):
            picture.options = {"cpu-used": "8", "deadline": "realtime", "g": "2"}
        sound = out.add_stream("libopus", rate=48_000, layout="mono")
        assert isinstance(sound, av.AudioStream)
        for number in range(2 * seconds * len(slides)):
            image = np.asarray(slides[number // (2 * seconds)])
            frame = av.VideoFrame.from_ndarray(image, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 2)
            out.mux(picture.encode(frame))
            for _ in range(25):
                heard = av.AudioFrame.from_ndarray(tone[None, at : at + 960].copy(), "flt", "mono")
                heard.sample_rate, heard.pts, at = 48_000, at, at + 960
                out.mux(sound.encode(heard))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))
    return file.getvalue()


def video(slides: Sequence[Image.Image], seconds: int, path: str) -> None:
    """Each slide for so long, a frame a second, all of them key frames."""
    with av.open(path, "w") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p"
        for image in slides:
            for _ in range(seconds):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), "rgb24")))
        container.mux(stream.encode(None))
