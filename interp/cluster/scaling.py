"""The one `Scale` that all gateways of a Ray ask, in a named actor."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

import ray
from ray.exceptions import RayError

from interp.cluster.scale import Plan, Scale
from interp.cluster.settings import ClusterConfig
from interp.core.clock import MonotonicClock
from interp.engine.load import Load

NAME = "interp-scale"


class ScaleActor:
    """Started again after a loss it knows nothing, and takes over what gateways have."""

    def __init__(self, scale: Scale) -> None:
        self._scale, self._clock = scale, MonotonicClock()

    async def beat(self, loads: Mapping[str, Load], kept: Collection[str]) -> Plan:
        """As `Scale.beat`, now."""
        return self._scale.beat(loads, kept, self._clock.now_ms() / 1000)


_RayScaleActor: Any = ray.remote(ScaleActor)


class RayScale:
    """The actor, which the first gateway makes by its own settings."""

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        self._actor: Any = None

    async def beat(self, loads: Mapping[str, Load], kept: Collection[str]) -> Plan | None:
        """As `Scale.beat`; None where nobody answers in time."""
        try:
            self._actor = self._actor or await asyncio.to_thread(self._found)
            reference = self._actor.beat.remote(loads, kept)
            async with asyncio.timeout(self._config.call_timeout_s):
                plan: Plan = await asyncio.wrap_future(reference.future())
        except (RayError, TimeoutError, ValueError):
            return None
        return plan

    def _found(self) -> Any:
        config = self._config
        scale = Scale(config.scale, config.replicas + config.standby, config.most - config.replicas)
        return _RayScaleActor.options(
            name=NAME,
            lifetime="detached" if config.ray_address else None,
            get_if_exists=True,
            num_cpus=0,
            max_restarts=-1,
        ).remote(scale)
