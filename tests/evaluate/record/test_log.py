import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interp.evaluate.record.log import (
    Emission,
    Instance,
    LogWriter,
    Stretch,
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


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TIMES = st.none() | st.floats(0, 1e7)
WORDS = st.builds(
    Emission,
    text=TEXTS,
    delay_ms=st.floats(-1e4, 1e7),
    elapsed_ms=TIMES,
    segment=st.integers(0, 99),
    step=st.none() | st.integers(0, 99),
    source_end_ms=TIMES,
)
INSTANCES = st.builds(
    Instance,
    index=st.integers(0, 10**6),
    source=TEXTS,
    source_length_ms=st.floats(0, 1e7),
    reference=st.none() | TEXTS,
    source_text=st.none() | TEXTS,
    words=st.lists(WORDS, max_size=4).map(tuple),
    voiced=st.lists(st.builds(Stretch, st.floats(0, 1e6), st.floats(0, 1e6)), max_size=3).map(
        tuple
    ),
    erased_words=st.integers(0, 99),
)


@given(INSTANCES)
def test_any_text_and_times_read_back(instance: Instance) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "log")
        with LogWriter(path, CONFIG) as writer:
            writer.write(instance)
        assert read_log(path).instances == (instance,)


def test_a_log_of_before_there_were_voiced_stretches_still_reads(tmp_path: Path) -> None:
    path = tmp_path / "log"
    write_log(path, made_run(1, 2))
    header, *lines = path.read_text("utf-8").splitlines()
    older = []
    for line in lines:
        fields = json.loads(line)
        del fields["voiced"]
        for word in fields["words"]:
            del word["source_end_ms"]
        older.append(json.dumps(fields))
    path.write_text("\n".join([header, *older, ""]), "utf-8")
    assert read_log(path) == made_run(1, 2)


@pytest.mark.parametrize("content", ["", "{}\n", '{"schema": "interp.emission-log/9"}\n'])
def test_a_file_without_our_header_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "log").write_text(content)
    with pytest.raises(ValueError, match="not an emission log"):
        read_log(tmp_path / "log")


def test_a_prediction_has_single_spaces() -> None:
    words = (Emission(" one", 0), Emission(" two", 0), Emission("'s ", 0), Emission("  three", 0))
    assert Instance(0, "a", 1, words=words).prediction == "one two's three"
