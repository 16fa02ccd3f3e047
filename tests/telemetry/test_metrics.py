"""Prometheus' numbers as OTLP has them, at a real receiver."""

from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from interp.serve.metrics import LAG_BUCKETS_S, Metrics
from interp.telemetry.metrics import MetricsReport
from tests.telemetry.receiver import Receiver, receiving


def reported(metrics: Metrics) -> dict[str, Metric]:
    with receiving() as receiver:
        report = MetricsReport.to(receiver.address, metrics.registry, service="t", every_s=60)
        report.close()
    return dict(receiver.metrics)


def test_every_metric_is_there_with_its_own_name() -> None:
    metrics = Metrics()
    metrics.ended.labels("OK").inc()
    metrics.refused.labels("QUOTA").inc()
    metrics.tick.labels("r0").observe(0.01)
    families = {family.name for family in metrics.registry.collect()}
    assert set(reported(metrics)) == families


def test_counts_and_labels_are_the_same() -> None:
    metrics = Metrics()
    metrics.sessions.set(3)
    metrics.ended.labels("OK").inc(5)
    metrics.ended.labels("QUOTA").inc(2)
    found = reported(metrics)
    (sessions,) = found["interp_sessions"].gauge.data_points
    assert sessions.as_double == 3
    ended = found["interp_sessions_ended"].sum
    assert ended.is_monotonic
    by_how = {p.attributes[0].value.string_value: p.as_double for p in ended.data_points}
    assert by_how == {"OK": 5, "QUOTA": 2}


def test_a_histogram_has_what_lies_between_its_bounds() -> None:
    metrics = Metrics()
    for age_s in (0.1, 0.3, 0.3, 2.5, 100.0):
        metrics.word_age.observe(age_s)
    (point,) = reported(metrics)["interp_word_age_seconds"].histogram.data_points
    assert list(point.explicit_bounds) == list(LAG_BUCKETS_S)
    between = dict(zip([*LAG_BUCKETS_S, "more"], point.bucket_counts, strict=True))
    assert {k: v for k, v in between.items() if v} == {0.25: 1, 0.5: 2, 3.0: 1, "more": 1}
    assert (point.count, round(point.sum, 3)) == (5, 103.2)
    assert not point.HasField("max")


def test_a_receiver_that_is_not_there_costs_nothing_but_a_line() -> None:
    with receiving() as gone:
        address = gone.address
    report = MetricsReport.to(address, Metrics().registry, service="t", every_s=60)
    report.close()
    assert Receiver().metrics == {}
