"""The process that reads what is shown, under limits, one JSON object a line.

python -m interp.slides.child < document       the lines of its pages
python -m interp.slides.child video < file     the slides of a video, as they are found
python -m interp.slides.child stream           those of a WebM stream, while it comes
"""

import json
import os
import sys
from typing import Any

from interp.core.errors import InvalidRequest
from interp.intake.confined import confine
from interp.slides.document import pages
from interp.slides.video import slides_in, slides_streamed

MEMORY_BYTES = 2**30
DOCUMENT_CPU_S, VIDEO_CPU_S = 45, 1200


def main(args: list[str]) -> None:
    """Answer with what is read, or with why it is not."""
    confine(MEMORY_BYTES, cpu_s=VIDEO_CPU_S if args else DOCUMENT_CPU_S, file_bytes=0)
    try:
        if args:
            streamed = args == ["stream"]
            found = slides_streamed(_Line()) if streamed else slides_in(sys.stdin.buffer)
            for shown in found:
                _tell(at_ms=shown.at_ms, lines=shown.lines)
        else:
            _tell(pages=[page.lines for page in pages(sys.stdin.buffer.read())])
    except InvalidRequest as error:
        _tell(problem=error.message)
    except MemoryError:
        _tell(problem="it takes more memory than a slide does")


class _Line:
    """Standard input as it comes: nobody waits for a block to be full."""

    def read(self, size: int, /) -> bytes:
        """Up to so many bytes; none at the end."""
        return os.read(0, size)


def _tell(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
