import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import UndefinedError

from deploy.render import DRAIN_MARGIN_S, read_values, render
from interp.core.errors import InvalidRequest
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
    workers = worker_group(rendered)
    room = workers["replicas"] * int(workers["rayStartParams"]["num-cpus"])
    assert room >= wanted * config.cluster.cpus_per_replica
    assert workers["replicas"] > 1
    most = values["replicas_most"] + values["standby"]
    assert workers["minReplicas"] == workers["replicas"]
    assert workers["maxReplicas"] * int(workers["rayStartParams"]["num-cpus"]) >= (
        most * config.cluster.cpus_per_replica
    )
    compose = yaml.safe_load((rendered / "compose.yaml").read_text(encoding="utf-8"))
    cores = most * values["resources"]["replica"]["cpu"]
    assert f"--num-cpus={cores}" in compose["services"]["replicas"]["entrypoint"]


def test_ray_adds_workers_for_replicas_that_find_no_room(rendered: Path) -> None:
    cluster = documents(rendered / "kubernetes.yaml")["RayCluster", "interp"]["spec"]
    assert cluster["enableInTreeAutoscaling"] is True
    head = cluster["headGroupSpec"]["template"]["spec"]
    assert head["automountServiceAccountToken"] is True, "its autoscaler asks Kubernetes"
    (workers,) = cluster["workerGroupSpecs"]
    assert workers["template"]["spec"]["automountServiceAccountToken"] is False
    config = read_deployment(rendered / "interp.toml")
    assert workers["maxReplicas"] > workers["minReplicas"]
    assert config.cluster.most > config.cluster.replicas


def worker_group(folder: Path) -> Any:
    (group,) = documents(folder / "kubernetes.yaml")["RayCluster", "interp"]["spec"][
        "workerGroupSpecs"
    ]
    return group


def test_what_is_set_by_its_own_name_comes_last(tmp_path: Path) -> None:
    values = read_values()
    tenant = {"name": "platform", "key_sha256": "0" * 64, "pairs": ["fr-en"]}
    own = {"tenants": [tenant], "server": {"drain_s": 5.0}, "host": {"best_lanes": 2}}
    render({**values, "settings": own}, tmp_path)
    config = read_deployment(tmp_path / "interp.toml")
    assert config.tenants[0].name == "platform"
    assert config.server.drain_s == 5
    assert (config.host.best_lanes, config.host.lanes) == (2, values["lanes"])


def test_a_setting_that_the_service_would_refuse_is_refused_when_it_is_written(
    tmp_path: Path,
) -> None:
    with pytest.raises(InvalidRequest, match=r"unknown key host\.lane;"):
        render({**read_values(), "settings": {"host": {"lane": 3}}}, tmp_path)


def test_other_settings_are_other_pods(tmp_path: Path) -> None:
    def annotations(folder: Path, **changed: Any) -> list[Any]:
        render({**read_values(), **changed}, folder)
        found = documents(folder / "kubernetes.yaml")
        pods = [found["Deployment", name]["spec"]["template"] for name in ("gateway", "envoy")]
        return [pod["metadata"]["annotations"]["interp/settings"] for pod in pods]

    before = annotations(tmp_path / "before")
    lanes = annotations(tmp_path / "lanes", lanes=9)
    origins = annotations(tmp_path / "origins", origins="https://a.example")
    assert lanes[0] != before[0]
    assert lanes[1] == before[1]
    assert origins[0] == before[0]
    assert origins[1] != before[1]


def test_doors_are_on_the_public_port_where_they_are_wanted(tmp_path: Path, rendered: Path) -> None:
    values = read_values()
    values["doors"] = {"riva": True, "page": True}
    render(values, tmp_path / "doors")
    config = read_deployment(tmp_path / "doors/interp.toml")
    port = values["ports"]["page"]
    assert (config.riva, config.page.address) == (True, f"0.0.0.0:{port}")
    policy = documents(tmp_path / "doors/kubernetes.yaml")["NetworkPolicy", "gateway"]
    assert {"port": port} in policy["spec"]["ingress"][0]["ports"]
    routes = (tmp_path / "doors/envoy.yaml").read_text(encoding="utf-8")
    assert "/nvidia.riva." in routes
    assert read_deployment(rendered / "interp.toml").page.address == ""
    closed = (rendered / "envoy.yaml").read_text(encoding="utf-8")
    assert "nvidia" not in closed
    assert "websocket" not in closed


def test_gateways_reach_each_other_and_nobody_envoys_admin(rendered: Path) -> None:
    found = documents(rendered / "kubernetes.yaml")
    inside = found["NetworkPolicy", "gateway"]["spec"]["ingress"][1]["from"]
    assert {"podSelector": {"matchLabels": {"app": "gateway"}}} in inside
    envoy = yaml.safe_load((rendered / "envoy.yaml").read_text(encoding="utf-8"))
    assert set(envoy["admin"]["address"]) == {"pipe"}


def test_an_operator_of_prometheus_gets_the_same_rules_and_ports_that_are_there(
    rendered: Path,
) -> None:
    found = documents(rendered / "monitoring.yaml")
    alerts = yaml.safe_load((rendered / "alerts.yaml").read_text(encoding="utf-8"))
    assert found["PrometheusRule", "interp"]["spec"] == alerts
    pods = documents(rendered / "kubernetes.yaml")
    for name, deployment in (("interp", "gateway"), ("envoy", "envoy")):
        (endpoint,) = found["PodMonitor", name]["spec"]["podMetricsEndpoints"]
        (container,) = pods["Deployment", deployment]["spec"]["template"]["spec"]["containers"]
        assert endpoint["port"] in {port["name"] for port in container["ports"]}


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
    values["resources"]["replica"]["gpu"] = 0.5
    render(values, tmp_path)
    compose = yaml.safe_load((tmp_path / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["replicas"]["gpus"] == "all"
    container = worker_group(tmp_path)["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
    config = read_deployment(tmp_path / "interp.toml")
    assert config.cluster.gpus_per_replica == 0.5  # else Ray shows a replica no GPU
    assert config.models.device == "cuda"


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
