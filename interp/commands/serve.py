"""`interp serve`: the gateway and its replicas, until interrupted."""

import argparse
import asyncio
import signal
from dataclasses import replace
from pathlib import Path

from interp import app
from interp.cluster.settings import ClusterConfig
from interp.core.logs import configure_logs
from interp.engine.host import HostSettings
from interp.engine.session import SessionSettings
from interp.serve.config import ServerConfig, load_config


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--config", type=Path, help="TOML file; see docs/operations.md")
    parser.add_argument("--address", help="host:port (default: 127.0.0.1:50051)")
    parser.add_argument("--metrics-address", help="host:port of Prometheus metrics")
    parser.add_argument("--replicas", type=int, default=1, help="model copies")
    parser.add_argument("--lanes", type=int, default=8, help="sessions at once, per replica")
    parser.add_argument("--threads", type=int, default=1, help="of torch, each; 0: all cores")
    parser.add_argument("--local", action="store_true", help="one replica, here, without Ray")
    parser.add_argument("--ray-address", help="an existing Ray (default: start one here)")
    parser.add_argument("--model", default="whisper-base", help="see `interp models list`")
    parser.add_argument("--voice", type=Path, help="folder of a voice (default: the package's)")
    parser.add_argument(
        "--catch-up-ms", type=int, default=6000, help="pass over decisions this late; 0: never"
    )
    parser.set_defaults(run=run)


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
    shared = ClusterConfig(replicas=args.replicas, ray_address=args.ray_address)
    cluster = None if args.local else shared
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
