"""Structured logs: one JSON object a line, with the session's id, never with what was said.

Only the fields named here are written, and of an exception only its type and the lines of code it
passed, so that neither audio, text nor a message built from them can reach a log.
"""

import json
import logging
import sys
import traceback
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
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}",
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
