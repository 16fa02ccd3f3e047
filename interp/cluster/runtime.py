"""Ray under the replicas: joined where one runs, or started on this machine and taken away."""

import logging
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import ray

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

_TELEMETRY_OFF = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}


@dataclass(frozen=True, slots=True)
class Runtime:
    """A connection to Ray. folder: of a Ray of our own; None: someone else's."""

    folder: Path | None

    def leave(self) -> None:
        """Disconnect; end every process and remove every file of a Ray of our own."""
        ray.shutdown()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def join(config: ClusterConfig) -> Runtime:
    """Connect to Ray, or start one. Blocks for seconds. Raises ConnectionError."""
    for name, value in _TELEMETRY_OFF.items():
        os.environ.setdefault(name, value)
    if config.ray_address:
        ray.init(
            address=config.ray_address,
            namespace=config.namespace,
            logging_level=logging.ERROR,
        )
        return Runtime(None)
    _bring_token()
    # Sockets lie below this folder, and their paths may be 107 characters long.
    folder = Path(tempfile.mkdtemp(prefix="interp-ray-"))
    runtime = Runtime(folder)
    try:
        ray.init(
            num_cpus=config.replicas * config.cpus_per_replica,
            include_dashboard=False,
            object_store_memory=config.object_store_mb * 2**20,
            namespace=config.namespace,
            logging_level=logging.ERROR,
            _temp_dir=str(folder),
            _system_config=FAST_RECOVERY,
        )
    except BaseException:
        runtime.leave()
        raise
    return runtime


def _bring_token() -> None:
    """Ray asks for a token by default; ours is of this process and leaves no file behind."""
    if "RAY_AUTH_TOKEN_PATH" not in os.environ:
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
