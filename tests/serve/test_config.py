from pathlib import Path

import pytest

from interp.core.errors import InvalidRequest, Reason
from interp.core.settings import read_settings
from interp.serve.auth import Tenant, digest_of
from interp.serve.config import ServerConfig, TlsSettings
from interp.serve.limits import RelaySettings


def load(folder: Path, text: str) -> ServerConfig:
    path = folder / "interp.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, ServerConfig)


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == ServerConfig()


def test_a_full_file_is_read(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        f"""
        [server]
        address = "0.0.0.0:7000"
        drain_s = 5
        reflection = true
        [session]
        idle_s = 1.5
        [session.outbox]
        max_items = 10
        [intake]
        max_gap_ms = 100
        [dispatch]
        tick_ms = 20
        [tls]
        certificate = "c.pem"
        key = "k.pem"
        [[tenants]]
        name = "one"
        key_sha256 = "{digest_of("k")}"
        pairs = ["fr-en", "*-en"]
        """,
    )
    assert (config.server.address, config.server.drain_s) == ("0.0.0.0:7000", 5.0)
    assert config.server.reflection
    assert config.session.idle_s == 1.5
    assert config.session.outbox.max_items == 10
    assert config.session.max_duration_s == RelaySettings().max_duration_s
    assert config.intake.max_gap_ms == 100
    assert config.dispatch.tick_ms == 20
    assert config.tls == TlsSettings("c.pem", "k.pem")
    assert config.tenants == (Tenant("one", digest_of("k"), 0, ("fr-en", "*-en")),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[sever]\n", "unknown key sever; known: dispatch, intake, server"),
        ("[server]\nport = 1", "unknown key server.port; known: address"),
        ("[session.outbox]\nmax = 1", "unknown key session.outbox.max; known: burst_bytes"),
        ("[[tenants]]\nname = 'x'", "tenants[0]. needs: name, key_sha256"),
        ("[[tenants]]\nnom = 'x'", "unknown key tenants[0].nom"),
        ("[server]\naddress = 1", "server.address must be of type str"),
        ("[server]\nreflection = 1", "server.reflection must be of type bool"),
        ("[dispatch]\ntick_ms = 1.5", "dispatch.tick_ms must be of type int"),
        ("server = 1", "server must be a table"),
        ("tenants = 1", "tenants must be a list"),
        ("[[tenants]]\nname = 'x'\nkey_sha256 = 'y'", "key_sha256 is 64"),
        ("[server", "is not TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        load(tmp_path, text)
    assert caught.value.reason is Reason.BAD_CONFIG
    assert told in caught.value.message
