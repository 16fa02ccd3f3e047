from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import check
from deploy.render import read_values, render


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    render(read_values(), tmp_path)
    return tmp_path


def test_kubernetes_files_as_rendered_are_valid(rendered: Path) -> None:
    assert list(check.kubernetes(rendered / "kubernetes.yaml")) == []


@pytest.mark.parametrize("kind", ["Deployment", "RayCluster"])
def test_a_key_that_kubernetes_does_not_know_is_told(rendered: Path, kind: str) -> None:
    path = rendered / "kubernetes.yaml"
    resources: list[dict[str, Any]] = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    for resource in resources:
        if resource["kind"] == kind:
            spec = resource["spec"]
            holder = spec["headGroupSpec"] if kind == "RayCluster" else spec
            holder["template"]["spec"]["contaniers"] = []
    path.write_text(yaml.safe_dump_all(resources))
    assert any("contaniers" in complaint for complaint in check.kubernetes(path))


def test_a_tool_that_refuses_is_a_complaint(tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text("services: {gateway: {imege: interp}}\n")
    schema = ("--builtin-schema", "vendor.compose-spec", str(path))
    (complaint,) = check.tool("check-jsonschema", *schema)
    assert "imege" in complaint


def test_envoy_refuses_a_filter_that_it_does_not_have(rendered: Path) -> None:
    path = rendered / "envoy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("http.grpc_web.v3.GrpcWeb", "http.grpc_webb.v3.GrpcWeb"))
    (complaint,) = check.tool("envoy", "--mode", "validate", "-c", str(path))
    assert "GrpcWeb" in complaint
