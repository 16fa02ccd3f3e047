"""What all gateways of a shared Ray hold to: what the first said, as long as the Ray lives."""

from ray.experimental import internal_kv

from interp.cluster.settings import ClusterConfig
from interp.engine.replica import Agree


def agreement(config: ClusterConfig) -> Agree:
    """Of the gateways of a namespace on the Ray that was joined."""

    def agree(matter: str, wish: str) -> str:
        namespace = config.namespace.encode()
        internal_kv._internal_kv_put(matter, wish, overwrite=False, namespace=namespace)
        said = internal_kv._internal_kv_get(matter, namespace=namespace)
        assert said is not None, "somebody has said what it is"
        return said.decode()

    return agree
