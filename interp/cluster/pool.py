"""The replicas of a deployment: started, probed each second, and replaced when lost."""

import asyncio
import logging
import signal
import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError

from interp.cluster.actor import CAST_S, RayOwnReplicaActor, RayReplicaActor
from interp.cluster.hosted import HostFactory
from interp.cluster.mould import mould_here
from interp.cluster.replica import RayReplica
from interp.cluster.runtime import Runtime, join
from interp.cluster.scale import NAME, Plan
from interp.cluster.scaling import RayScale
from interp.cluster.settings import ClusterConfig
from interp.core.errors import InterpError
from interp.engine.load import Load
from interp.engine.replica import PoolSize, Replica, answer_of

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.2
MAX_PAUSE_S = 5.0
SLACK_S = 2 * CAST_S
"""Beyond the time to load: a mould is to be found wanting by who asked it, and replaced."""


class RayPool:
    """`ReplicaPool` over named Ray actors. `await start()`, run `supervise()` in a task, `stop()`.

    An actor is never restarted in place: a lost one is killed, so that nobody can hear from it
    again, and a new one takes its name. Of several gateways one makes it and the others find it.
    Replicas beside the usual come and go as the one `Scale` of this Ray says.
    """

    def __init__(self, config: ClusterConfig, factory: HostFactory, runtime: Runtime) -> None:
        self.call_timeout_s = config.call_timeout_s
        self._config = config
        self._factory = ray.cloudpickle.dumps(factory)  # type: ignore[no-untyped-call]
        self._runtime = runtime
        self._replicas: dict[str, RayReplica] = {}
        self._names = [f"{NAME}{i}" for i in range(config.replicas + config.standby)]
        self._more: dict[str, asyncio.Task[None]] = {}
        self._plan, self._unplaced = Plan(), 0

    @classmethod
    async def start(
        cls, config: ClusterConfig, factory: HostFactory, runtime: Runtime | None = None
    ) -> "RayPool":
        """Ray up, all replicas ready but for the standby, which `supervise` makes.

        runtime: where Ray was joined already; the pool leaves it. Raises a group of RayError,
        TimeoutError if a replica is not ready.
        """
        if runtime is None:
            runtime = await asyncio.to_thread(join, config)
        pool = cls(config, factory, runtime)
        _take_back(signal.SIGTERM)
        try:
            if pool.folder and not config.gpus_per_replica:
                await asyncio.to_thread(mould_here, pool._factory)  # it need not wait for a replica
            async with asyncio.TaskGroup() as group:
                for name in pool._names[: config.replicas]:
                    group.create_task(pool._make(name))
        except BaseException:
            await pool.stop()
            raise
        return pool

    @property
    def folder(self) -> Path | None:
        """Of a Ray of our own."""
        return self._runtime.folder

    @property
    def size(self) -> PoolSize:
        """As ReplicaPool.size."""
        return PoolSize(self._config.replicas + len(self._taking), self._unplaced)

    def replicas(self) -> Sequence[Replica]:
        """Those believed alive; of the standby no more than others are missing."""
        usual, standby = self._names[: self._config.replicas], self._names[self._config.replicas :]
        more = [name for name in self._taking if name in self._replicas]
        alive = self._alive((*usual, *more, *standby))
        return tuple(alive[: len(usual) + len(more)])

    @property
    def _taking(self) -> list[str]:
        """Those beside the usual that take new sessions, or will."""
        return [name for name in self._more if name not in self._plan.retiring]

    def _alive(self, names: Iterable[str]) -> list[RayReplica]:
        found = (self._replicas.get(name) for name in names)
        return [each for each in found if each and not each.lost.is_set()]

    async def report_lost(self, replica: Replica) -> None:
        """The caller found it gone: it is listed no more, and supervise() replaces it at once."""
        if isinstance(replica, RayReplica):
            replica.lost.set()

    async def supervise(self) -> None:
        """Probe and replace, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name in self._names:
                group.create_task(self._keep(name))
            if self._config.most > self._config.replicas:
                group.create_task(self._scale(group))

    async def stop(self) -> None:
        """Leave Ray. A Ray of our own ends with its replicas; a shared one keeps them."""
        for replica in self._replicas.values():
            replica.lost.set()
        await asyncio.to_thread(self._runtime.leave)

    async def _scale(self, group: asyncio.TaskGroup) -> None:
        """Tell what is to do, and have as many replicas as there should be, until cancelled."""
        scale = RayScale(self._config)
        while True:
            plan = await scale.beat(await self._loads(), list(self._more))
            if plan:
                await self._follow(plan, group)
            await asyncio.sleep(self._config.probe_period_s)

    async def _loads(self) -> dict[str, Load]:
        """Of those that have sessions, or may."""
        asked = {each.name: each for each in self._alive(self._more)}
        asked |= {each.name: each for each in self.replicas() if isinstance(each, RayReplica)}
        answers = (answer_of(each.load(), self.call_timeout_s) for each in asked.values())
        loads = await asyncio.gather(*answers, return_exceptions=True)
        return {
            name: load for name, load in zip(asked, loads, strict=True) if isinstance(load, Load)
        }

    async def _follow(self, plan: Plan, group: asyncio.TaskGroup) -> None:
        self._plan = plan
        for name in plan.names:
            if name not in self._more:
                log.info("another replica is wanted", extra={"replica": name})
                self._more[name] = group.create_task(self._keep(name))
        dropped = self._more.keys() - set(plan.names)
        for name in dropped:
            self._more.pop(name).cancel()
            if replica := self._replicas.pop(name, None):
                replica.lost.set()
            log.info("replica no longer wanted", extra={"replica": name})
        if plan.withdrawn:
            self._unplaced += 1
            log.warning("no room for another replica", extra={"replica": plan.withdrawn})
        await asyncio.to_thread(_end, dropped | set(plan.gone))

    async def _keep(self, name: str) -> None:
        while True:
            if name not in self._replicas:
                await self._insist(name, None)
            replica = self._replicas[name]
            await self._until_lost(replica)
            await self._insist(name, replica)
            log.warning("replica replaced", extra={"replica": name})

    async def _until_lost(self, replica: RayReplica) -> None:
        while not replica.lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._config.probe_period_s):
                    await replica.lost.wait()
            try:
                await answer_of(replica.ping(), self.call_timeout_s)
            except InterpError:
                replica.lost.set()

    async def _insist(self, name: str, lost: RayReplica | None) -> None:
        """Make the replica of this name, after the one before is gone, however often it takes."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                if lost:
                    await asyncio.to_thread(ray.kill, lost.actor, no_restart=True)
                await self._make(name)
                return
            except (RayError, InterpError, TimeoutError, ValueError) as error:
                extra = {"replica": name, "error": type(error).__name__}
                log.warning("replica did not start", extra=extra)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, MAX_PAUSE_S)

    async def _make(self, name: str) -> None:
        """Find or start the actor of this name and wait until its model is loaded."""
        actor = await asyncio.to_thread(self._actor, name)
        replica = RayReplica(name, actor)
        try:
            async with asyncio.timeout(self._config.start_timeout_s + SLACK_S):
                await replica.info()
        except TimeoutError:
            await asyncio.to_thread(ray.kill, actor, no_restart=True)
            raise
        await answer_of(replica.ping(), self.call_timeout_s)
        self._replicas[name] = replica

    def _actor(self, name: str) -> Any:
        on_gpu = self._config.gpus_per_replica > 0
        load_s = () if on_gpu else (self._config.start_timeout_s,)
        return (
            (RayOwnReplicaActor if on_gpu else RayReplicaActor)
            .options(
                name=name,
                lifetime="detached" if self._config.ray_address else None,
                get_if_exists=True,
                num_cpus=self._config.cpus_per_replica,
                num_gpus=self._config.gpus_per_replica,
                scheduling_strategy="SPREAD",
                max_restarts=0,
                max_task_retries=0,
            )
            .remote(self._factory, *load_s)
        )


def _end(names: Collection[str]) -> None:
    """End the replicas of these names, whoever made them; one that was not placed yet, too."""
    for name in names:
        with suppress(ValueError, RayError):  # there is none
            ray.kill(ray.get_actor(name), no_restart=True)


def _take_back(number: int) -> None:
    """Have a signal handled as before: Ray's core puts a handler of its own in the place of ours,
    which ends the process with a trace."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(number, signal.getsignal(number))
