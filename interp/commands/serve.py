"""`interp serve`: the gateway and its replicas, until interrupted."""

import argparse
import asyncio
import signal
from dataclasses import replace

from interp import app
from interp.cluster.settings import ClusterConfig
from interp.engine.host import HostSettings
from interp.engine.session import SessionSettings
from interp.serve.config import ServerConfig, load_config
from interp.serve.logs import configure_logs


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM, then drain."""
    configure_logs()
    asyncio.run(_serve(args))
    return 0


async def _serve(args: argparse.Namespace) -> None:
    config = load_config(args.config) if args.config else ServerConfig()
    given = {
        name: value
        for name in ("address", "metrics_address")
        if (value := getattr(args, name)) is not None
    }
    config = replace(config, server=replace(config.server, **given))
    cluster = ClusterConfig(replicas=args.replicas, ray_address=args.ray_address)
    models = app.ModelSettings(args.model, args.threads, args.voice)
    session = SessionSettings(catch_up_ms=args.catch_up_ms or None)
    hosting = HostSettings(lanes=args.lanes, session=session)
    async with app.serving(config, cluster, models, hosting) as server:
        host = config.server.address.rpartition(":")[0]
        print(f"interp serves {args.model} on {host}:{server.port}", flush=True)
        await _interrupted()


async def _interrupted() -> None:
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted.set)
    await interrupted.wait()
