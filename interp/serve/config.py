"""Settings of a gateway, from one TOML file. A key that is not known is refused."""

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_type_hints

from interp.core.errors import InvalidRequest, Reason
from interp.intake.format import IntakeLimits
from interp.serve.auth import Tenant
from interp.serve.dispatcher import DispatchSettings
from interp.serve.relay import RelaySettings

SettingsT = TypeVar("SettingsT")


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


def load_config(path: Path) -> ServerConfig:
    """Read a TOML file. Raises InvalidRequest(BAD_CONFIG), naming the key and the known ones."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad(f"{path.name} is not TOML: {error}") from error
    return settings_from(ServerConfig, table, "")


def settings_from(cls: type[SettingsT], table: Mapping[str, Any], where: str) -> SettingsT:
    """A frozen dataclass from a table, nested ones included; where: its path, for errors."""
    hints = get_type_hints(cls)
    unknown = sorted(table.keys() - hints.keys())
    if unknown:
        raise _bad(f"unknown key {where}{unknown[0]}; known: {', '.join(sorted(hints))}")
    values = {key: _value(hints[key], value, f"{where}{key}") for key, value in table.items()}
    try:
        return cls(**values)
    except TypeError as error:
        needed = [f.name for f in dataclasses.fields(cls) if _is_needed(f)]  # type: ignore[arg-type]
        raise _bad(f"{where or 'the file'} needs: {', '.join(needed)}") from error


def _value(hint: Any, value: Any, where: str) -> Any:
    inner = [each for each in get_args(hint) if each not in (type(None), Ellipsis)]
    if isinstance(hint, GenericAlias):  # tuple[X, ...]
        if not isinstance(value, list):
            raise _bad(f"{where} must be a list")
        return tuple(_value(inner[0], each, f"{where}[{i}]") for i, each in enumerate(value))
    kind = inner[0] if inner else hint
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise _bad(f"{where} must be a table")
        return settings_from(kind, value, f"{where}.")  # type: ignore[arg-type]
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise _bad(f"{where} must be of type {kind.__name__}")
    return value


def _is_needed(f: "dataclasses.Field[Any]") -> bool:
    return f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING


def _bad(message: str) -> InvalidRequest:
    return InvalidRequest(Reason.BAD_CONFIG, message)
