"""What can be known to be wrong before anything is loaded: ports and certificates."""

import socket
from pathlib import Path

from interp.serve.config import ServerConfig


def check_start(config: ServerConfig) -> None:
    """Raises OSError, in words for who started the server."""
    for address in filter(None, (config.server.address, config.server.metrics_address)):
        _check_free(address, reuse=config.server.reuse_port)
    tls = config.tls
    for file in filter(None, (tls.certificate, tls.key, tls.client_ca) if tls else ()):
        try:
            text = Path(file).read_bytes()
        except OSError as error:
            raise OSError(f"cannot read {file}: {error.strerror}") from error
        if b"-----BEGIN " not in text:
            raise OSError(f"{file} is not a PEM file")


def _check_free(address: str, *, reuse: bool) -> None:
    host, _, port = address.rpartition(":")
    if not (port.isdigit() and int(port) < 2**16):
        raise OSError(f"{address!r} is not host:port")
    try:
        found = socket.getaddrinfo(host.strip("[]") or None, int(port), type=socket.SOCK_STREAM)
        family, kind, protocol, _, where = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            probe.bind(where)
    except OSError as error:
        raise OSError(f"cannot listen on {address}: {error}") from error
