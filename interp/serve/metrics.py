"""Prometheus metrics of a gateway, in their own registry, and the HTTP port that shows them."""

import threading
from contextlib import suppress
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from interp.core.tracing import UNSEEN, Tracing
from interp.engine.load import Load
from interp.engine.replica import PoolSize, ReplicaInfo

LAG_BUCKETS_S = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 30.0)
TICK_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.2, 1.0, 5.0)
DEPTH_BUCKETS = (1, 4, 16, 64, 256, 1024, 4096)


class Metrics:
    """What a gateway counts. Names end in their unit. tracing: who follows its work beyond that."""

    def __init__(self, tracing: Tracing = UNSEEN) -> None:
        self.tracing = tracing
        self.registry = r = CollectorRegistry()
        self.replicas = ReplicaGauges(r)
        self.pool = PoolNumbers(r)
        self.sessions = Gauge("interp_sessions", "Sessions now, detached ones too", registry=r)
        self.started = Counter("interp_sessions_started", "Sessions started", registry=r)
        ended, how = "Sessions ended, by OK, CANCELLED or reason", ["how"]
        self.ended = Counter("interp_sessions_ended", ended, how, registry=r)
        refused = "Calls refused before a session, by reason"
        self.refused = Counter("interp_refusals", refused, ["reason"], registry=r)
        self.audio = Counter("interp_audio_seconds", "Source audio received", registry=r)
        lost = "Source audio that was lost on its way, by what was heard in its place"
        self.lost = Counter("interp_audio_lost_seconds", lost, ["heard"], registry=r)
        self.words = Counter("interp_words", "Target words sent", registry=r)
        self.word_age = Histogram(
            "interp_word_age_seconds",
            "Age of a target word's source when it was written",
            buckets=LAG_BUCKETS_S,
            registry=r,
        )
        self.backlog = Histogram(
            "interp_backlog_seconds",
            "Audio received and not worked through, each session about once a second",
            buckets=LAG_BUCKETS_S,
            registry=r,
        )
        self.depth = Histogram(
            "interp_outbox_responses",
            "Responses waiting for their reader, each session about once a second",
            buckets=DEPTH_BUCKETS,
            registry=r,
        )
        trip, replica = "Round trip of one gathered call to a replica", ["replica"]
        self.tick = Histogram(
            "interp_tick_seconds", trip, replica, buckets=TICK_BUCKETS_S, registry=r
        )
        dropped = "Times that output was dropped for a slow reader"
        self.outputs_dropped = Counter("interp_outputs_dropped", dropped, registry=r)
        self.replicas_lost = Counter("interp_replicas_lost", "Replicas found gone", registry=r)
        moved = "Sessions moved to another replica"
        self.moved = Counter("interp_sessions_moved", moved, registry=r)


class ReplicaGauges:
    """How much each replica has to do now."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, said: str, *labels: str) -> Gauge:
            return Gauge(f"interp_replica_{name}", said, ["replica", *labels], registry=registry)

        self._lanes_free = gauge("lanes_free", "Lanes that no session has")
        self._offer = gauge(
            "info",
            "1, for each replica: its model, and what its linear layers compute in",
            *("model", "precision"),
        )
        self._busy = gauge(
            "busy_ratio", "Share of the last 5 s that it computed, with what new sessions will add"
        )
        self._lag = gauge(
            "lag_seconds",
            "How late its words of the last 5 s were, as to be expected with one session more",
        )

    def show(self, replica: str, info: ReplicaInfo, load: Load) -> None:
        """How much it has to do now."""
        self._offer.labels(replica, info.model, info.precision).set(1)
        self._lanes_free.labels(replica).set(load.free_lanes)
        self._busy.labels(replica).set(load.busy)
        self._lag.labels(replica).set(load.lag_ms / 1000)

    def hide(self, replica: str, info: ReplicaInfo) -> None:
        """It is gone."""
        with suppress(KeyError):
            self._offer.remove(replica, info.model, info.precision)
        for gauge in (self._lanes_free, self._busy, self._lag):
            with suppress(KeyError):
                gauge.remove(replica)


class PoolNumbers:
    """How many replicas there should be."""

    def __init__(self, registry: CollectorRegistry) -> None:
        wanted = "Replicas that there should be now, but for standby"
        self._wanted = Gauge("interp_replicas_wanted", wanted, registry=registry)
        unplaced = "Times that one replica more was wanted and found no room in time"
        self._unplaced = Counter("interp_replicas_unplaced", unplaced, registry=registry)
        self._seen = 0

    def show(self, size: PoolSize) -> None:
        """As it is now."""
        self._wanted.set(size.wanted)
        self._unplaced.inc(size.unplaced - self._seen)
        self._seen = size.unplaced


class MetricsPort:
    """The HTTP port for a scraper, in a thread of its own. port 0 picks a free one."""

    def __init__(self, metrics: Metrics, host: str, port: int) -> None:
        self._server: WSGIServer
        self._thread: threading.Thread
        self._server, self._thread = start_http_server(port, host, metrics.registry)
        self.port = self._server.server_port

    def close(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
