"""Who calls: a bearer key to a tenant, and what that tenant may do.

Keys are configured as sha256 digests; a config without tenants serves anyone.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from interp.core.config import SessionConfig, targets_of
from interp.core.errors import Forbidden, InvalidRequest, Reason, Unauthenticated
from interp.core.languages import language_of

METADATA_KEY = "authorization"
BEARER = "bearer "


def check_digest(digest: str) -> None:
    """Raises InvalidRequest for what no sha256 is, as the config has it."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise InvalidRequest(Reason.BAD_CONFIG, "key_sha256 is 64 lower-case hex digits")


@dataclass(frozen=True, slots=True)
class Tenant:
    """One holder of a key. sessions: how many at once, 0 for any number. pairs: as `fr-en`, empty
    for all; `*-en` and `fr-*` are allowed."""

    name: str
    key_sha256: str
    sessions: int = 0
    pairs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_digest(self.key_sha256)


ANYONE = Tenant("anyone", key_sha256="0" * 64)


def digest_of(key: str) -> str:
    """sha256 of a key, as the config has it."""
    return hashlib.sha256(key.encode()).hexdigest()


class Holder(Protocol):
    """Whoever has a key."""

    @property
    def key_sha256(self) -> str:
        """Digest of it."""


HolderT = TypeVar("HolderT", bound=Holder)


def holder_of(key: str, holders: Iterable[HolderT]) -> HolderT:
    """Whose key this is. Raises Unauthenticated."""
    digest = digest_of(key)
    # every digest is compared, so that the time taken does not tell which was near
    matches = [each for each in holders if hmac.compare_digest(each.key_sha256, digest)]
    if not matches:
        raise Unauthenticated(Reason.KEY_INVALID, "this key is not known here")
    return matches[0]


def bearer_of(metadata: Iterable[tuple[str, str | bytes]] | None) -> str:
    """The key that came as `authorization: Bearer KEY`. Raises Unauthenticated."""
    presented = next((value for name, value in metadata or () if name == METADATA_KEY), "")
    if not isinstance(presented, str) or presented[: len(BEARER)].lower() != BEARER:
        raise Unauthenticated(
            Reason.KEY_MISSING, "send your key as metadata: authorization: Bearer KEY"
        )
    return presented[len(BEARER) :].strip()


class Keys:
    """The keys of a deployment."""

    def __init__(self, tenants: Sequence[Tenant]) -> None:
        self._tenants = tuple(tenants)

    def tenant_of(self, metadata: Iterable[tuple[str, str | bytes]] | None) -> Tenant:
        """The tenant whose key came with the call. Raises Unauthenticated."""
        return holder_of(bearer_of(metadata), self._tenants) if self._tenants else ANYONE


def check_pair(tenant: Tenant, config: SessionConfig) -> None:
    """Raises Forbidden if the tenant may not use one of the pairs of languages."""
    for each in targets_of(config):
        source, target = language_of(each.source), language_of(each.target)
        allowed = {f"{source}-{target}", f"*-{target}", f"{source}-*"}
        if tenant.pairs and not allowed.intersection(tenant.pairs):
            raise Forbidden(Reason.TENANT_FORBIDDEN, "this key may not use this language pair")
