"""Settings of a gateway."""

from dataclasses import dataclass, field

from interp.intake.format import IntakeLimits
from interp.serve.auth import Tenant
from interp.serve.limits import RelaySettings
from interp.serve.link import DispatchSettings


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """PEM files. client_ca: only clients with a certificate of this authority may connect."""

    certificate: str
    key: str
    client_ca: str = ""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the port behaves.

    address: host:port, port 0 for a free one. metrics_address: empty for none. drain_s: how long
    running sessions have when the server stops. keepalive_s, ping_timeout_s: a frozen client is
    dropped after their sum. max_message_bytes: of one request. reuse_port: let several processes
    share the port.
    """

    address: str = "127.0.0.1:50051"
    metrics_address: str = ""
    reflection: bool = False
    drain_s: float = 30.0
    keepalive_s: float = 10.0
    ping_timeout_s: float = 5.0
    max_message_bytes: int = 256 * 1024
    reuse_port: bool = False


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Everything a gateway is told. Without tenants anyone is served."""

    server: ServerSettings = field(default_factory=ServerSettings)
    session: RelaySettings = field(default_factory=RelaySettings)
    intake: IntakeLimits = field(default_factory=IntakeLimits)
    dispatch: DispatchSettings = field(default_factory=DispatchSettings)
    tls: TlsSettings | None = None
    tenants: tuple[Tenant, ...] = ()
