"""How many replicas, where, and how patient the gateway is with them."""

from dataclasses import dataclass, field

from interp.cluster.scale import ScaleSettings
from interp.core.errors import InvalidRequest, Reason


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """ray_address: an existing Ray, whose replicas all gateways of the `namespace` share and which
    outlive them; None: a Ray of our own on this machine, gone with us.

    replicas: so many there always are; replicas_most: with those that are added when lanes run out
    or words come late, and taken away again, as `scale` says (None: none are).
    standby: replicas beside these, loaded and idle, each of which takes the place of a lost one
    until that is back. cpus_per_replica, gpus_per_replica: what Ray reserves; the factory sets the
    thread counts. object_store_mb: of a Ray of our own, at least 75. call_timeout_s: a replica that
    does not answer a call in this time is lost. start_timeout_s: to load the models.
    """

    replicas: int = 1
    replicas_most: int | None = None
    standby: int = 1
    cpus_per_replica: int = 1
    gpus_per_replica: float = 0.0
    ray_address: str | None = None
    namespace: str = "interp"
    object_store_mb: int = 256
    call_timeout_s: float = 2.0
    probe_period_s: float = 1.0
    start_timeout_s: float = 300.0
    scale: ScaleSettings = field(default_factory=ScaleSettings)

    def __post_init__(self) -> None:
        if self.replicas < 1 or self.standby < 0:
            raise InvalidRequest(
                Reason.BAD_CONFIG, "there is at least one replica, and standby is not negative"
            )
        if self.most < self.replicas:
            raise InvalidRequest(Reason.BAD_CONFIG, "replicas_most is at least as many as replicas")

    @property
    def most(self) -> int:
        """Replicas, but for standby, that there may be at once."""
        return self.replicas if self.replicas_most is None else self.replicas_most
