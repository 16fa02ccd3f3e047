from dataclasses import replace

import pytest

from interp.cluster.agreement import agreement
from interp.cluster.pool import RayPool
from tests.cluster.conftest import CONFIG

pytestmark = pytest.mark.ray


def test_gateways_of_a_namespace_hold_to_what_the_first_said(pool: RayPool) -> None:
    assert agreement(CONFIG)("precision", "int8") == "int8"
    assert agreement(CONFIG)("precision", "float16") == "int8"
    assert agreement(CONFIG)("another matter", "float16") == "float16"
    assert agreement(replace(CONFIG, namespace="other"))("precision", "float16") == "float16"
