"""Validates all of deploy/ with the tools of those who will read it: `python -m deploy.check`.

hadolint, check-jsonschema (compose), kubernetes-validate and envoy come with the `deploy` extra;
promtool is named by PROMTOOL (see the Makefile).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import trustme
import yaml

from deploy.render import HERE, read_values, render

TOOL_TIMEOUT_S = 120.0


def check(out: Path) -> Iterator[str]:
    """Complaints about what is rendered into `out`, one line each; none is good."""
    values = read_values()
    render({**values, "tls_folder": str(out / "tls")}, out)
    _self_signed(out / "tls")
    yield from tool("hadolint", str(HERE / "Dockerfile"))
    yield from tool(
        "check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(out / "compose.yaml")
    )
    yield from tool("envoy", "--mode", "validate", "-c", str(out / "envoy.yaml"))
    promtool = os.environ.get("PROMTOOL", "promtool")
    yield from tool(promtool, "check", "config", str(out / "prometheus.yaml"))
    yield from tool(promtool, "test", "rules", str(HERE / "alerts_test.yaml"))
    yield from tool(promtool, "check", "rules", str(_dashboard_rules(out)))
    yield from kubernetes(out / "kubernetes.yaml")


def tool(*command: str) -> Iterator[str]:
    """What a tool of this environment or of PATH complains of."""
    where = Path(sys.executable).parent
    path = f"{where}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=TOOL_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        yield f"{Path(command[0]).name}: {(done.stdout + done.stderr).strip()}"


def _self_signed(folder: Path) -> None:
    """A certificate for Envoy to read; what is deployed brings its own."""
    folder.mkdir(exist_ok=True)
    certificate = trustme.CA().issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(folder / "tls.key"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "tls.crt"), append=True)


def _dashboard_rules(out: Path) -> Path:
    """The dashboard's expressions as a rule file, so that promtool reads them."""
    dashboard = json.loads((out / "grafana/dashboards/interp.json").read_text(encoding="utf-8"))
    rules = [
        {"record": f"panel:{panel['id']}", "expr": target["expr"]}
        for panel in dashboard["panels"]
        for target in panel["targets"]
    ]
    path = out / "dashboard_rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    return path


def kubernetes(path: Path) -> Iterator[str]:
    """What is not of Kubernetes' own schemas, keys that it does not know included."""
    version = kubernetes_validate.latest_version()
    for resource in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        for each in _known(resource):
            try:
                kubernetes_validate.validate(each, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{resource['kind']} {resource['metadata']['name']}: {error.message}"


def _known(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resource, or the pods in it where its own schema is KubeRay's."""
    if resource["kind"] != "RayCluster":
        yield resource
        return
    spec = resource["spec"]
    for group in (spec["headGroupSpec"], *spec["workerGroupSpecs"]):
        yield {"apiVersion": "v1", "kind": "Pod", **group["template"]}


def main() -> int:
    """The command: 1 if anything is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        complaints = list(check(Path(folder)))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
