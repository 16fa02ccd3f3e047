from functools import partial

import pytest

from interp.deployment import Deployment
from interp.models.linear import Precision
from interp.models.settings import ModelSettings
from interp.models.whisper.settings import WhisperSettings
from interp.service import replica_factory


def _precision(wanted: Precision, agreed: str | None) -> Precision:
    """What replicas are told, where gateways agree on this; None: nobody is to be asked."""

    def agree(matter: str, wish: str) -> str:
        assert agreed is not None, "there is nothing to agree on"
        assert (matter, wish != "auto") == ("precision", True)
        return agreed

    models = ModelSettings(device="cpu", whisper=WhisperSettings(precision=wanted))
    factory = replica_factory(Deployment(models=models), agree)
    assert isinstance(factory, partial)
    found: Precision = factory.args[0].models.whisper.precision
    return found


@pytest.mark.parametrize("agreed", ["float32", "int8"])
def test_all_replicas_compute_in_the_precision_that_gateways_agree_on(agreed: str) -> None:
    assert _precision(Precision.AUTO, agreed) == agreed


def test_a_precision_that_an_operator_named_is_not_asked_about() -> None:
    assert _precision(Precision.INT8, None) is Precision.INT8
