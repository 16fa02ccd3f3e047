"""What all replicas of a shared Ray hold to: what the first said, as long as the Ray lives."""

from dataclasses import dataclass

from ray.experimental import internal_kv


@dataclass(frozen=True, slots=True)
class Agreement:
    """An `Agree` of the replicas in a namespace of the Ray that this process is part of."""

    namespace: str

    def __call__(self, matter: str, wish: str) -> str:
        """Blocks."""
        namespace = self.namespace.encode()
        internal_kv._internal_kv_put(matter, wish, overwrite=False, namespace=namespace)
        said = internal_kv._internal_kv_get(matter, namespace=namespace)
        assert said is not None, "somebody has said what it is"
        return said.decode()
