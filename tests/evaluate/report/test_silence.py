from dataclasses import replace

from interp.evaluate.record.log import EmissionLog
from interp.evaluate.report.silence import silence_points
from interp.evaluate.score.scores import score
from interp.evaluate.score.summary import Row, rows
from tests.fakes.run_folders import QUICK, named
from tests.fakes.runs import made_run


def after(silence_ms: int, *, later_ms: float = 0.0, accuracy: float = 0.7) -> EmissionLog:
    run = made_run(3, 20, accuracy=accuracy)
    instances = tuple(
        replace(i, words=tuple(replace(w, delay_ms=w.delay_ms + later_ms) for w in i.words))
        for i in run.instances
    )
    settings = {"lead_silence_ms": silence_ms} if silence_ms else {}
    log = named(EmissionLog(run.config, instances), "waitk:k=3")
    return replace(log, config=replace(log.config, settings=settings))


def scored(*logs: EmissionLog) -> tuple[Row, ...]:
    return rows([score(log, QUICK) for log in logs])


def test_silence_is_compared_with_the_same_policy_without() -> None:
    (point,) = silence_points(scored(after(0), after(2000, later_ms=100)))
    assert (point.policy, point.silence_s) == ("waitk:k=3", 2.0)
    assert point.quality.value == 0
    assert 0 < point.lag.value <= 100
    assert point.lag.low > 0


def test_lost_quality_shows_with_its_interval() -> None:
    (point,) = silence_points(scored(after(0, accuracy=0.95), after(5000, accuracy=0.2)))
    assert point.quality.high < 0


def test_points_come_by_length_of_silence() -> None:
    points = silence_points(scored(after(5000), after(0), after(2000)))
    assert [point.silence_s for point in points] == [2.0, 5.0]


def test_silence_alone_is_compared_with_nothing() -> None:
    assert silence_points(scored(after(2000))) == ()
    assert silence_points(scored(after(0))) == ()


def test_the_silence_is_in_the_name_of_the_row() -> None:
    assert [row.name for row in scored(after(0), after(2000))] == [
        "waitk:k=3",
        "waitk:k=3,lead_silence_ms=2000",
    ]
