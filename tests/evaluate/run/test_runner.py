from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from interp.core.audio import Samples
from interp.core.config import SessionConfig
from interp.core.errors import NotServed
from interp.core.events import Event
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import Instance, ReferenceSegment, Stretch, read_log
from interp.evaluate.record.manifest import Clip, read_manifest
from interp.evaluate.run.runner import Fleet, Point, read_points, run_points
from interp.evaluate.run.study import Study
from interp.evaluate.run.worker import System
from interp.evaluate.score.scores import ScoreConfig, score
from tests.fakes.systems import build_script, die, save_manifest

POLICIES = ("offline", "waitk:k=2,unit_ms=400")


def study(folder: Path) -> Study:
    return Study(folder / "run", "script", "made up", "fr", "en", settings={"commit": "abc"})


def clips(folder: Path, count: int) -> list[tuple[int, Clip]]:
    return list(enumerate(read_manifest(save_manifest(folder, count))))


def points(folder: Path) -> list[Point]:
    return [study(folder).point(policy) for policy in POLICIES]


def ignore(done: int, count: int) -> None:
    """No progress bar."""


def never_built() -> System:
    raise AssertionError("there was nothing to run")


def timeless(instance: Instance) -> Instance:
    """Without the compute times, which no two runs share."""
    words = tuple(replace(word, elapsed_ms=None) for word in instance.words)
    steps = tuple(replace(step, compute_ms=0.0) for step in instance.steps)
    return replace(instance, words=words, steps=steps)


def test_every_clip_is_in_the_log_of_every_point(tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    run_points(
        points(tmp_path),
        clips(tmp_path, 3),
        Fleet(build_script, 0),
        lambda done, count: reported.append((done, count)),
    )
    offline, waitk = (read_log(point.log) for point in points(tmp_path))
    assert [i.prediction for i in offline.instances] == [i.reference for i in offline.instances]
    assert [i.index for i in waitk.instances] == [0, 1, 2]
    assert reported == [(done, 6) for done in range(7)]


def test_wait_k_on_the_script_writes_on_its_schedule(tmp_path: Path) -> None:
    run_points(points(tmp_path), clips(tmp_path, 1), Fleet(build_script, 0), ignore)
    (instance,) = read_log(points(tmp_path)[1].log).instances
    assert instance.source_length_ms == 2000.0
    delays = [word.delay_ms for word in instance.words]
    assert delays[0] == pytest.approx(800, abs=32)  # k units of 400 ms, on the gate's clock
    assert delays[-1] == 2000


def test_recorded_elapsed_is_the_overlapped_model(tmp_path: Path) -> None:
    run_points(points(tmp_path), clips(tmp_path, 2), Fleet(build_script, 0), ignore)
    for instance in read_log(points(tmp_path)[1].log).instances:
        done_ms = 0.0
        ends = []
        for step in instance.steps:
            done_ms = max(done_ms, step.delay_ms) + step.compute_ms
            ends.append(done_ms)
        for word in instance.words:
            assert word.step is not None
            assert word.elapsed_ms == pytest.approx(ends[word.step], abs=2)


def test_references_of_a_long_recording_reach_its_log(tmp_path: Path) -> None:
    ((_, clip),) = clips(tmp_path, 1)
    segments = (ReferenceSegment(0, 1000, "w0 w1"), ReferenceSegment(1000, 1000, "w2 w3 w4"))
    talk = replace(clip, reference=None, segments=segments)
    run_points(points(tmp_path), [(0, talk)], Fleet(build_script, 0), ignore)
    log = read_log(points(tmp_path)[1].log)
    assert log.instances[0].segments == segments
    found = score(log, ScoreConfig(resamples=10))
    assert [sentence.hypothesis for sentence in found.sentences] == ["w0 w1", "w2 w3 w4"]


def test_work_already_in_the_log_is_not_run_again(tmp_path: Path) -> None:
    every = clips(tmp_path, 3)
    run_points(points(tmp_path), every[:2], Fleet(build_script, 0), ignore)
    before = points(tmp_path)[0].log.read_text("utf-8")
    run_points(points(tmp_path), every[:2], Fleet(never_built, 0), ignore)
    run_points(points(tmp_path), every, Fleet(build_script, 0), ignore)
    after = points(tmp_path)[0].log.read_text("utf-8")
    assert after.startswith(before)
    assert len(read_log(points(tmp_path)[0].log).instances) == 3


def test_a_log_of_another_configuration_is_not_gone_on_with(tmp_path: Path) -> None:
    every = clips(tmp_path, 1)
    run_points(points(tmp_path), every, Fleet(build_script, 0), ignore)
    other = replace(study(tmp_path), settings={"commit": "def"}).point(POLICIES[0])
    with pytest.raises(EvaluationError, match="another configuration"):
        run_points([other], every, Fleet(build_script, 0), ignore)


def test_worker_processes_write_what_one_process_writes(tmp_path: Path) -> None:
    every = clips(tmp_path, 3)
    here = tmp_path / "here"
    run_points(points(tmp_path), every, Fleet(build_script, 2), ignore)
    run_points(points(here), every, Fleet(build_script, 0), ignore)
    for spread, single in zip(points(tmp_path), points(here), strict=True):
        found, expected = read_log(spread.log), read_log(single.log)
        assert [timeless(i) for i in found.instances] == [timeless(i) for i in expected.instances]


def test_a_failure_in_a_worker_ends_the_run_with_its_error(tmp_path: Path) -> None:
    wrong = study(tmp_path).point("nonsense")
    with pytest.raises(NotServed):
        run_points([wrong], clips(tmp_path, 3), Fleet(build_script, 1), ignore)


def test_a_worker_that_is_killed_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="a worker died"):
        run_points(points(tmp_path), clips(tmp_path, 1), Fleet(die, 1), ignore)


