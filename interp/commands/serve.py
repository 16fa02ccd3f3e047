"""`interp serve`: the gateway and its replicas, until interrupted."""

import argparse
import asyncio
import os
import signal
from dataclasses import replace

from interp.commands.settings import models_over, over
from interp.core.logs import configure_logs
from interp.deployment import Deployment, read_deployment
from interp.service import serving


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM, then drain."""
    configure_logs()
    asyncio.run(_serve(deployment_of(args), args.local))
    return 0


def deployment_of(args: argparse.Namespace) -> Deployment:
    """The file that --config names, and what other options say over it."""
    read = read_deployment(args.config)
    session = over(read.host.session, catch_up_ms=args.catch_up_ms)
    if args.catch_up_ms == 0:
        session = replace(session, catch_up_ms=None)
    least, most = args.replicas or (None, None)
    return replace(
        read,
        server=over(read.server, address=args.address, metrics_address=args.metrics_address),
        cluster=over(
            read.cluster,
            replicas=least,
            replicas_most=most,
            ray_address=args.ray_address,
            gpus_per_replica=args.gpus_per_replica,
        ),
        host=over(read.host, lanes=args.lanes, session=session),
        models=models_over(read.models, args),
        page=over(read.page, address=args.page_address),
        riva=read.riva or args.riva,
    )


SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def _serve(deployment: Deployment, local: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in SIGNALS:  # nobody is served yet, and what was started ends with this process
        loop.add_signal_handler(number, os._exit, 128 + number)
    async with serving(deployment, local=local) as server:
        host = deployment.server.address.rpartition(":")[0]
        name = deployment.models.translator
        print(f"interp serves {name} on {host}:{server.port}", flush=True)
        if server.page_port:
            where = deployment.page.address.rpartition(":")[0]
            print(f"the page is at http://{where}:{server.page_port}/", flush=True)
        await interrupted(server.hurry)


async def interrupted(hurry: asyncio.Event) -> None:
    """Until SIGINT or SIGTERM; a second one means at once, and a third is the system's business."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        if ending.is_set():
            hurry.set()
            for number in SIGNALS:
                loop.remove_signal_handler(number)
        ending.set()

    for number in SIGNALS:
        loop.add_signal_handler(number, told)
    await ending.wait()
