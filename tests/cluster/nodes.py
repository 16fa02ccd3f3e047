"""A Ray of a head and two nodes on this machine: prints its address, then each node's raylet, and
stays until its input ends."""

import sys
from typing import Any

from ray.cluster_utils import Cluster

from interp.cluster.runtime import FAST_RECOVERY

STORE_BYTES = 75 * 2**20


def main() -> None:
    head: dict[str, Any] = {
        "num_cpus": 0,
        "include_dashboard": False,
        "object_store_memory": STORE_BYTES,
    }
    head |= {"_system_config": FAST_RECOVERY}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    nodes = [cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES) for _ in range(2)]
    raylets = [node.all_processes["raylet"][0].process.pid for node in nodes]
    sys.stdout.write(f"{cluster.address} {' '.join(map(str, raylets))}\n")
    sys.stdout.flush()
    sys.stdin.read()
    cluster.shutdown()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
