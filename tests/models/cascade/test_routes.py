"""Which pairs are served by which way."""

from interp.core.translator import Pair
from interp.models.cascade.routes import routes
from tests.fakes.parrot import Parrot

HEARD = {Pair(a, b) for a in ("en", "fr", "pt") for b in (a, "en")}
EN_PT, FR_PT = Parrot(), Parrot()


def test_a_student_serves_its_own_source_and_what_is_heard_into_it() -> None:
    found = routes(HEARD, {Pair("en", "pt"): EN_PT})
    assert {pair: route.pivot for pair, route in found.items()} == {
        Pair("en", "pt"): "en",
        Pair("fr", "pt"): "en",
    }


def test_a_students_own_source_comes_before_a_pivot() -> None:
    found = routes(HEARD, {Pair("en", "pt"): EN_PT, Pair("fr", "pt"): FR_PT})
    assert found[Pair("fr", "pt")].student is FR_PT
    found = routes(HEARD, {Pair("fr", "pt"): FR_PT, Pair("en", "pt"): EN_PT})
    assert found[Pair("fr", "pt")].student is FR_PT


def test_what_the_transcriber_serves_alone_is_left_to_it_unless_preferred() -> None:
    students = {Pair("pt", "en"): Parrot()}
    assert Pair("pt", "en") not in routes(HEARD, students)
    assert routes(HEARD, students, preferred=students)[Pair("pt", "en")].pivot == "pt"
