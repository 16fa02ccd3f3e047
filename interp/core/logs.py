"""Structured logs: one JSON object a line, with the session's id, never with what was said.

Only the fields named here are written, and of an exception only its type and the lines of code it
passed, so that neither audio, text nor a message built from them can reach a log.
"""

import json
import logging
import sys
import traceback
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

FIELDS = (
    "session_id",
    "tenant",
    "reason",
    "replica",
    "error",
    "where",
    "lanes",
    "sessions",
    "address",
    "seconds",
    "who",
    "deed",
)
_OURS = "interp"


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, then the known extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        ours = record.name.split(".")[0] == _OURS
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # another library's arguments may hold anything; its bare message does not
            "message": record.getMessage() if ours else str(record.msg),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line |= described(record.exc_info[1])
        return json.dumps(line, default=str)


def described(error: BaseException) -> dict[str, str]:
    """An exception without its text: type and the code it passed, as extra fields of a log line."""
    if isinstance(error, BaseExceptionGroup):
        return described(error.exceptions[0])
    frames = traceback.extract_tb(error.__traceback__)
    where = " > ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
    return {"error": type(error).__name__, "where": where}


def configure_logs(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logs of the process to a stream (standard error) as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class KeptLines(logging.Handler):
    """Keeps lines until somebody takes them, the newest where there are too many."""

    def __init__(self, most: int = 1000) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self._lines: deque[str] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self._lines.append(self.format(record))

    def take(self) -> tuple[str, ...]:
        """All since the last call."""
        lines = tuple(self._lines)
        for _ in lines:
            self._lines.popleft()
        return lines


def keep_logs(level: str = "INFO") -> KeptLines:
    """Have all logs of the process kept as JSON lines."""
    kept = KeptLines()
    logging.basicConfig(level=level, handlers=[kept], force=True)
    return kept


def pass_on(lines: tuple[str, ...]) -> None:
    """Write lines that another process kept to where this one logs as JSON."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and isinstance(
            handler.formatter, JsonFormatter
        ):
            # a stream that is closed, or a disk that is full: no line is worth an error
            with suppress(ValueError, OSError):
                for line in lines if handler.stream else ():
                    handler.stream.write(line + "\n")
                handler.flush()
