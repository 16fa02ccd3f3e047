import pytest

from interp.cluster.agreement import Agreement
from interp.cluster.pool import RayPool
from tests.cluster.conftest import CONFIG

pytestmark = pytest.mark.ray


def test_gateways_of_a_namespace_hold_to_what_the_first_said(pool: RayPool) -> None:
    assert Agreement(CONFIG.namespace)("precision", "int8") == "int8"
    assert Agreement(CONFIG.namespace)("precision", "float16") == "int8"
    assert Agreement(CONFIG.namespace)("another matter", "float16") == "float16"
    assert Agreement("other")("precision", "float16") == "float16"
