from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from interp.core.audio import Samples, samples_to_ms
from interp.core.config import SessionConfig
from interp.core.events import Event, Output, PolicyAction, TargetText, WrittenWord
from interp.evaluate.record.log import Stretch
from interp.evaluate.record.manifest import Clip
from interp.evaluate.run.runner import Fleet
from interp.evaluate.run.worker import Job, Worker
from tests.fakes.systems import build_script, save_speech


def config(policy: str) -> SessionConfig:
    return SessionConfig("fr", "en", frozenset({Output.TEXT, Output.ACTIONS}), policy)


@dataclass
class LastWord:
    """A system that writes one word at the end. heard: configs and length of each call."""

    heard: list[tuple[int, int]] = field(default_factory=list)

    def interpret(
        self, configs: Sequence[SessionConfig], samples: Samples
    ) -> list[Sequence[Event]]:
        ms = samples_to_ms(samples.size)
        self.heard.append((len(configs), ms))
        word = WrittenWord(" word", ms, ms + 7, 0, ms - 300)
        return [[PolicyAction(0, 1, ms, 1, 7.0), TargetText(0, (word,))] for _ in configs]

    def voiced(self, samples: Samples) -> tuple[Stretch, ...]:
        return (Stretch(0.0, float(samples_to_ms(samples.size))),)


def clip(folder: Path, ms: int = 2000) -> Clip:
    save_speech(folder / "a.wav", ms)
    return Clip("a", folder / "a.wav", reference="word")


def test_only_the_first_job_warms_up(tmp_path: Path) -> None:
    system = LastWord()
    worker = Worker(system)
    job = Job(0, clip(tmp_path), ((0, config("offline")), (4, config("waitk:k=1"))))
    assert [done.point for done in worker.run(job)] == [0, 4]
    worker.run(job)
    assert system.heard == [(1, 2000), (2, 2000), (2, 2000)]


def test_silence_is_heard_before_the_recording_and_taken_off_all_times(tmp_path: Path) -> None:
    system = LastWord()
    job = Job(3, clip(tmp_path), ((0, config("offline")),), lead_silence_ms=5000)
    ((_, instance),) = [(d.point, d.instance) for d in Worker(system).run(job)]
    assert system.heard[-1] == (1, 7000)
    (word,) = instance.words
    assert (word.delay_ms, word.elapsed_ms, word.source_end_ms) == (2000, 2007, 1700)
    assert word.step == 0
    assert instance.steps[0].delay_ms == 2000
    assert instance.source_length_ms == 2000
    assert instance.voiced == (Stretch(0.0, 2000.0),)


def test_the_engine_is_not_later_after_whole_frames_of_silence(tmp_path: Path) -> None:
    where = clip(tmp_path)
    points = ((0, config("waitk:k=2,unit_ms=400")),)
    worker = Worker(build_script())
    ((plain,), (late,)) = (
        worker.run(Job(0, where, points, lead_silence_ms=ms)) for ms in (0, 3200)
    )
    assert late.instance.prediction == plain.instance.prediction != ""
    # The gate's segment begins some frames before the voice is heard; no decision is later.
    for before, after in zip(plain.instance.words, late.instance.words, strict=True):
        assert after.delay_ms <= before.delay_ms + 32


def test_what_a_job_raises_is_not_swallowed(tmp_path: Path) -> None:
    job = Job(0, Clip("gone", tmp_path / "gone.wav"), ((0, config("offline")),))
    with pytest.raises(OSError, match="gone"):
        Worker(LastWord()).run(job)


def test_a_policy_of_a_users_own_file_is_known_in_the_worker(tmp_path: Path) -> None:
    file = Path(__file__).parents[3] / "docs" / "examples" / "my_policy.py"
    where = clip(tmp_path)
    job = Job(0, where, ((0, config("patient")),))
    fleet = Fleet(build_script, 1, (file,))
    (done,) = fleet.results([job])
    assert done.instance.prediction
    assert (done.point, done.instance.index) == (0, 0)


def test_a_cut_clip_is_heard_by_its_part(tmp_path: Path) -> None:
    system = LastWord()
    part = replace(clip(tmp_path), start_ms=500.0, duration_ms=1200.0)
    ((done),) = Worker(system).run(Job(0, part, ((0, config("offline")),)))
    assert system.heard[-1] == (1, 1200)
    assert done.instance.source_length_ms == 1200
