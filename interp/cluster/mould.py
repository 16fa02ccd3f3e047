"""Models that are loaded once on a machine and serve nobody: replicas are forked from them.

A replica is there at once, and shares the memory of the weights with all others. What happens to
the mould does not concern those that it has made.
"""

import gc
import os
import pickle
import select
import signal
import socket
import threading
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from interp.cluster import line
from interp.cluster.calls import answered
from interp.cluster.hosted import Hosted
from interp.core.logs import KeptLines, keep_logs
from interp.engine.host import Host

NAME = "interp-mould-"
REPLICA = "interp-replica"
"""What a replica's process is called."""


class Mould:
    """factory: a pickled HostFactory, which starts no thread of its own that a replica needs."""

    def __init__(self, factory: bytes) -> None:
        self._logs = keep_logs()  # of loading; the next replica hands them over
        self._host: Host = pickle.loads(factory)()
        gc.collect()
        gc.freeze()  # else a collection in a replica would copy what it shares
        self._listener, self._address = line.listen()
        threading.Thread(target=self._serve, name="mould", daemon=True).start()

    def address(self) -> str:
        """Where a line is to be opened to have a replica at its other end."""
        return self._address

    def _serve(self) -> None:
        while True:
            caller, _ = self._listener.accept()
            with caller:
                try:
                    who = os.pidfd_open(line.peer(caller))
                except (PermissionError, ProcessLookupError):
                    continue
                replica = os.fork()
                if replica == 0:
                    _be_replica(caller, self._host, self._logs)
                self._logs.take()
            threading.Thread(target=_see_off, args=(replica, who), daemon=True).start()


RayMould: Any = ray.remote(Mould)


def _be_replica(caller: socket.socket, host: Host, logs: KeptLines) -> NoReturn:
    """Nothing else of the process goes on in the child, and none of its lines is kept open."""
    try:
        os.setsid()  # Ray ends a lost worker's whole process group
        kept = caller.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
        Path("/proc/self/comm").write_text(REPLICA)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        line.attend(caller, partial(answered, Hosted(lambda: host, logs)))
    finally:
        os._exit(1)


def _see_off(replica: int, caller: int) -> None:
    """Wait for the end of a replica or of who called for it; leave neither it nor a zombie.

    A frozen one does not hear that its line is gone.
    """
    own = os.pidfd_open(replica)
    waiting = select.poll()
    for each in (own, caller):
        waiting.register(each, select.POLLIN)
    waiting.poll()
    signal.pidfd_send_signal(own, signal.SIGKILL)
    os.waitpid(replica, 0)
    os.close(own)
    os.close(caller)


def mould_here(factory: bytes) -> Any:
    """The mould of this node; started if it is not there yet, and by Ray whenever it has died.

    Blocks. One that could not load stays dead for who has it already: ask anew.
    """
    node = ray.get_runtime_context().get_node_id()
    return RayMould.options(
        name=f"{NAME}{node}",
        lifetime="detached",
        get_if_exists=True,
        num_cpus=0,
        max_restarts=-1,
        max_task_retries=-1,
        scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
    ).remote(factory)
