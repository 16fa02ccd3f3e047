"""The gateway: one grpc.aio server with its services, its sessions and its ticks."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from interp.core.clock import Clock
from interp.core.tracing import UNSEEN, Tracing
from interp.engine.replica import ReplicaPool
from interp.serve.auth import Keys
from interp.serve.catalog import CatalogServicer
from interp.serve.config import ServerConfig, ServerSettings, TlsSettings
from interp.serve.conversation import Entry
from interp.serve.dispatcher import Dispatcher
from interp.serve.metrics import Metrics, MetricsPort
from interp.serve.servicer import InterpretationServicer
from interp.serve.sessions import Sessions
from interp.serve.vault import Keeper, Vault
from interp.wire import services

SERVICES = ("", *services.NAMES)
HEALTH_CHECK_S = 0.25
STOP_GRACE_S, HURRY_GRACE_S = 2.0, 0.5
MAX_CALLS = 512
"""Of one connection at once: each costs tens of kB before it has said anything."""

log = logging.getLogger(__name__)

Door: TypeAlias = Callable[[grpc.aio.Server, Entry], tuple[str, ...]]
"""Registers services of another contract; gives their full names."""


class Server:
    """A gateway over a pool of replicas.

    `run` serves until told to stop; `started` is set once `port` and `metrics_port` are known.
    page_port: of the page beside it, 0 for none. doors: contracts of others on the same port. Set
    `hurry` to end what still drains at once.
    """

    def __init__(
        self,
        *,
        config: ServerConfig,
        pool: ReplicaPool,
        clock: Clock,
        doors: Sequence[Door] = (),
        vault: Vault | None = None,
        tracing: Tracing = UNSEEN,
    ) -> None:
        """vault: where sessions are recorded for other gateways. tracing: who follows the work."""
        self.config = config
        self.metrics = Metrics(tracing)
        self.started = asyncio.Event()
        self.hurry = asyncio.Event()
        self.port = 0
        self.metrics_port = 0
        self.page_port = 0
        self._pool = pool
        self._keys = Keys(config.tenants)
        self._dispatcher = Dispatcher(
            pool=pool, settings=config.dispatch, clock=clock, metrics=self.metrics
        )
        self.sessions = Sessions(
            dispatcher=self._dispatcher,
            settings=config.session,
            intake=config.intake,
            clock=clock,
            metrics=self.metrics,
            keeper=Keeper(vault, owner=uuid.uuid4().hex) if vault else None,
        )
        self.entry = Entry(self.sessions, self._keys, self.metrics)
        self._doors = doors
        self._health = health.aio.HealthServicer()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then drain. Raises OSError if a port cannot be had."""
        server = self._build()
        port = self._metrics_port()
        try:
            async with self._dispatcher, asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self.sessions.watch())
                tending = tasks.create_task(self._tend_health())
                await server.start()
                self.started.set()
                log.info("serving", extra={"address": f"port {self.port}"})
                await stop.wait()
                tending.cancel()
                await self._drain(server)
                watching.cancel()
        finally:
            await server.stop(0)
            self.sessions.close()
            if port:
                port.close()

    async def _drain(self, server: grpc.aio.Server) -> None:
        log.info("draining", extra={"sessions": len(self.sessions)})
        await self._health.enter_graceful_shutdown()
        await self.sessions.drain(self.config.server.drain_s, self.hurry)
        await server.stop(HURRY_GRACE_S if self.hurry.is_set() else STOP_GRACE_S)
        log.info("stopped")

    async def _tend_health(self) -> None:
        """SERVING while there is a replica."""
        told: bool | None = None
        while True:
            alive = bool(self._pool.replicas())
            if alive is not told:
                told = alive
                status = health_pb2.HealthCheckResponse
                for service in SERVICES:
                    await self._health.set(service, status.SERVING if alive else status.NOT_SERVING)
            await asyncio.sleep(HEALTH_CHECK_S)

    def _build(self) -> grpc.aio.Server:
        settings = self.config.server
        server = grpc.aio.server(options=_options(settings))
        servicer = InterpretationServicer(self.entry, max_message_bytes=settings.max_message_bytes)
        catalog = CatalogServicer(dispatcher=self._dispatcher, keys=self._keys)
        services.register(server, servicer, catalog)
        beside = [name for door in self._doors for name in door(server, self.entry)]
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        if settings.reflection:
            names = (*services.NAMES, *beside, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, server)
        self.port = _bind(server, settings.address, self.config.tls)
        return server

    def _metrics_port(self) -> MetricsPort | None:
        if not self.config.server.metrics_address:
            return None
        host, _, number = self.config.server.metrics_address.rpartition(":")
        port = MetricsPort(self.metrics, host, int(number))
        self.metrics_port = port.port
        return port


def _options(settings: ServerSettings) -> list[tuple[str, int]]:
    keepalive_ms = round(settings.keepalive_s * 1000)
    ping_ms = round(settings.ping_timeout_s * 1000)
    return [
        # the servicer refuses what is over the limit with a reason; beyond this grpc itself does
        ("grpc.max_receive_message_length", 4 * settings.max_message_bytes),
        ("grpc.keepalive_time_ms", keepalive_ms),
        ("grpc.keepalive_timeout_ms", ping_ms),
        # without this a frozen client is noticed after a minute, whatever the keepalive
        ("grpc.http2.ping_timeout_ms", ping_ms),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
        ("grpc.max_concurrent_streams", MAX_CALLS),
        ("grpc.so_reuseport", int(settings.reuse_port)),
    ]


def _bind(server: grpc.aio.Server, address: str, tls: TlsSettings | None) -> int:
    try:
        if tls is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, _credentials(tls))
    except RuntimeError as error:
        raise OSError(f"cannot listen on {address}") from error


def _credentials(tls: TlsSettings) -> grpc.ServerCredentials:
    pair = (Path(tls.key).read_bytes(), Path(tls.certificate).read_bytes())
    authority = Path(tls.client_ca).read_bytes() if tls.client_ca else None
    return grpc.ssl_server_credentials(
        [pair], root_certificates=authority, require_client_auth=authority is not None
    )
