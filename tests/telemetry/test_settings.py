"""What may be set of it, and when it is on."""

import pytest

from interp import environment
from interp.core.errors import InvalidRequest, Reason
from interp.core.tracing import UNSEEN
from interp.serve.metrics import Metrics
from interp.telemetry.settings import TelemetrySettings
from tests.telemetry.receiver import receiving


@pytest.mark.parametrize("wrong", [("collector:4318", 1.0, 1.0), ("", 1.5, 1.0), ("", 1.0, -1.0)])
def test_what_cannot_be_is_refused(wrong: tuple[str, float, float]) -> None:
    with pytest.raises(InvalidRequest) as error:
        TelemetrySettings(*wrong)
    assert error.value.reason is Reason.BAD_CONFIG


def test_without_an_endpoint_nobody_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert environment.tracing(TelemetrySettings(), "gateway") is UNSEEN


def test_the_environment_may_name_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
        tracing = environment.tracing(TelemetrySettings(share=1.0), "gateway")
        with tracing.span("tick", replica="r0"):
            pass
        tracing.session("a" * 32, resumed=False).end()
        tracing.close()
    assert {span.name for span in receiver.spans} == {"tick", "session"}


@pytest.mark.parametrize(("metrics_s", "sent"), [(60.0, True), (0.0, False)])
def test_metrics_are_sent_where_they_are_wanted(metrics_s: float, *, sent: bool) -> None:
    with receiving() as receiver:
        settings = TelemetrySettings(endpoint=receiver.address, metrics_s=metrics_s)
        end = environment.report_metrics(settings, Metrics().registry, "gateway")
        end()
    assert ("interp_words" in receiver.metrics) is sent


def test_without_an_endpoint_no_metrics_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    environment.report_metrics(TelemetrySettings(), Metrics().registry, "gateway")()
