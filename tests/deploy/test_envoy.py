"""The real Envoy, with the file that is deployed, before a real server."""

import asyncio
import socket
import struct
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import Any

import trustme
from websockets.asyncio.client import connect as websocket
from websockets.typing import Origin

from deploy.render import read_values, render
from interp.client.client import ClientTls, connect
from interp.monitor.settings import PageKey
from interp.serve.auth import digest_of
from interp.v1 import catalog_service_pb2 as catalog
from interp.wire.messages import SessionStarted
from tests.fakes.json_client import request_to_json, response_from_json
from tests.fakes.replica import FakeReplica
from tests.monitor.web import paged
from tests.serve.gateway import CHUNK, CONFIG, serving, text_of, words

START_S = 15.0
PAGE: dict[str, Any] = {"keys": (PageKey("Ines", digest_of("secret")),), "proxied": True}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Front:
    """Ports of Envoy, and where its files are."""

    folder: Path
    public: int
    stats: int

    @property
    def tls(self) -> SSLContext:
        """Of a client that believes its certificate."""
        return create_default_context(cafile=str(self.folder / "authority.pem"))


def settings(folder: Path, grpc_port: int, page_port: int | None) -> Front:
    """envoy.yaml of this gateway in `folder`, with a certificate."""
    values = read_values()
    front = Front(folder, free_port(), free_port())
    values["ports"] |= {"grpc": grpc_port, "public": front.public, "envoy_stats": front.stats}
    if page_port:
        values["ports"]["page"], values["doors"]["page"] = page_port, True
    known = {"tls_folder": str(folder), "envoy_admin": f"{folder}/admin.sock"}
    render({**values, **known}, folder)
    path = folder / "envoy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("address: gateway,", "address: 127.0.0.1,"))
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(folder / "tls.key"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    return front


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
async def fronted(folder: Path) -> AsyncIterator[Front]:
    """A server and its page with Envoy before them."""
    async with serving(FakeReplica()) as gateway, paged(gateway, **PAGE) as page:
        front = settings(folder, gateway.server.port, page.port)
        async with envoy(folder, front.public):
            yield front


async def test_a_session_runs_through_envoy_over_tls(tmp_path: Path) -> None:
    async def feed() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield CHUNK

    async with fronted(tmp_path) as front:
        tls = ClientTls(authority=str(tmp_path / "authority.pem"))
        async with connect(f"localhost:{front.public}", tls=tls) as client:
            bodies = [body async for body in client.interpret(CONFIG, feed())]
    assert text_of(bodies) == words(20)


async def test_a_browser_calls_by_grpc_web(tmp_path: Path) -> None:
    message = catalog.ListLanguagePairsRequest().SerializeToString()
    async with fronted(tmp_path) as front:
        answer = await got(
            front,
            "/interp.v1.CatalogService/ListLanguagePairs",
            struct.pack(">BI", 0, len(message)) + message,
            {"content-type": "application/grpc-web+proto", "origin": "https://a.example"},
        )
        body = answer.read()
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    _, size = struct.unpack(">BI", body[:5])
    assert catalog.ListLanguagePairsResponse.FromString(body[5 : 5 + size]).language_pairs


async def test_people_sign_in_and_browsers_open_sockets_over_tls(tmp_path: Path) -> None:
    async with fronted(tmp_path) as front:
        here = f"https://localhost:{front.public}"
        headers = {"content-type": "application/json", "origin": here}
        answer = await got(front, "/v1/me:signIn", b'{"key": "secret"}', headers)
        cookie = answer.headers["set-cookie"]
        assert "Secure" in cookie
        given = {"Cookie": cookie.partition(";")[0]}
        where = f"wss://localhost:{front.public}/v1/interpret"
        async with websocket(
            where, ssl=front.tls, origin=Origin(here), additional_headers=given
        ) as socket:
            await socket.send(request_to_json(CONFIG))
            started = response_from_json(await socket.recv(decode=True), b"")
            assert started
            assert isinstance(started.body, SessionStarted)


async def test_its_admin_is_not_on_a_port(tmp_path: Path) -> None:
    def status(path: str, method: str = "GET") -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{front.stats}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    async with fronted(tmp_path) as front:
        found = [await asyncio.to_thread(status, path) for path in ("/ready", "/stats/prometheus")]
        assert found == [200, 200]
        assert await asyncio.to_thread(status, "/quitquitquit", "POST") == 404
        assert await asyncio.to_thread(status, "/certs") == 404


async def got(front: Front, path: str, data: bytes, headers: dict[str, str]) -> HTTPResponse:
    """What a POST to the public port is answered with."""
    request = urllib.request.Request(
        f"https://localhost:{front.public}{path}", data=data, headers=headers
    )
    answer: HTTPResponse = await asyncio.to_thread(
        urllib.request.urlopen, request, timeout=10, context=front.tls
    )
    return answer
