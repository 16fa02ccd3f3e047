"""Where traces and metrics go."""

from dataclasses import dataclass

from interp.core.errors import InvalidRequest, Reason


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """endpoint: base address of an OTLP receiver over HTTP, such as http://collector:4318; empty:
    OTEL_EXPORTER_OTLP_ENDPOINT, and off without that.

    share: of ticks and rounds that are traced; sessions always are. metrics_s: between two reports
    of a gateway's metrics; 0: none.
    """

    endpoint: str = ""
    share: float = 0.02
    metrics_s: float = 15.0

    def __post_init__(self) -> None:
        if self.endpoint and not self.endpoint.startswith(("http://", "https://")):
            raise InvalidRequest(Reason.BAD_CONFIG, "telemetry.endpoint is an http(s) address")
        if not 0 <= self.share <= 1 or self.metrics_s < 0:
            raise InvalidRequest(
                Reason.BAD_CONFIG, "telemetry.share is 0 to 1, metrics_s not negative"
            )
