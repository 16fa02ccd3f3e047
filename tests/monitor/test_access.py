import pytest

from interp.core.errors import Forbidden, InvalidRequest, Unauthenticated
from interp.monitor.access import COOKIE, NEIGHBOUR_KEY, Access
from interp.monitor.settings import PageKey, PageSettings, Role
from interp.serve.auth import digest_of

KEYS = (
    PageKey("Vera", digest_of("v"), "viewer"),
    PageKey("Ines", digest_of("i"), "interpreter"),
)


def test_without_keys_anyone_may_do_anything() -> None:
    person = Access(PageSettings()).person_of({}, {})
    assert person.role is Role.ADMIN


def test_a_key_is_exchanged_for_a_cookie_that_names_its_holder() -> None:
    access = Access(PageSettings(keys=KEYS))
    person = access.person_of({}, {COOKIE: access.sign_in("i")})
    assert (person.name, person.role) == ("Ines", Role.INTERPRETER)


@pytest.mark.parametrize("cookie", ["", "nonsense", "e30.AAAA", "a.b.c"])
def test_a_cookie_that_we_did_not_sign_is_nothing(cookie: str) -> None:
    with pytest.raises(Unauthenticated):
        Access(PageSettings(keys=KEYS)).person_of({}, {COOKIE: cookie})


def test_a_cookie_of_another_deployment_is_nothing() -> None:
    cookie = Access(PageSettings(keys=KEYS)).sign_in("v")
    with pytest.raises(Unauthenticated):
        Access(PageSettings(keys=KEYS)).person_of({}, {COOKIE: cookie})
    one, other = (Access(PageSettings(keys=KEYS, secret="same")) for _ in range(2))
    assert other.person_of({}, {COOKIE: one.sign_in("v")}).name == "Vera"


def test_a_wrong_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        Access(PageSettings(keys=KEYS)).sign_in("x")


def test_a_link_opens_one_session_and_is_no_cookie() -> None:
    access = Access(PageSettings(keys=KEYS))
    link = access.link("sessions/abc", 1)
    assert access.linked(link) == ("sessions/abc", 1)
    with pytest.raises(Unauthenticated):
        access.linked(link[:-2] + "AA")
    with pytest.raises(Unauthenticated):
        access.linked(access.sign_in("v"))
    with pytest.raises(Unauthenticated):
        access.person_of({}, {COOKIE: link})


def test_a_proxys_word_is_taken_and_a_role_that_is_none_only_looks_on() -> None:
    settings = PageSettings(user_header="x-user", role_header="x-role")
    access = Access(settings)
    assert access.person_of({"x-user": "Ola", "x-role": "operator"}, {}).role is Role.OPERATOR
    assert access.person_of({"x-user": "Ola", "x-role": "king"}, {}).role is Role.VIEWER
    with pytest.raises(Unauthenticated):
        access.person_of({}, {})


def test_a_role_below_is_not_enough() -> None:
    access = Access(PageSettings(keys=KEYS))
    viewer = access.person_of({}, {COOKIE: access.sign_in("v")})
    viewer.needs(Role.VIEWER)
    with pytest.raises(Forbidden):
        viewer.needs(Role.INTERPRETER)


def test_settings_know_bad_roles_and_digests() -> None:
    with pytest.raises(InvalidRequest):
        PageKey("x", digest_of("x"), "king")
    with pytest.raises(InvalidRequest):
        PageKey("x", "abc")


def test_a_grpc_caller_has_a_key_unless_only_this_machine_can_call() -> None:
    keyed, bare = Access(PageSettings(keys=KEYS)), Access(PageSettings())
    assert keyed.caller_of([("authorization", "Bearer i")], local=True).name == "Ines"
    with pytest.raises(Unauthenticated):
        keyed.caller_of([("authorization", "Bearer x")], local=True)
    assert bare.caller_of([], local=True).role is Role.ADMIN
    with pytest.raises(Unauthenticated):
        bare.caller_of([], local=False)


def test_a_proxys_headers_are_nothing_to_a_grpc_call() -> None:
    access = Access(PageSettings(user_header="x-user", role_header="x-role"))
    with pytest.raises(Unauthenticated):
        access.caller_of([("x-user", "Ola"), ("x-role", "admin")], local=True)


def test_gateways_vouch_for_people_with_the_secret_that_they_share() -> None:
    one, other, stranger = (Access(PageSettings(keys=KEYS)) for _ in range(3))
    for each in (one, other):
        each.share("of the cluster")
    person = one.person_of({}, {COOKIE: one.sign_in("v")})
    metadata = [(NEIGHBOUR_KEY, one.vouched(person))]
    assert other.vouched_of(metadata) == person
    for wrong in (metadata, [], [(NEIGHBOUR_KEY, one.sign_in("v"))]):
        with pytest.raises(Unauthenticated):
            (stranger if wrong is metadata else other).vouched_of(wrong)


def test_a_secret_of_the_settings_is_not_given_up_for_the_clusters() -> None:
    one, other = (Access(PageSettings(keys=KEYS, secret="ours")) for _ in range(2))
    one.share("of the cluster")
    assert other.person_of({}, {COOKIE: one.sign_in("v")}).name == "Vera"
