"""What is wrong before anything is loaded is said at once, in one line."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interp.serve.config import ServerConfig, ServerSettings, TlsSettings
from interp.serve.start import check_start

AT_ONCE_S = 30.0  # Python and torch have to be imported, on a crowded machine


@pytest.fixture
def taken() -> Iterator[str]:
    """An address on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield f"127.0.0.1:{other.getsockname()[1]}"


def test_a_free_port_is_no_fault() -> None:
    check_start(ServerConfig(server=ServerSettings(address="127.0.0.1:0")))


def test_a_port_in_use_is_named(taken: str) -> None:
    with pytest.raises(OSError, match=taken):
        check_start(ServerConfig(server=ServerSettings(address=taken)))
    metrics = ServerSettings(address="127.0.0.1:0", metrics_address=taken)
    with pytest.raises(OSError, match=taken):
        check_start(ServerConfig(server=metrics))


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:port", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(OSError, match=address):
        check_start(ServerConfig(server=ServerSettings(address=address)))


def test_certificates_are_looked_at(tmp_path: Path) -> None:
    missing, wrong = str(tmp_path / "missing.pem"), tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    server = ServerSettings(address="127.0.0.1:0")
    with pytest.raises(OSError, match="missing"):
        check_start(ServerConfig(server=server, tls=TlsSettings(missing, missing)))
    with pytest.raises(OSError, match="not a PEM file"):
        check_start(ServerConfig(server=server, tls=TlsSettings(str(wrong), str(wrong))))


def test_serve_says_it_in_one_line_before_it_loads_anything(taken: str) -> None:
    began_s = time.monotonic()
    command = [sys.executable, "-m", "interp.cli", "serve", "--address", taken]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert taken in done.stderr
    assert time.monotonic() - began_s < AT_ONCE_S


@pytest.mark.parametrize("option", [("--lanes", "0"), ("--replicas", "0")])
def test_numbers_that_serve_nobody_are_refused(option: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "interp.cli", "serve", *option]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "at least one" in done.stderr
