import errno
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from interp.core.logs import configure_logs, keep_logs, pass_on


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    """The root logger as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


def test_times_say_their_zone() -> None:
    stream = io.StringIO()
    configure_logs(stream=stream)
    logging.getLogger("interp.test").info("told", extra={"session_id": "s", "secret": "x"})
    line = json.loads(stream.getvalue())
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)
    assert line["session_id"] == "s"
    assert "secret" not in line


def test_lines_that_one_process_kept_are_written_by_another_as_they_are() -> None:
    kept = keep_logs()
    logging.getLogger("interp.engine.host").error("failed", extra={"session_id": "s"})
    lines = kept.take()
    assert kept.take() == ()
    stream = io.StringIO()
    configure_logs(stream=stream)
    pass_on(lines)
    assert json.loads(stream.getvalue())["session_id"] == "s"


def test_of_too_many_lines_the_newest_are_kept() -> None:
    kept = keep_logs()
    for number in range(2_000):
        logging.getLogger("interp").info("%d", number)
    lines = kept.take()
    assert len(lines) == 1_000
    assert json.loads(lines[-1])["message"] == "1999"


def test_lines_are_not_passed_on_to_a_stream_that_is_closed() -> None:
    stream = io.StringIO()
    configure_logs(stream=stream)
    pass_on(("{}",))
    assert stream.getvalue() == "{}\n"
    stream.close()
    pass_on(("{}",))


class Full(io.StringIO):
    """On a disk without room."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_without_room_under_the_log_is_no_error_to_who_passes_lines_on() -> None:
    configure_logs(stream=Full())
    pass_on(("{}",))


def test_without_a_standard_error_lines_are_passed_on_to_nobody() -> None:
    code = (
        "from interp.core.logs import configure_logs, pass_on\n"
        "configure_logs(); pass_on(('{}',)); print('went on')"
    )
    command = ["/bin/sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "went on\n"
