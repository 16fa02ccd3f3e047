"""The whole service: gateway, page and replicas, built and taken down together."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import TypeAlias

from interp import environment
from interp.core.clock import MonotonicClock
from interp.core.errors import InvalidRequest, Reason
from interp.core.tracing import Tracing
from interp.deployment import Deployment
from interp.engine.host import Host
from interp.engine.local import LocalPool, LocalReplica
from interp.engine.replica import Agree, ReplicaPool
from interp.factory import Factory
from interp.inventory import check_translator, check_voices
from interp.monitor.desk import Desk
from interp.monitor.register import Register, register_store
from interp.serve.server import Door, Server
from interp.serve.start import check_start
from interp.serve.vault import Vault, vault_store
from interp.serve.vault_copies import VaultCopies

Replicas: TypeAlias = Callable[
    [Callable[[Agree], Callable[[], Host]]], AbstractAsyncContextManager[ReplicaPool]
]
"""A pool for as long as its context is open, given what makes a replica's factory."""


@asynccontextmanager
async def serving(deployment: Deployment, *, local: bool = False) -> AsyncIterator[Server]:
    """A running server; leaving the context drains it. Raises OSError, WeightsError, InterpError.

    local: with one replica in this process, in place of a cluster.
    """
    replicas = _local if local else _cluster(deployment)
    check_start(deployment)
    check_voices(deployment.models)
    await asyncio.to_thread(check_translator, deployment.models)
    if not local:
        _check_device(deployment)
    async with replicas(partial(Factory, deployment)) as pool:
        shared = not local and deployment.cluster.ray_address is not None
        desk = await asyncio.to_thread(_desk, deployment, shared)
        tracing = environment.tracing(deployment.telemetry, "interp-gateway")
        server = Server(
            config=deployment,
            pool=pool,
            clock=MonotonicClock(),
            doors=[*_doors(deployment), *([desk.door] if desk else [])],
            vault=await asyncio.to_thread(_vault) if shared else None,
            tracing=tracing,
        )
        stop = asyncio.Event()
        async with _reporting(server, deployment, tracing), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(server.run(stop))
            await server.started.wait()
            try:
                async with desk.open() if desk else nullcontext(0) as server.page_port:
                    yield server
            finally:
                stop.set()
                await running


def _doors(deployment: Deployment) -> list[Door]:
    """Contracts of others on the gateway's port. Raises InvalidRequest without their extra."""
    if not deployment.riva:
        return []
    try:
        return [importlib.import_module("interp.doors.riva").register]
    except ImportError as error:
        raise InvalidRequest(
            Reason.BAD_CONFIG, "Riva's contract needs an extra: pip install interp[riva]"
        ) from error


def _desk(deployment: Deployment, shared: bool) -> Desk | None:
    """The page, where there is to be one. shared: other gateways may be on the same Ray."""
    address = deployment.server.address
    if not deployment.page.address:
        return None
    if not shared:
        return Desk(deployment.page, address=address)
    cluster = importlib.import_module("interp.cluster.register")
    register: Register = cluster.RayRegister(register_store)
    return Desk(deployment.page, address=address, register=register, host=cluster.node_address())


@asynccontextmanager
async def _reporting(
    server: Server, deployment: Deployment, tracing: Tracing
) -> AsyncIterator[None]:
    """Traces and metrics for OpenTelemetry, where somebody takes them."""
    end = environment.report_metrics(
        deployment.telemetry, server.metrics.registry, "interp-gateway"
    )
    try:
        yield
    finally:
        await asyncio.to_thread(tracing.close)
        await asyncio.to_thread(end)


def _cluster(deployment: Deployment) -> Replicas:
    """Raises ModuleNotFoundError without Ray, which is an extra of the package."""
    cluster = importlib.import_module("interp.cluster.replicas")
    return partial(cluster.replicas, deployment.cluster)


def _vault() -> Vault:
    """Where gateways that share a Ray record their sessions."""
    cluster = importlib.import_module("interp.cluster.vault")
    return VaultCopies(cluster.ray_vaults(vault_store), MonotonicClock())


@asynccontextmanager
async def _local(factory: Callable[[Agree], Callable[[], Host]]) -> AsyncIterator[ReplicaPool]:
    """One replica in this process, which has nobody to agree with."""
    host = await asyncio.to_thread(lambda: factory(lambda _, wish: wish)())
    host.start()
    try:
        yield LocalPool([LocalReplica("local", host)])
    finally:
        await asyncio.to_thread(host.stop)


def _check_device(deployment: Deployment) -> None:
    wanted = deployment.models.device
    if wanted not in ("auto", "cpu") and not deployment.cluster.gpus_per_replica:
        message = f"replicas on {wanted} need cluster.gpus_per_replica: Ray shows them no GPU"
        raise InvalidRequest(Reason.BAD_CONFIG, message)
