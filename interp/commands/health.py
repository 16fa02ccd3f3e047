"""`interp health`: whether a server is ready, for whatever watches over containers."""

import argparse
import asyncio

import grpc

from interp.client.channel import channel_options
from interp.client.health import is_serving


def run(args: argparse.Namespace) -> int:
    """0 when it serves, else 1."""
    serves = asyncio.run(_ask(args.server, args.timeout_s))
    print("SERVING" if serves else "NOT_SERVING")
    return 0 if serves else 1


async def _ask(server: str, timeout_s: float) -> bool:
    async with grpc.aio.insecure_channel(server, options=channel_options(server)) as channel:
        return await is_serving(channel, timeout_s)
