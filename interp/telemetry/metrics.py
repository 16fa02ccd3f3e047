"""A gateway's Prometheus metrics, sent to an OTLP receiver as well: the same names and numbers."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricExporter,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Sample

SCOPE = InstrumentationScope("interp")
CUMULATIVE = AggregationTemporality.CUMULATIVE
WITHIN_S = 5.0

Labels: TypeAlias = tuple[tuple[str, str], ...]


class MetricsReport:
    """Sends them every so many seconds, from a thread of its own, and once more at the end."""

    def __init__(
        self, registry: CollectorRegistry, exporter: MetricExporter, *, service: str, every_s: float
    ) -> None:
        self._registry, self._exporter, self._every_s = registry, exporter, every_s
        self._resource = Resource.create({"service.name": service})
        self._began_ns = time.time_ns()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics report", daemon=True)
        self._thread.start()

    @classmethod
    def to(
        cls, endpoint: str, registry: CollectorRegistry, *, service: str, every_s: float
    ) -> "MetricsReport":
        """To an OTLP receiver."""
        exporter = OTLPMetricExporter(
            endpoint=f"{endpoint.rstrip('/')}/v1/metrics", timeout=WITHIN_S
        )
        return cls(registry, exporter, service=service, every_s=every_s)

    def close(self) -> None:
        """Send the last, and end the thread."""
        self._over.set()
        self._thread.join(timeout=2 * WITHIN_S)
        self._exporter.shutdown()

    def _run(self) -> None:
        over = False
        while not over:
            over = self._over.wait(self._every_s)
            self._exporter.export(self._data())  # it logs where nobody listens

    def _data(self) -> MetricsData:
        now_ns = time.time_ns()
        families = self._registry.collect()
        metrics = [one for family in families for one in _metrics(family, self._began_ns, now_ns)]
        scope = ScopeMetrics(SCOPE, metrics, "")
        return MetricsData([ResourceMetrics(self._resource, [scope], "")])


def _metrics(family: Family, began_ns: int, now_ns: int) -> Iterator[Metric]:
    """One metric of a family, as OTLP has it; none of a kind that we do not count."""
    data: Sum | Gauge | Histogram
    match family.type:
        case "counter":
            points = _points(family, "_total", began_ns, now_ns)
            data = Sum(points, CUMULATIVE, is_monotonic=True)
        case "gauge":
            data = Gauge(_points(family, "", now_ns, now_ns))
        case "histogram":
            data = Histogram(_histograms(family.samples, began_ns, now_ns), CUMULATIVE)
        case _:
            return
    yield Metric(family.name, family.documentation, family.unit, data)


def _points(family: Family, ending: str, began_ns: int, now_ns: int) -> list[NumberDataPoint]:
    return [
        NumberDataPoint(dict(sample.labels), began_ns, now_ns, sample.value)
        for sample in family.samples
        if sample.name == family.name + ending
    ]


def _histograms(samples: Iterable[Sample], began_ns: int, now_ns: int) -> list[HistogramDataPoint]:
    """Prometheus counts what is at most each bound, OTLP what is between two."""
    found: dict[Labels, _Counts] = {}
    for sample in samples:
        labels = {name: value for name, value in sample.labels.items() if name != "le"}
        counts = found.setdefault(tuple(sorted(labels.items())), _Counts(labels))
        if sample.name.endswith("_bucket"):
            counts.at_most[float(sample.labels["le"])] = sample.value
        elif sample.name.endswith("_sum"):
            counts.sum = sample.value
    return [counts.point(began_ns, now_ns) for counts in found.values()]


class _Counts:
    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels, self.at_most, self.sum = labels, dict[float, float](), 0.0

    def point(self, began_ns: int, now_ns: int) -> HistogramDataPoint:
        """As OTLP has it; the last bucket is without a bound."""
        bounds = sorted(self.at_most)
        counts = [int(self.at_most[bound]) for bound in bounds]
        between = [count - before for before, count in zip([0, *counts], counts, strict=False)]
        return HistogramDataPoint(
            attributes=dict(self.labels),
            start_time_unix_nano=began_ns,
            time_unix_nano=now_ns,
            count=counts[-1] if counts else 0,
            sum=self.sum,
            bucket_counts=between,
            explicit_bounds=bounds[:-1],
            min=None,  # type: ignore[arg-type]  # Prometheus does not keep it
            max=None,  # type: ignore[arg-type]
        )
