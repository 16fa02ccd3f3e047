"""The server around the conversations: health, drain, TLS, catalog, metrics, logs."""

import asyncio
import io
import json
import logging
import signal
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
import trustme
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from interp.client.client import ClientTls, connect, paced
from interp.core.clock import MonotonicClock
from interp.core.errors import InterpError, Reason
from interp.core.events import SessionEnded, TargetText
from interp.core.logs import configure_logs
from interp.core.synthesiser import Gender, Voice
from interp.core.translator import Pair
from interp.doors import riva
from interp.engine.local import LocalPool
from interp.engine.replica import ReplicaInfo
from interp.monitor.desk import Desk
from interp.monitor.settings import PageSettings
from interp.serve.auth import Tenant, digest_of
from interp.serve.config import ServerSettings, TlsSettings
from interp.serve.server import Server
from interp.v1 import catalog_service_pb2 as catalog_pb
from interp.v1 import catalog_service_pb2_grpc as catalog_stubs
from interp.wire.messages import GoingAway, Resume, SessionStarted
from tests.fakes.replica import FakeReplica
from tests.serve.gateway import (
    CHUNK,
    CONFIG,
    RESUMABLE,
    Gateway,
    audio,
    eventually,
    serving,
    settings,
    text_of,
    words,
)

SERVICE = "interp.v1.InterpretationService"
FREE = "127.0.0.1:0"
ROOT = Path(__file__).parents[2]
Status = health_pb2.HealthCheckResponse


async def health(gateway: Gateway, service: str = SERVICE) -> int:
    stub = health_pb2_grpc.HealthStub(gateway.channel)
    answer = await stub.Check(health_pb2.HealthCheckRequest(service=service))
    return int(answer.status)


async def test_health_is_told_per_service() -> None:
    async with serving(FakeReplica()) as gateway:
        for service in ("", SERVICE, "interp.v1.CatalogService"):
            assert await health(gateway, service) == Status.SERVING


async def test_health_follows_the_replicas() -> None:
    pool = LocalPool([FakeReplica()])
    async with serving(pool=pool) as gateway:
        assert await health(gateway) == Status.SERVING
        await pool.report_lost(pool.replicas()[0])
        await asyncio.sleep(0.4)
        assert await health(gateway) == Status.NOT_SERVING


async def test_a_drain_tells_refuses_and_waits() -> None:
    config = settings(server=ServerSettings(address=FREE, drain_s=5.0))
    async with serving(FakeReplica(), config=config) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await talk.until(TargetText)
        gateway.stop.set()
        going = await talk.until(GoingAway)
        assert await health(gateway) == Status.NOT_SERVING
        late = await (await gateway.call().say(CONFIG)).error()
        await talk.say(audio(2))
        await talk.half_close()
        rest = await talk.rest()
        async with asyncio.timeout(3):
            await gateway.task
    assert going == GoingAway(5000, "")
    assert (late.reason, late.retry_after_ms) == (Reason.DRAINING, 1000)
    assert text_of(rest) == " w1"
    assert isinstance(rest[-1], SessionEnded)


async def test_a_session_may_be_resumed_while_the_server_drains() -> None:
    config = settings(server=ServerSettings(address=FREE, drain_s=5.0))
    async with serving(FakeReplica(), config=config) as gateway:
        talk = await gateway.call().say(RESUMABLE, audio(1))
        await talk.until(TargetText)
        gateway.stop.set()
        going = await talk.until(GoingAway)
        talk.cancel()
        again = await gateway.call().say(Resume(going.resume_token, talk.sequences[-1]))
        await again.half_close()
        assert isinstance((await again.rest())[-1], SessionEnded)


async def test_a_second_word_to_stop_ends_the_drain_at_once() -> None:
    config = settings(server=ServerSettings(address="127.0.0.1:0", drain_s=60))
    async with serving(FakeReplica(), config=config) as gateway:
        talk = await gateway.call().say(CONFIG, audio(1))
        await talk.until(TargetText)
        gateway.stop.set()
        await talk.until(GoingAway)
        gateway.server.hurry.set()
        async with asyncio.timeout(15):
            error = await talk.error()
            await gateway.task
    assert error.reason is Reason.DRAINING


async def test_a_port_that_is_taken_is_an_os_error() -> None:
    async with serving(FakeReplica()) as gateway:
        config = settings(server=ServerSettings(address=gateway.address))
        second = Server(config=config, pool=LocalPool([]), clock=MonotonicClock())
        with pytest.raises(OSError, match="cannot listen"):
            await second.run(asyncio.Event())


