from collections.abc import Sequence
from dataclasses import replace

import pytest

from interp.core.latency_elapsed import Step
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import Emission, EmissionLog, Instance, RunConfig
from interp.evaluate.run.tune import (
    FINALISTS,
    FIRST_CLIPS,
    SIGNIFICANT_P,
    SPACE,
    Bound,
    candidates,
    rivals,
    tune,
)
from interp.evaluate.score.scores import ScoreConfig, Scores, score
from interp.evaluate.score.summary import Row, rows
from interp.policies import parse
from tests.fakes.runs import CONFIG, made_run

REFERENCE = "one two three four five six seven eight"
LENGTH_MS = 8000.0


class World:
    """Policies `p:lag=L`: each word L ms behind the speaker, of which L / 1000 words are right."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def measure(self, policies: Sequence[str], indices: Sequence[int]) -> list[Scores]:
        self.asked.append((len(policies), len(indices)))
        return [score(_log(policy, indices), ScoreConfig(resamples=10)) for policy in policies]


def _log(policy: str, indices: Sequence[int]) -> EmissionLog:
    lag = int(policy.partition("lag=")[2])
    words = REFERENCE.split()
    right = min(len(words), lag // 500)
    texts = [word if i < right else "wrong" for i, word in enumerate(words)]
    times = [min(LENGTH_MS, lag + 1000.0 * i) for i in range(len(words))]
    emissions = tuple(
        Emission(f" {text}", time, time + 1500, 0, i)
        for i, (text, time) in enumerate(zip(texts, times, strict=True))
    )
    steps = tuple(Step(time, 1500.0) for time in times)
    instances = tuple(
        Instance(index, "a", LENGTH_MS, REFERENCE, words=emissions, steps=steps)
        for index in sorted(indices)
    )
    return EmissionLog(RunConfig("made", policy, "made up"), instances)


POLICIES = tuple(f"p:lag={lag}" for lag in range(500, 4500, 250))


def test_the_best_quality_within_the_bound_is_chosen() -> None:
    found = tune(POLICIES, 40, Bound(2000), World().measure)
    assert found.chosen is not None
    assert found.chosen.name == "p:lag=2000"


def test_the_bound_may_count_compute() -> None:
    found = tune(POLICIES, 40, Bound(3000, aware=True), World().measure)
    assert found.chosen is not None
    assert found.chosen.aware_ms.value <= 3000 < found.chosen.aware_ms.value + 501


def test_nothing_is_chosen_where_nothing_keeps_the_bound() -> None:
    assert tune(POLICIES, 40, Bound(100), World().measure).chosen is None


def test_candidates_halve_while_clips_double_and_the_last_run_on_all() -> None:
    world = World()
    found = tune(POLICIES, 100, Bound(2000), world.measure)
    assert world.asked == [(16, FIRST_CLIPS), (8, 2 * FIRST_CLIPS), (4, 100)]
    assert [rung.clips for rung in found.rungs] == [16, 32, 100]
    assert len(found.rungs[-1].rows) == FINALISTS


def test_subsets_are_nested_so_that_earlier_work_counts() -> None:
    seen: list[set[int]] = []

    def measure(policies: Sequence[str], indices: Sequence[int]) -> list[Scores]:
        seen.append(set(indices))
        return World().measure(policies, indices)

    tune(POLICIES, 100, Bound(2000), measure)
    assert seen[0] < seen[1] < seen[2] == set(range(100))


def test_a_small_manifest_is_run_whole_at_once() -> None:
    world = World()
    tune(POLICIES, 5, Bound(2000), world.measure)
    assert world.asked == [(16, 5)]


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    names = [f"p:lag={lag}" for lag in (3000, 1000, 1200, 2000)]
    found = tune(names, 5, Bound(5000), World().measure)
    assert [row.name for row in found.front] == ["p:lag=1000", "p:lag=2000", "p:lag=3000"]


def test_every_policy_of_the_space_can_be_run() -> None:
    assert len(candidates(())) >= 2 * len(SPACE)
    for policy in candidates(()):
        parse(policy)


def test_sweeps_replace_the_space() -> None:
    assert candidates(["waitk:k=1..2"]) == ("waitk:k=1", "waitk:k=2")
    with pytest.raises(EvaluationError):
        candidates(["waitk:k=2..1"])


def rung(clips: int, *accuracies: float) -> list[Row]:
    return list(
        rows(
            [
                score(
                    EmissionLog(
                        replace(CONFIG, policy=f"p:a={accuracy}"),
                        made_run(3, clips, accuracy=accuracy).instances,
                    ),
                    ScoreConfig(resamples=200),
                )
                for accuracy in accuracies
            ]
        )
    )


def test_a_winner_inside_the_noise_has_rivals() -> None:
    found = rivals(rung(20, 0.72, 0.7))
    assert [rival.row.name for rival in found] == ["p:a=0.7"]
    assert found[0].quality.p_value >= SIGNIFICANT_P
    assert found[0].quality.value < 0


def test_a_clear_winner_has_none() -> None:
    assert rivals(rung(60, 0.95, 0.2)) == ()


def test_a_lone_policy_or_none_has_no_rival() -> None:
    assert rivals(rung(5, 0.7)) == ()
    assert rivals([]) == ()


def test_only_what_keeps_the_bound_is_a_rival() -> None:
    found = tune(["p:lag=2000", "p:lag=4000", "p:lag=2100"], 5, Bound(2200), World().measure)
    assert found.chosen is not None
    assert {rival.row.name for rival in found.rivals} <= {"p:lag=2000", "p:lag=2100"}
