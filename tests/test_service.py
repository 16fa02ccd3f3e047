"""The service's process, where it is not also a replica, loads nothing that only models need."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.attack.service import service

OF_MODELS = ("onnxruntime", "safetensors.torch", "sentencepiece", "snac", "tiktoken", "torch")


def test_a_gateway_imports_nothing_that_only_models_need() -> None:
    modules = "interp.commands.serve, interp.cluster.replicas, interp.cluster.vault"
    tell = f"import sys, {modules}\nprint(*(name for name in {OF_MODELS} if name in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


@pytest.mark.ray
@pytest.mark.weights
def test_a_gateway_that_serves_has_loaded_none_of_it() -> None:
    with service() as served:
        loaded = Path(f"/proc/{served.pid}/maps").read_text()
    assert "/grpc/" in loaded, "what is loaded can be seen"
    assert not [name for name in ("libtorch", "onnxruntime", "sentencepiece") if name in loaded]
