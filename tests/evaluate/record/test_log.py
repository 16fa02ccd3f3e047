from dataclasses import replace
from pathlib import Path

import pytest

from interp.evaluate.record.log import (
    LogWriter,
    read_config,
    read_instances,
    read_log,
    write_log,
)
from tests.fakes.runs import CONFIG, joined, made_run, spoken_run


def test_a_log_reads_back_as_it_was_written(tmp_path: Path) -> None:
    for name, run in {"text": made_run(1, 4), "speech": spoken_run(2, 3)}.items():
        path = tmp_path / name
        write_log(path, run)
        assert read_log(path) == run


def test_a_long_recording_keeps_its_segments(tmp_path: Path) -> None:
    talk = joined(made_run(1, 3))
    with LogWriter(tmp_path / "log", CONFIG) as writer:
        writer.write(talk)
    assert read_log(tmp_path / "log").instances == (talk,)


def test_instances_stream_in_file_order_and_load_by_index(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "log.jsonl"
    first, second = made_run(1, 2).instances
    with LogWriter(path, CONFIG) as writer:
        writer.write(second)
        writer.write(first)
    assert [instance.index for instance in read_instances(path)] == [1, 0]
    assert read_log(path).instances == (first, second)
    assert read_config(path) == CONFIG


def test_a_run_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "log"
    run = made_run(3, 3)
    with LogWriter(path, CONFIG) as writer:
        writer.write(run.instances[0])
        writer.write(run.instances[1])
    path.write_bytes(path.read_bytes()[:-40])
    with LogWriter(path, CONFIG) as writer:
        assert writer.written == {0}
        writer.write(run.instances[2])
        writer.write(run.instances[1])
    assert read_log(path) == run


def test_a_header_cut_short_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"schema": "int')
    write_log(path, made_run(1, 1))
    assert read_log(path) == made_run(1, 1)


def test_a_log_of_another_configuration_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write_log(path, made_run(1, 1))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="another configuration"):
        LogWriter(path, replace(CONFIG, policy="offline"))
    assert path.read_bytes() == before


def test_an_instance_is_written_once(tmp_path: Path) -> None:
    instance = made_run(1, 1).instances[0]
    with LogWriter(tmp_path / "log", CONFIG) as writer:
        writer.write(instance)
        with pytest.raises(ValueError, match="already in the log"):
            writer.write(instance)


def test_a_repeated_instance_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write_log(path, made_run(1, 1))
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    with pytest.raises(ValueError, match="twice"):
        read_log(path)


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"index": 0}\n')
    with pytest.raises(ValueError, match="not an emission log"):
        read_log(path)
