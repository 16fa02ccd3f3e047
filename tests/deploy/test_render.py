import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import UndefinedError

from deploy.render import DRAIN_MARGIN_S, read_values, render
from interp.deployment import read_deployment
from interp.serve.metrics import Metrics


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    render(read_values(), tmp_path)
    return tmp_path


def documents(path: Path) -> dict[tuple[str, str], Any]:
    loaded = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    return {(each["kind"], each["metadata"]["name"]): each for each in loaded}


def test_the_server_reads_the_settings_written_for_it(rendered: Path) -> None:
    config = read_deployment(rendered / "interp.toml")
    values = read_values()
    assert config.server.address == f"0.0.0.0:{values['ports']['grpc']}"
    assert config.server.drain_s == values["drain_s"]


def test_orchestrators_wait_longer_than_sessions_are_drained(rendered: Path) -> None:
    grace_s = read_values()["drain_s"] + DRAIN_MARGIN_S
    gateway = documents(rendered / "kubernetes.yaml")["Deployment", "gateway"]
    assert gateway["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == grace_s
    compose = yaml.safe_load((rendered / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["gateway"]["stop_grace_period"] == f"{grace_s}s"


def test_kubernetes_holds_the_same_envoy_as_compose(rendered: Path) -> None:
    held = documents(rendered / "kubernetes.yaml")["ConfigMap", "envoy"]["data"]["envoy.yaml"]
    assert yaml.safe_load(held) == yaml.safe_load((rendered / "envoy.yaml").read_text())


def test_a_changed_port_reaches_every_file(tmp_path: Path) -> None:
    values = read_values()
    values["ports"]["grpc"] = 50999
    render(values, tmp_path)
    for name in ("interp.toml", "envoy.yaml", "kubernetes.yaml"):
        assert "50999" in (tmp_path / name).read_text(encoding="utf-8")
        assert "50051" not in (tmp_path / name).read_text(encoding="utf-8")


def test_there_is_room_for_a_replica_that_stands_by(rendered: Path) -> None:
    values, config = read_values(), read_deployment(rendered / "interp.toml")
    wanted = values["replicas"] + values["standby"]
    assert config.cluster.standby == values["standby"] == 1
    (group,) = documents(rendered / "kubernetes.yaml")["RayCluster", "interp"]["spec"][
        "workerGroupSpecs"
    ]
    assert group["replicas"] == wanted
    compose = yaml.safe_load((rendered / "compose.yaml").read_text(encoding="utf-8"))
    cores = wanted * values["resources"]["replica"]["cpu"]
    assert f"--num-cpus={cores}" in compose["services"]["replicas"]["entrypoint"]


def test_traces_go_where_the_values_say(tmp_path: Path, rendered: Path) -> None:
    assert read_deployment(rendered / "interp.toml").telemetry.endpoint == ""
    values = read_values()
    values["telemetry"] = {"endpoint": "http://collector:4318", "share": 0.5}
    render(values, tmp_path / "traced")
    telemetry = read_deployment(tmp_path / "traced/interp.toml").telemetry
    assert (telemetry.endpoint, telemetry.share) == ("http://collector:4318", 0.5)


def test_a_cuda_deployment_asks_for_gpus(tmp_path: Path) -> None:
    values = read_values()
    values["image"]["device"] = "cuda"
    values["resources"]["replica"]["gpu"] = 1
    render(values, tmp_path)
    compose = yaml.safe_load((tmp_path / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["replicas"]["gpus"] == "all"
    ray = documents(tmp_path / "kubernetes.yaml")["RayCluster", "interp"]
    (group,) = ray["spec"]["workerGroupSpecs"]
    limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
    assert limits["nvidia.com/gpu"] == 1


def test_a_missing_value_is_an_error(tmp_path: Path) -> None:
    values = read_values()
    del values["model"], values["ports"]["public"]
    with pytest.raises((UndefinedError, KeyError)):
        render(values, tmp_path)


def test_rules_and_dashboard_speak_of_metrics_that_a_gateway_has(rendered: Path) -> None:
    registry = Metrics().registry
    served = {sample.name for family in registry.collect() for sample in family.samples}
    served |= {family.name for family in registry.collect()}
    dashboard = json.loads((rendered / "grafana/dashboards/interp.json").read_text())
    rules = yaml.safe_load((rendered / "alerts.yaml").read_text(encoding="utf-8"))
    recorded = {r["record"] for g in rules["groups"] for r in g["rules"] if "record" in r}
    expressions = [t["expr"] for panel in dashboard["panels"] for t in panel["targets"]]
    expressions += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    for name in re.findall(r"interp[_:][a-z0-9_:]+", " ".join(expressions)):
        plain = re.sub(r"_(bucket|total)$", "", name)
        assert name in recorded or plain in served or name in served, name
