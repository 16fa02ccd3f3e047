"""A session whose source language is open, over the wire."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from websockets.asyncio.client import connect

from interp.core.errors import NotServed, Reason
from interp.core.events import SourceLanguage, TargetText, Warned, WarningCode
from interp.core.translator import Abilities
from interp.serve.auth import Tenant, digest_of
from interp.v1 import catalog_service_pb2 as catalog_pb
from interp.v1 import catalog_service_pb2_grpc as catalog_stubs
from interp.wire.messages import StreamConfig
from tests.doors.test_websocket import END, bodies
from tests.engine.stage import pause, speech
from tests.fakes.host_replica import HostReplica
from tests.fakes.json_client import request_to_json
from tests.fakes.translator import ScriptTranslator
from tests.monitor.web import paged
from tests.serve.gateway import CONFIG, serving, settings, text_of
from tests.serve.test_speech import messages

TALK = np.concatenate([speech(3200), pause(900), speech(2000), pause(900)])
GERMAN = SourceLanguage("de", 0.9375)  # a probability that a float of the wire holds exactly


def replica(name: str, chances: Mapping[str, float]) -> HostReplica:
    abilities = Abilities(attention=True, languages=True)
    translator = ScriptTranslator(abilities=abilities, chances=chances)
    return HostReplica(name, translator=translator)


@pytest.fixture(name="two")
def _two() -> Iterator[list[HostReplica]]:
    """Two that hear German."""
    replicas = [replica(name, {"de": GERMAN.probability}) for name in "ab"]
    yield replicas
    for each in replicas:
        each.host.stop()


def asking(source: str) -> StreamConfig:
    session = replace(CONFIG.session, source=source, policy="waitk:k=2,unit_ms=400")
    return replace(CONFIG, session=session)


async def test_what_is_spoken_is_told_before_the_words(two: list[HostReplica]) -> None:
    async with serving(two[0]) as gateway:
        talk = await gateway.call().say(asking("auto"), *messages(TALK))
        await talk.half_close()
        told = await talk.rest()
        named = await gateway.call().say(asking("de"), *messages(TALK))
        await named.half_close()
        expected = text_of(await named.rest())
    kinds = [type(body) for body in told]
    assert told.count(GERMAN) == 1
    assert kinds.index(SourceLanguage) < kinds.index(TargetText)
    assert text_of(told) == expected != ""


async def test_a_lost_replica_leaves_the_language_as_it_was(two: list[HostReplica]) -> None:
    async with serving(*two) as gateway:
        first, rest = messages(TALK)[:25], messages(TALK)[25:]
        talk = await gateway.call().say(asking("auto"), *first)
        assert await talk.until(SourceLanguage) == GERMAN
        holder = next(each for each in two if each.opened)
        holder.dead = True
        await talk.say(*rest)
        await talk.half_close()
        told = await talk.rest()
    assert Warned(WarningCode.REPLICA_REPLACED) in told
    assert not any(isinstance(body, SourceLanguage) for body in told)
    assert talk.sequences == list(range(len(talk.sequences)))


async def test_over_a_socket_it_is_told_too(two: list[HostReplica]) -> None:
    async with (
        serving(two[0]) as gateway,
        paged(gateway) as page,
        connect(f"ws://127.0.0.1:{page.port}/v1/interpret") as socket,
    ):
        await socket.send(request_to_json(asking("auto")))
        for message in messages(TALK):
            await socket.send(message.content)
        await socket.send(END)
        told = await bodies(socket)
    assert told.count(GERMAN) == 1


async def test_the_catalog_says_that_it_need_not_be_told(two: list[HostReplica]) -> None:
    async with serving(*two) as gateway:
        stub = catalog_stubs.CatalogServiceStub(gateway.channel)  # type: ignore[no-untyped-call]
        pairs = await stub.ListLanguagePairs(catalog_pb.ListLanguagePairsRequest())
    listed = {(p.source_language_code, p.target_language_code) for p in pairs.language_pairs}
    assert ("auto", "en") in listed
    assert ("auto", "fr") not in listed  # only French is written in French


async def test_where_no_model_tells_it_is_refused() -> None:
    blind = HostReplica("blind")
    async with serving(blind) as gateway:
        error = await (await gateway.call().say(asking("auto"))).error()
    blind.host.stop()
    assert isinstance(error, NotServed)
    assert error.reason is Reason.PAIR_NOT_SERVED


@pytest.mark.parametrize(("pairs", "allowed"), [(("fr-en",), False), (("*-en",), True)])
async def test_a_key_for_some_pairs_does_not_open_all(
    two: list[HostReplica], pairs: tuple[str, ...], allowed: bool
) -> None:
    tenants = (Tenant("one", digest_of("k1"), pairs=pairs),)
    async with serving(two[0], config=settings(tenants=tenants)) as gateway:
        talk = await gateway.call(key="k1").say(asking("auto"), *messages(TALK))
        if allowed:
            assert await talk.until(SourceLanguage) == GERMAN
            talk.cancel()
        else:
            error = await talk.error()
            assert error.reason is Reason.TENANT_FORBIDDEN
