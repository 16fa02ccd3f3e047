"""Who is there: a key, a proxy's word, or a link; remembered in a signed cookie."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from interp.core.errors import Forbidden, InterpError, Reason, Unauthenticated
from interp.monitor.settings import PageSettings, Role, role_of
from interp.serve.auth import holder_of

COOKIE = "interp_page"
COOKIE_S = 12 * 3600


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
        said = self._unsigned("person", cookies.get(COOKIE, ""))
        if said is None or said["until"] < time.time():
            raise Unauthenticated(Reason.KEY_MISSING, "sign in first")
        return Person(said["name"], Role(said["role"]))

    def sign_in(self, key: str) -> str:
        """A cookie's value for the holder of this key. Raises Unauthenticated."""
        holder = holder_of(key, self._settings.keys)
        until = time.time() + COOKIE_S
        said = {"name": holder.name, "role": int(role_of(holder.role)), "until": until}
        return self._signed("person", said)

    def link(self, session_id: str) -> str:
        """A token that lets its holder read and hear this one session."""
        return self._signed("link", {"session": session_id})

    def linked(self, token: str) -> str:
        """The session that a link is of. Raises Unauthenticated."""
        said = self._unsigned("link", token)
        if said is None:
            raise Unauthenticated(Reason.KEY_INVALID, "this link is not valid")
        return str(said["session"])

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