def test_points_of_one_silence_hear_a_clip_together_and_others_apart(tmp_path: Path) -> None:
    def build() -> System:
        return counted

    counted = Counting()
    quiet = [study(tmp_path).point(policy, 1, 1600) for policy in POLICIES]
    run_points([*points(tmp_path), *quiet], clips(tmp_path, 1), Fleet(build, 0), ignore)
    # A warm-up, then the two policies with and without silence.
    assert counted.calls == [(1, 2000), (2, 2000), (2, 3600)]
    plain, late = (read_log(log[1].log).instances[0] for log in (points(tmp_path), quiet))
    assert late.source_length_ms == plain.source_length_ms


class Counting:
    """The scripted system, counting how many sessions heard how much."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []
        self._system = build_script()

    def interpret(
        self, configs: Sequence[SessionConfig], samples: Samples
    ) -> list[Sequence[Event]]:
        self.calls.append((len(configs), samples.size // 16))
        return self._system.interpret(configs, samples)

    def voiced(self, samples: Samples) -> tuple[Stretch, ...]:
        return self._system.voiced(samples)


def test_every_log_says_where_somebody_spoke(tmp_path: Path) -> None:
    run_points(points(tmp_path), clips(tmp_path, 1), Fleet(build_script, 0), ignore)
    (instance,) = read_log(points(tmp_path)[0].log).instances
    assert instance.voiced == (Stretch(0.0, 1984.0),)  # whole frames of 32 ms
    assert all(word.source_end_ms is not None for word in instance.words)
    found = score(read_log(points(tmp_path)[0].log), ScoreConfig(resamples=5))
    assert found.figure("coverage").estimate.value > 0.9


def test_only_the_instances_asked_for_are_read(tmp_path: Path) -> None:
    every = clips(tmp_path, 3)
    run_points(points(tmp_path), every, Fleet(build_script, 0), ignore)
    logs = [point.log for point in points(tmp_path)]
    assert [len(log.instances) for log in read_points(logs)] == [3, 3]
    found = read_points(logs, [2, 0])
    assert [[i.index for i in log.instances] for log in found] == [[0, 2], [0, 2]]


def test_progress_begins_with_what_was_there(tmp_path: Path) -> None:
    every = clips(tmp_path, 2)
    run_points(points(tmp_path), every[:1], Fleet(build_script, 0), ignore)
    said: list[tuple[int, int]] = []
    run_points(
        points(tmp_path),
        every,
        Fleet(build_script, 0),
        lambda done, count: said.append((done, count)),
    )
    assert said == [(2, 4), (3, 4), (4, 4)]
