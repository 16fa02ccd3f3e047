"""What reaches a log, and what never may."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from interp.core.logs import FIELDS, JsonFormatter, described

SECRET = "what the minister said"


@pytest.fixture(name="log")
def _log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("interp.test_logs")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)
    logger.propagate = True


Log = tuple[logging.Logger, io.StringIO]


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def failure() -> Exception:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        return error


def test_a_line_is_one_json_object_with_time_level_and_message(log: Log) -> None:
    logger, stream = log
    logger.warning("replica lost")
    (line,) = lines(stream)
    assert line["level"] == "warning"
    assert line["logger"] == "interp.test_logs"
    assert line["message"] == "replica lost"
    assert str(line["time"])[10] == "T"


def test_known_fields_are_written_and_others_are_not(log: Log) -> None:
    logger, stream = log
    logger.warning("session failed", extra={"session_id": "s1", "lanes": 3, "text": SECRET})
    (line,) = lines(stream)
    assert line["session_id"] == "s1"
    assert line["lanes"] == 3
    assert SECRET not in stream.getvalue()
    assert "text" not in FIELDS


def test_an_exception_is_told_by_its_type_and_place_alone(log: Log) -> None:
    logger, stream = log
    logger.error("session failed", exc_info=failure())
    (line,) = lines(stream)
    assert line["error"] == "ValueError"
    assert "test_log_lines.py:" in str(line["where"])
    assert SECRET not in stream.getvalue()


def test_arguments_of_other_peoples_messages_are_left_out(log: Log) -> None:
    _, stream = log
    record = logging.LogRecord("grpc", logging.ERROR, "f", 1, "refused %s", (SECRET,), None)
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "refused %s"
    assert stream.getvalue() == ""


def test_of_a_group_of_errors_the_first_is_told() -> None:
    told = described(ExceptionGroup("several", [failure(), KeyError("b")]))
    assert told["error"] == "ValueError"
    assert SECRET not in str(told)


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert described(KeyError("k")) == {"error": "KeyError", "where": ""}
