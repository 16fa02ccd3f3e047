"""Writes what is deployed from values.yaml: `python -m deploy.render [VALUES] [--out FOLDER]`."""

import argparse
import hashlib
import math
import shutil
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.settings import settings_of

HERE = Path(__file__).parent
DRAIN_MARGIN_S = 15
"""After its sessions a gateway needs a moment to close: orchestrators wait this much longer."""

TLS_FOLDER = "/etc/envoy-tls"
ENVOY_ADMIN = "/tmp/envoy-admin.sock"

PLACES = {
    "envoy.yaml.j2": "envoy.yaml",
    "prometheus.yaml.j2": "prometheus.yaml",
    "compose.yaml.j2": "compose.yaml",
    "kubernetes.yaml.j2": "kubernetes.yaml",
    "monitoring.yaml.j2": "monitoring.yaml",
    "grafana-datasource.yaml.j2": "grafana/datasources/prometheus.yaml",
    "grafana-dashboards.yaml.j2": "grafana/dashboards/interp.yaml",
    "dashboard.json.j2": "grafana/dashboards/interp.json",
}


def render(values: dict[str, Any], out: Path) -> None:
    """Fill `out` with files for compose and Kubernetes.

    Raises UndefinedError or KeyError for a value that is missing, InvalidRequest for a setting that
    the service would refuse.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    known = {"tls_folder": TLS_FOLDER, "envoy_admin": ENVOY_ADMIN, **values, **_derived(values)}
    known["interp_toml"] = settings_of(values)
    known["envoy_yaml"] = environment.get_template("envoy.yaml.j2").render(known)
    alerts = (HERE / "alerts.yaml").read_text(encoding="utf-8")
    known["alerts"] = alerts[alerts.index("groups:") :]
    out.mkdir(parents=True, exist_ok=True)
    (out / "interp.toml").write_text(known["interp_toml"], encoding="utf-8")
    for template, place in PLACES.items():
        path = out / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(environment.get_template(template).render(known), encoding="utf-8")
    shutil.copyfile(HERE / "alerts.yaml", out / "alerts.yaml")


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    replica, most = values["resources"]["replica"], values["replicas_per_worker"]
    usual, at_most = (values[key] + values["standby"] for key in ("replicas", "replicas_most"))
    return {
        "gateway_command": lambda ray_head: _gateway_command(ray_head, values["ports"]["ray"]),
        "gateway_host": "gateway",
        "grace_s": values["drain_s"] + DRAIN_MARGIN_S,
        "workers": math.ceil(usual / most),
        "workers_most": math.ceil(at_most / most),
        "worker": {
            "cpu": most * replica["cpu"],
            "memory_gib": most * replica["memory_gib"],
            "gpu": math.ceil(most * replica["gpu"]),
        },
        "digest": lambda text: hashlib.sha256(text.encode()).hexdigest()[:16],
    }


def _gateway_command(ray_head: str, port: int) -> str:
    """A gateway is a node of the Ray that holds the replicas, one without cores to give."""
    return (
        f"ray start --address={ray_head}:{port} --num-cpus=0 --num-gpus=0"
        " && exec interp serve --config /etc/interp/interp.toml --ray-address auto"
    )


def read_values(path: Path = HERE / "values.yaml") -> dict[str, Any]:
    """What a values file says."""
    values: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return values


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("values", nargs="?", type=Path, default=HERE / "values.yaml")
    parser.add_argument("--out", type=Path, default=Path("build/deploy"))
    args = parser.parse_args()
    render(read_values(args.values), args.out)


if __name__ == "__main__":
    main()
