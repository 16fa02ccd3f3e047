"""What the environment of a process says, and what follows from it. Its only reader."""

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from interp.core.errors import InvalidRequest, Reason
from interp.core.tracing import UNSEEN, Tracing
from interp.models.catalog import CATALOGUE
from interp.models.store import Store
from interp.telemetry.settings import TelemetrySettings


def store() -> Store:
    """The weights of this machine: INTERP_MODELS, or the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Store(CATALOGUE, Path(os.environ.get("INTERP_MODELS") or Path(cache, "interp")))


def api_key() -> str:
    """The key that clients of this user send: INTERP_KEY."""
    return os.environ.get("INTERP_KEY", "")


def telemetry_endpoint(settings: TelemetrySettings) -> str:
    """Where traces and metrics go; empty: nowhere."""
    return settings.endpoint or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")


def tracing(settings: TelemetrySettings, service: str) -> Tracing:
    """Who follows the work of this process. Raises InvalidRequest without the extra."""
    endpoint = telemetry_endpoint(settings)
    if not endpoint:
        return UNSEEN
    traces = telemetry("traces").Traces
    followed: Tracing = traces.to(endpoint, service=service, share=settings.share)
    return followed


def report_metrics(
    settings: TelemetrySettings, registry: CollectorRegistry, service: str
) -> Callable[[], None]:
    """Have metrics sent from now on, where they are wanted; ends that. Raises InvalidRequest."""
    endpoint = telemetry_endpoint(settings)
    if not (endpoint and settings.metrics_s):
        return lambda: None
    reports = telemetry("metrics").MetricsReport
    report = reports.to(endpoint, registry, service=service, every_s=settings.metrics_s)
    end: Callable[[], None] = report.close
    return end


def telemetry(module: str) -> Any:
    """A module of the extra. Raises InvalidRequest where that is not installed."""
    try:
        return importlib.import_module(f"interp.telemetry.{module}")
    except ImportError as error:
        raise InvalidRequest(
            Reason.BAD_CONFIG, "telemetry needs an extra: pip install interp[otel]"
        ) from error