class Papers:
    """Certificates of a test's own authority, as files."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.authority = str(folder / "ca.pem")
        authority.cert_pem.write_to_path(self.authority)
        self.server = self._issue(authority, folder / "server", "127.0.0.1")
        self.client = self._issue(authority, folder / "client", "client@example.org")

    def _issue(self, authority: trustme.CA, stem: Path, name: str) -> TlsSettings:
        issued = authority.issue_cert(name)
        issued.cert_chain_pems[0].write_to_path(f"{stem}.pem")
        issued.private_key_pem.write_to_path(f"{stem}.key")
        return TlsSettings(f"{stem}.pem", f"{stem}.key")


async def text_over(gateway: Gateway, tls: ClientTls | None) -> str:
    """What a client hears back for two chunks."""
    feed = paced([CHUNK, CHUNK], 10)
    async with asyncio.timeout(5), connect(gateway.address, tls=tls) as client:
        return text_of([body async for body in client.interpret(CONFIG, feed)])


async def test_tls_serves_who_trusts_the_authority(tmp_path: Path) -> None:
    papers = Papers(tmp_path)
    async with serving(FakeReplica(), config=settings(tls=papers.server)) as gateway:
        assert await text_over(gateway, ClientTls(papers.authority)) == words(2)
        with pytest.raises(InterpError):
            await text_over(gateway, None)


async def test_mutual_tls_serves_certified_clients_only(tmp_path: Path) -> None:
    papers = Papers(tmp_path)
    tls = replace(papers.server, client_ca=papers.authority)
    ours = ClientTls(papers.authority, papers.client.certificate, papers.client.key)
    async with serving(FakeReplica(), config=settings(tls=tls)) as gateway:
        assert await text_over(gateway, ours) == words(2)
        with pytest.raises(InterpError):
            await text_over(gateway, ClientTls(papers.authority))


async def test_the_catalog_lists_what_the_replicas_offer() -> None:
    french = frozenset({Pair("fr", "en"), Pair("fr", "fr"), Pair("en", "en")})
    german = frozenset({Pair("de", "pt"), Pair("en", "en")})
    anna = Voice("anna", "en", Gender.FEMALE)
    replicas = [
        FakeReplica("a", info=ReplicaInfo(4, french, (anna,), "base")),
        FakeReplica("b", info=ReplicaInfo(8, german, (), "base")),
    ]
    async with serving(*replicas) as gateway:
        stub = catalog_stubs.CatalogServiceStub(gateway.channel)  # type: ignore[no-untyped-call]
        pairs = await stub.ListLanguagePairs(catalog_pb.ListLanguagePairsRequest())
        policies = await stub.ListPolicies(catalog_pb.ListPoliciesRequest())
        voices = await stub.ListVoices(catalog_pb.ListVoicesRequest())
        models = await stub.ListModels(catalog_pb.ListModelsRequest())
    named = [(p.source_language_code, p.target_language_code) for p in pairs.language_pairs]
    assert named == [("de", "pt"), ("en", "en"), ("fr", "en"), ("fr", "fr")]
    waitk = next(policy for policy in policies.policies if policy.name == "waitk")
    assert {s.name: s.default_value for s in waitk.settings}["k"] == "3"
    assert "units" in waitk.description or "unit" in waitk.description
    assert policies.default_policy
    assert [(v.name, v.language_code, v.sample_rate_hertz) for v in voices.voices] == [
        ("anna", "en", 24_000)
    ]
    assert voices.voices[0].gender == catalog_pb.VOICE_GENDER_FEMALE
    assert [(model.name, model.lanes) for model in models.models] == [("base", 12)]


async def test_the_catalog_asks_for_the_key_too() -> None:
    tenants = (Tenant("one", digest_of("k1")),)
    async with serving(FakeReplica(), config=settings(tenants=tenants)) as gateway:
        stub = catalog_stubs.CatalogServiceStub(gateway.channel)  # type: ignore[no-untyped-call]
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.ListVoices(catalog_pb.ListVoicesRequest())
        key = (("authorization", "Bearer k1"),)
        allowed = await stub.ListVoices(catalog_pb.ListVoicesRequest(), metadata=key)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert len(allowed.voices) == 1


async def listed(gateway: Gateway) -> list[str]:
    """Services by reflection."""
    stub = reflection_pb2_grpc.ServerReflectionStub(gateway.channel)
    call = stub.ServerReflectionInfo()
    await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    await call.done_writing()
    async for answer in call:
        return [service.name for service in answer.list_services_response.service]
    return []


async def test_reflection_is_there_when_asked_for() -> None:
    open_config = settings(server=ServerSettings(address=FREE, reflection=True))
    async with serving(FakeReplica(), config=open_config) as gateway:
        assert SERVICE in await listed(gateway)
    desk = Desk(PageSettings(address=FREE), address=FREE)
    doors = [riva.register, desk.door]
    async with serving(FakeReplica(), config=open_config, doors=doors) as gateway:
        beside = {"interp.v1.MonitorService", "nvidia.riva.asr.RivaSpeechRecognition"}
        assert beside <= set(await listed(gateway))
    async with serving(FakeReplica()) as gateway:
        with pytest.raises(grpc.aio.AioRpcError):
            await listed(gateway)


async def test_metrics_count_what_happened() -> None:
    config = settings(server=ServerSettings(address=FREE, metrics_address=FREE))
    async with serving(FakeReplica(), config=config) as gateway:
        talk = await gateway.call().say(CONFIG, *(audio(i) for i in range(1, 6)))
        await talk.half_close()
        await talk.rest()
        refused = replace(CONFIG, session=replace(CONFIG.session, target="de"))
        await (await gateway.call().say(refused)).error()
        url = f"http://127.0.0.1:{gateway.server.metrics_port}/metrics"
        page = (await asyncio.to_thread(_get, url)).splitlines()
    assert "interp_sessions_started_total 1.0" in page
    assert 'interp_sessions_ended_total{how="OK"} 1.0' in page
    assert 'interp_refusals_total{reason="PAIR_NOT_SERVED"} 1.0' in page
    assert "interp_audio_seconds_total 0.5" in page
    assert "interp_words_total 5.0" in page
    assert "interp_word_age_seconds_count 5.0" in page
    assert any(line.startswith("interp_tick_seconds_count") for line in page)
    assert "interp_sessions 0.0" in page


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        page: bytes = answer.read()
    return page.decode()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """The process's logs, as JSON lines."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("DEBUG", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_logs_name_the_session_and_never_its_content(logged: io.StringIO) -> None:
    class Leaky(FakeReplica):
        async def tick(self, inbound):  # type: ignore[no-untyped-def]
            outs = await super().tick(inbound)
            if any(out.worked_ms >= 300 for out in outs):
                raise ZeroDivisionError("w0 w1 secret")
            return outs

    tenants = (Tenant("one", digest_of("topsecret")),)
    async with serving(Leaky(), config=settings(tenants=tenants)) as gateway:
        talk = await gateway.call(key="topsecret").say(CONFIG, audio(1), audio(2))
        started = await talk.until(SessionStarted)
        await talk.until(TargetText)
        await talk.say(audio(3))
        await talk.error()
        await eventually(lambda: "session ended" in logged.getvalue())
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    ours = [line for line in lines if line.get("session_id") == started.session_id]
    assert [line["message"] for line in ours] == ["session started", "session ended"]
    assert ours[1]["reason"] == "REPLICA_LOST"
    failure = next(line for line in lines if line["message"] == "replica call failed")
    assert failure["error"] == "ZeroDivisionError"
    assert "test_server.py" in failure["where"]
    for word in ("secret", " w0", " w1", started.resume_token or "no token"):
        assert word not in logged.getvalue()


FROZEN_CLIENT = """
import asyncio, sys
from tests.serve.gateway import CONFIG, audio, send
import grpc
from interp.v1 import interpretation_service_pb2_grpc as stubs

async def main():
    async with grpc.aio.insecure_channel(sys.argv[1]) as channel:
        call = stubs.InterpretationServiceStub(channel).Interpret()
        await send(call, CONFIG, audio(1))
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_frozen_client_is_dropped_after_the_ping_timeout() -> None:
    replica = FakeReplica()
    config = settings(server=ServerSettings(address=FREE, keepalive_s=1.0, ping_timeout_s=0.5))
    async with serving(replica, config=config) as gateway:
        client = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", FROZEN_CLIENT, gateway.address), cwd=ROOT
        )
        await eventually(lambda: replica.lanes, timeout_s=20)
        client.send_signal(signal.SIGSTOP)
        await eventually(lambda: not replica.lanes, timeout_s=5)
        client.kill()
        await client.wait()
