"""Who is there: a key, a proxy's word, or a link; remembered in a signed cookie."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from interp.core.errors import Forbidden, InterpError, Reason, Unauthenticated
from interp.monitor.settings import PageSettings, Role, role_of
from interp.serve.auth import bearer_of, holder_of

COOKIE = "interp_page"
COOKIE_S = 12 * 3600
NEIGHBOUR_KEY = "interp-person"
"""Metadata of a call from another gateway: the person it is for, signed with the secret of all."""
NEIGHBOUR_S = 60.0
"""How long that is good: clocks of machines differ."""

Metadata: TypeAlias = Iterable[tuple[str, str | bytes]] | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is let in."""

    name: str
    role: Role

    def needs(self, role: Role) -> None:
        """Raises Forbidden below this role."""
        if self.role < role:
            raise Forbidden(Reason.TENANT_FORBIDDEN, f"this needs the role {role.name.lower()}")


class Access:
    """Keys, cookies and links of one deployment."""

    def __init__(self, settings: PageSettings) -> None:
        self._settings = settings
        self._secret = (settings.secret or secrets.token_hex(32)).encode()

    def share(self, secret: str) -> None:
        """Sign with this, as all gateways of a cluster do that were given no secret."""
        if not self._settings.secret:
            self._secret = secret.encode()

    @property
    def open(self) -> bool:
        """Whether nobody has to say who they are."""
        return not self._settings.keys and not self._settings.user_header

    def person_of(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Person:
        """Who sends this request. Raises Unauthenticated."""
        if self.open:
            return Person("anyone", Role.ADMIN)
        settings = self._settings
        if settings.user_header and (name := headers.get(settings.user_header)):
            role = headers.get(settings.role_header, "") or "viewer"
            try:
                return Person(name, role_of(role))
            except InterpError:
                return Person(name, Role.VIEWER)
        return self._person("person", cookies.get(COOKIE, ""))

    def caller_of(self, metadata: Metadata, *, local: bool) -> Person:
        """Who makes this gRPC call: the holder of a key. Raises Unauthenticated.

        local: only this machine can call; where it is not, an open page is no open service.
        """
        if self.open and local:
            return Person("anyone", Role.ADMIN)
        holder = holder_of(bearer_of(metadata), self._settings.keys)
        return Person(holder.name, role_of(holder.role))

    def vouched(self, person: Person) -> str:
        """For a neighbour: who asks, through us."""
        said = {"name": person.name, "role": int(person.role), "until": time.time() + NEIGHBOUR_S}
        return self._signed("neighbour", said)

    def vouched_of(self, metadata: Metadata) -> Person:
        """Who asks, through another gateway. Raises Unauthenticated."""
        found = (value for name, value in metadata or () if name == NEIGHBOUR_KEY)
        presented = next(found, "")
        return self._person("neighbour", presented if isinstance(presented, str) else "")

    def sign_in(self, key: str) -> str:
        """A cookie's value for the holder of this key. Raises Unauthenticated."""
        holder = holder_of(key, self._settings.keys)
        until = time.time() + COOKIE_S
        said = {"name": holder.name, "role": int(role_of(holder.role)), "until": until}
        return self._signed("person", said)

    def link(self, name: str, target: int) -> str:
        """A token that lets its holder read and hear one target of this session."""
        return self._signed("link", {"session": name, "target": target})

    def linked(self, token: str) -> tuple[str, int]:
        """The session, and its target, that a link is of. Raises Unauthenticated."""
        said = self._unsigned("link", token)
        if said is None:
            raise Unauthenticated(Reason.KEY_INVALID, "this link is not valid")
        return str(said["session"]), int(said["target"])

    def _person(self, kind: str, token: str) -> Person:
        said = self._unsigned(kind, token)
        if said is None or said["until"] < time.time():
            raise Unauthenticated(Reason.KEY_MISSING, "sign in first")
        return Person(said["name"], Role(said["role"]))

    def _signed(self, kind: str, said: Mapping[str, Any]) -> str:
        text = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        return f"{text}.{self._mark(kind, text)}"

    def _unsigned(self, kind: str, token: str) -> dict[str, Any] | None:
        """What we signed as of this kind; None for all else."""
        text, _, mark = token.partition(".")
        if not hmac.compare_digest(mark.encode(), self._mark(kind, text).encode()):
            return None
        padded = text + "=" * (-len(text) % 4)
        said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
        return said

    def _mark(self, kind: str, text: str) -> str:
        mark = hmac.new(self._secret, f"{kind}.{text}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def same_origin(connection: HTTPConnection) -> None:
    """Raises Forbidden for a request that another site's page sends."""
    origin = connection.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != connection.headers.get("host"):
        raise Forbidden(Reason.TENANT_FORBIDDEN, "orders come from this page alone")
