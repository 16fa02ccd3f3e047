"""The gateway's own settings, interp.toml, as values.yaml has them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from interp.core.settings import settings_from
from interp.deployment import Deployment


def settings_of(values: Mapping[str, Any]) -> str:
    """The file. Raises InvalidRequest for what the service would refuse."""
    settings = merged(_derived(values), values["settings"])
    settings_from(Deployment, settings, "")
    return "\n".join(_lines(settings, "")).strip() + "\n"


def merged(table: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A table with another laid over it."""
    both = {
        key: merged(table[key], value)
        for key, value in over.items()
        if isinstance(value, Mapping) and isinstance(table.get(key), Mapping)
    }
    return {**table, **over, **both}


def _derived(values: Mapping[str, Any]) -> dict[str, Any]:
    ports, replica, doors = values["ports"], values["resources"]["replica"], values["doors"]
    everywhere = "0.0.0.0:{}".format
    page = {"address": everywhere(ports["page"]), "proxied": True}
    return {
        "riva": doors["riva"],
        "server": {
            "address": everywhere(ports["grpc"]),
            "metrics_address": everywhere(ports["metrics"]),
            "drain_s": float(values["drain_s"]),
        },
        "cluster": {
            "replicas": values["replicas"],
            "replicas_most": values["replicas_most"],
            "standby": values["standby"],
            "cpus_per_replica": replica["cpu"],
            "gpus_per_replica": float(replica["gpu"]),
        },
        "host": {"lanes": values["lanes"]},
        "models": {
            "translator": values["model"],
            "device": values["image"]["device"],
            "threads": replica["cpu"],
        },
        **({"page": page} if doors["page"] else {}),
        **({"telemetry": values["telemetry"]} if values["telemetry"]["endpoint"] else {}),
    }


def _lines(table: Mapping[str, Any], where: str) -> Iterator[str]:
    """As TOML, whose plain values are JSON's."""
    below: list[str] = []
    for key, value in table.items():
        path = f"{where}{key}"
        if isinstance(value, Mapping):
            below += ["", f"[{path}]", *_lines(value, f"{path}.")]
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for each in value:
                below += ["", f"[[{path}]]", *_lines(each, f"{path}.")]
        else:
            yield f"{key} = {json.dumps(value)}"
    yield from below
