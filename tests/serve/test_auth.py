import pytest

from interp.core.config import SessionConfig
from interp.core.errors import Forbidden, InvalidRequest, Reason, Unauthenticated
from interp.serve.auth import ANYONE, Keys, Tenant, check_pair, digest_of

ONE = Tenant("one", digest_of("k1"))
TWO = Tenant("two", digest_of("k2"), pairs=("fr-en", "de-*", "*-es"))


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER "])
def test_the_key_names_the_tenant(scheme: str) -> None:
    assert Keys([ONE, TWO]).tenant_of([("x", "y"), ("authorization", f"{scheme}k2")]) is TWO


def test_without_tenants_anyone_is_served() -> None:
    assert Keys([]).tenant_of(None) is ANYONE


@pytest.mark.parametrize(
    "metadata", [None, [], [("authorization", "k1")], [("authorization", b"Bearer k1")]]
)
def test_a_key_must_come_as_bearer(metadata: list[tuple[str, str | bytes]] | None) -> None:
    with pytest.raises(Unauthenticated) as caught:
        Keys([ONE]).tenant_of(metadata)
    assert caught.value.reason is Reason.KEY_MISSING


@pytest.mark.parametrize("key", ["", "k", "k3", digest_of("k1")])
def test_other_keys_are_refused_and_the_digest_is_no_key(key: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        Keys([ONE]).tenant_of([("authorization", f"Bearer {key}")])
    assert caught.value.reason is Reason.KEY_INVALID


@pytest.mark.parametrize(("source", "target"), [("fr-CA", "en"), ("de", "it"), ("pt", "es-MX")])
def test_allowed_pairs_may_be_patterns(source: str, target: str) -> None:
    check_pair(TWO, SessionConfig(source, target))


@pytest.mark.parametrize(("source", "target"), [("fr", "fr"), ("en", "de")])
def test_other_pairs_are_forbidden(source: str, target: str) -> None:
    check_pair(ONE, SessionConfig(source, target))
    with pytest.raises(Forbidden):
        check_pair(TWO, SessionConfig(source, target))


@pytest.mark.parametrize("digest", ["", "k1", "A" * 64])
def test_a_digest_that_is_none_is_refused(digest: str) -> None:
    with pytest.raises(InvalidRequest):
        Tenant("t", digest)
