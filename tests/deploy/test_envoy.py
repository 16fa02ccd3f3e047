"""The real Envoy, with the file that is deployed, before a real server."""

import asyncio
import socket
import struct
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from ssl import create_default_context

import trustme

from deploy.render import read_values, render
from interp.client.client import ClientTls, connect
from interp.v1 import catalog_service_pb2 as catalog
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import CHUNK, CONFIG, Gateway, serving, text_of, words

START_S = 15.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settings(folder: Path, gateway: Gateway) -> int:
    """envoy.yaml of this gateway in `folder`, with a certificate; the public port."""
    values = read_values()
    public = free_port()
    values["ports"] |= {
        "grpc": gateway.server.port,
        "public": public,
        "envoy_admin": free_port(),
    }
    render({**values, "tls_folder": str(folder)}, folder)
    path = folder / "envoy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("address: gateway,", "address: 127.0.0.1,"))
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(folder / "tls.key"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    return public


@asynccontextmanager
async def envoy(folder: Path, port: int) -> AsyncIterator[None]:
    """Envoy while it runs, ready."""
    log = folder / "envoy.log"
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "envoy"),
        *("-c", str(folder / "envoy.yaml"), "--use-dynamic-base-id", "--log-path", str(log)),
        "--concurrency",
        "1",
    )
    try:
        async with asyncio.timeout(START_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                except OSError:
                    await asyncio.sleep(0.1)
        yield
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def fronted(folder: Path) -> AsyncIterator[int]:
    """A server with Envoy before it; its public port."""
    async with serving(FakeReplica()) as gateway:
        port = settings(folder, gateway)
        async with envoy(folder, port):
            yield port


async def test_a_session_runs_through_envoy_over_tls(tmp_path: Path) -> None:
    async def feed() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield CHUNK

    async with fronted(tmp_path) as port:
        tls = ClientTls(authority=str(tmp_path / "authority.pem"))
        async with connect(f"localhost:{port}", tls=tls) as client:
            bodies = [body async for body in client.interpret(CONFIG, feed())]
    assert text_of(bodies) == words(20)


async def test_a_browser_calls_by_grpc_web(tmp_path: Path) -> None:
    message = catalog.ListLanguagePairsRequest().SerializeToString()
    async with fronted(tmp_path) as port:
        request = urllib.request.Request(
            f"https://localhost:{port}/interp.v1.CatalogService/ListLanguagePairs",
            data=struct.pack(">BI", 0, len(message)) + message,
            headers={"content-type": "application/grpc-web+proto", "origin": "https://a.example"},
        )
        context = create_default_context(cafile=str(tmp_path / "authority.pem"))
        answer = await asyncio.to_thread(
            urllib.request.urlopen, request, timeout=10, context=context
        )
        body = answer.read()
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    _, size = struct.unpack(">BI", body[:5])
    assert catalog.ListLanguagePairsResponse.FromString(body[5 : 5 + size]).language_pairs
