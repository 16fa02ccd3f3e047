"""How a client's channel behaves on its line."""

_OPTIONS = [
    # a line that goes silent is noticed after the sum of the first two, whatever the system does
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
]
_LOOPBACK = ("localhost:", "127.", "[::1]:", "unix:")


def channel_options(address: str) -> list[tuple[str, int]]:
    """Options of gRPC for a channel to host:port.

    A server on this machine is never asked for through a proxy, whatever http_proxy says.
    """
    return _OPTIONS + [("grpc.enable_http_proxy", 0)] * address.startswith(_LOOPBACK)
