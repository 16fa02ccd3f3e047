"""Ray under the replicas: joined where one runs, or started on this machine and taken away."""

import logging
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import ray
from ray._private import ray_constants

from interp.cluster.settings import ClusterConfig

FAST_RECOVERY = {
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 1000,
    "health_check_failure_threshold": 4,
    "kill_worker_timeout_milliseconds": 300,
}
"""Ray's `--system-config` for a head that should miss a dead node in seconds, not 18 s, and be rid
of a frozen worker at once, not after 5 s. Ray takes it only where its head is started."""

_ACCELERATORS = "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"


BESIDE = 1
"""Ray starts a process for each of its CPUs at once: beside those of replicas one for the mould."""

LOOPBACK = "127.0.0.1"

SHARED_MEMORY = "/dev/shm"
"""Where Ray keeps its objects; it does not start where nobody may write to it."""

LONGEST_FOLDER = 40
"""Sockets lie below Ray's folder, and their paths may be 107 characters long."""

_UNDERTAKER = """
cat
for pause in 0 0.2 1 2; do
    sleep $pause
    {
        find /proc/[0-9]*/fd -lname "$0/*" -perm -200
        grep -lsF -e "--temp-dir=$0/" /proc/[0-9]*/cmdline
    } | cut -d / -f 3 | sort -u | grep -vx "$PPID" | xargs -r kill -9
    rm -rf -- "$0"
done
"""
"""Ray's own agents look for their Ray for a minute, and so does a worker that was just starting;
meanwhile they hold ports and write. Agents are known by the files in the folder that they write
to, workers by their command until they have written it over. Who was Ray's driver, and has left,
still writes to one as well."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A connection to Ray. folder: of a Ray of our own; None: someone else's.

    undertaker: when we have left or this process is gone, however it went, it ends what Ray left
    running and removes the folder.
    """

    folder: Path | None
    undertaker: "subprocess.Popen[bytes] | None" = None

    def leave(self) -> None:
        """Disconnect; end every process and remove every file of a Ray of our own."""
        ray.shutdown()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.undertaker and self.undertaker.stdin:
            self.undertaker.stdin.close()
            threading.Thread(target=self.undertaker.wait, name="undertaker", daemon=True).start()


def join(config: ClusterConfig) -> Runtime:
    """Connect to Ray, or start one. Blocks for seconds. Raises ConnectionError."""
    os.environ.setdefault(_ACCELERATORS, "0")
    if config.ray_address:
        ray.init(
            address=config.ray_address,
            namespace=config.namespace,
            logging_level=logging.ERROR,
            log_to_driver=False,
        )
        return Runtime(None)
    _bring_token()
    _stay_on_loopback()
    runtime = _own_folder()
    try:
        ray.init(
            address="local",  # else RAY_ADDRESS of the shell would have us join another
            num_cpus=(config.most + config.standby) * config.cpus_per_replica + BESIDE,
            include_dashboard=False,
            object_store_memory=config.object_store_mb * 2**20,
            namespace=config.namespace,
            logging_level=logging.ERROR,
            log_to_driver=False,  # replicas hand over their lines as they are
            _node_ip_address=LOOPBACK,
            _temp_dir=f"{runtime.folder}/ray",
            _plasma_directory=None if os.access(SHARED_MEMORY, os.W_OK) else str(runtime.folder),
            _system_config=FAST_RECOVERY,
        )
    except BaseException as error:
        runtime.leave()
        if type(error) is Exception:  # all that Ray says where a process of its own did not start
            raise ConnectionError("Ray did not start in time") from error
        raise
    return runtime


def _own_folder() -> Runtime:
    """A folder of this user alone; Ray opens its own below it to everybody."""
    base = Path(tempfile.gettempdir())
    short = base if len(str(base)) <= LONGEST_FOLDER - len("/interp-ray-12345678/ray") else "/tmp"
    folder = tempfile.mkdtemp(prefix="interp-ray-", dir=short)
    undertaker = subprocess.Popen(
        ["/bin/sh", "-c", _UNDERTAKER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return Runtime(Path(folder), undertaker)


def _stay_on_loopback() -> None:
    """Ray listens on every interface unless its node's address is loopback, and puts the machine's
    in the place of that wherever clusters of several machines are to be had. It knows the switch
    for children from the environment, and for this process from when it was imported."""
    os.environ[ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR] = "0"
    ray_constants.ENABLE_RAY_CLUSTER = False


def _bring_token() -> None:
    """Ray asks for a token by default; ours is of this process and leaves no file behind."""
    if "RAY_AUTH_TOKEN_PATH" not in os.environ:
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
