"""How the page is told to behave."""

from dataclasses import dataclass
from enum import IntEnum

from interp.core.errors import InvalidRequest, Reason
from interp.serve.auth import check_digest


class Role(IntEnum):
    """What a person may do; each may do what those before may.

    audience: read and hear one target, by a link. viewer: look on. interpreter: steer a session.
    operator: also push captions to other places. admin: also delete what was kept.
    """

    AUDIENCE = -1
    VIEWER = 0
    INTERPRETER = 1
    OPERATOR = 2
    ADMIN = 3


def role_of(name: str) -> Role:
    """The role of this name. Raises InvalidRequest."""
    try:
        return Role[name.upper()]
    except KeyError:
        known = ", ".join(role.name.lower() for role in Role)
        raise InvalidRequest(Reason.BAD_CONFIG, f"a role is one of {known}") from None


@dataclass(frozen=True, slots=True)
class PageKey:
    """A person who may come in. role: see `Role`."""

    name: str
    key_sha256: str
    role: str = "interpreter"

    def __post_init__(self) -> None:
        check_digest(self.key_sha256)
        role_of(self.role)


@dataclass(frozen=True, slots=True)
class PageSettings:
    """address: host:port, empty for no page, port 0 for a free one.

    keys: who may come in; without any, whoever reaches the port is an admin, so keep it on
    loopback. user_header, role_header: set by a proxy that has asked an OIDC provider; believed
    as they come, so only the proxy may reach the port. secret: signs cookies and links, the same
    on all gateways; empty: a new one at each start. keep_s: a session's text is kept so long after
    its end; 0: gone with it. tenant_key: the key that people on the page start sessions with.
    proxied: only a proxy reaches the port, and its X-Forwarded-Proto says how people came: cookies
    and links are then of HTTPS.
    """

    address: str = ""
    keys: tuple[PageKey, ...] = ()
    user_header: str = ""
    role_header: str = ""
    secret: str = ""
    keep_s: float = 0.0
    tenant_key: str = ""
    proxied: bool = False
