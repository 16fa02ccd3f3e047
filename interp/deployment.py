"""Everything an operator can set, in one file: gateway, replicas, sessions and models."""

from dataclasses import dataclass, field
from pathlib import Path

from interp.cluster.settings import ClusterConfig
from interp.core.settings import read_settings
from interp.engine.gate import GateSettings
from interp.engine.host import HostSettings
from interp.models.settings import ModelSettings
from interp.monitor.settings import PageSettings
from interp.serve.config import ServerConfig
from interp.telemetry.settings import TelemetrySettings


@dataclass(frozen=True, slots=True)
class Deployment(ServerConfig):
    """A ServerConfig, and what stands behind the gateway.

    host: a replica's lanes and their sessions; the mouth is `host.session.speech`. gate: when a
    segment opens and closes. page: of operators, interpreters and audiences.
    riva: also speak Riva's contract on the same port (extra `riva`). telemetry: traces and metrics
    for OpenTelemetry (extra `otel`).
    """

    cluster: ClusterConfig = field(default_factory=ClusterConfig)
    host: HostSettings = field(default_factory=HostSettings)
    gate: GateSettings = field(default_factory=GateSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    page: PageSettings = field(default_factory=PageSettings)
    riva: bool = False
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)


def read_deployment(path: Path | None) -> Deployment:
    """The file's settings over the defaults. Raises InvalidRequest(BAD_CONFIG), OSError."""
    return read_settings(path, Deployment) if path else Deployment()
