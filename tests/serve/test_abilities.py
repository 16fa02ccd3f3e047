"""What a client is told that asks for a rule which the translator here cannot honour."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from interp.core.errors import InvalidRequest, Reason
from interp.core.events import Expect, SetGlossary, SetPolicy, Warned, WarningCode
from interp.core.glossary import Glossary, Term
from interp.core.translator import Abilities
from interp.wire.messages import SessionStarted, StreamConfig
from tests.engine.stage import pause, speech
from tests.fakes.host_replica import HostReplica
from tests.fakes.translator import ScriptTranslator
from tests.serve.gateway import CONFIG, serving, text_of
from tests.serve.test_speech import messages

TALK = np.concatenate([speech(1600), pause(900)])


@pytest.fixture(name="blind")
def _blind() -> Iterator[HostReplica]:
    """A replica whose translator does not tell where its words attend."""
    translator = ScriptTranslator(abilities=Abilities(attention=False))
    replica = HostReplica("blind", translator=translator)
    yield replica
    replica.host.stop()


def asking(policy: str) -> StreamConfig:
    return replace(CONFIG, session=replace(CONFIG.session, policy=policy))


@pytest.mark.parametrize(
    ("policy", "rule"), [("waitk:guard_ms=400", "guard_ms"), ("alignatt", "alignatt")]
)
async def test_at_the_start_the_session_is_refused_by_the_name_of_the_rule(
    blind: HostReplica, policy: str, rule: str
) -> None:
    async with serving(blind) as gateway:
        talk = await gateway.call().say(asking(policy))
        error = await talk.error()
    assert isinstance(error, InvalidRequest)
    assert error.reason is Reason.BAD_POLICY
    assert error.message.startswith(f"{rule} needs")
    assert "\n" not in error.message


async def test_in_mid_session_it_is_refused_in_the_same_words(blind: HostReplica) -> None:
    async with serving(blind) as gateway:
        talk = await gateway.call().say(asking("waitk:k=2,unit_ms=400"))
        await talk.until(SessionStarted)
        await talk.say(*messages(TALK), SetPolicy("waitk:guard_ms=400"))
        error = await talk.error()
    assert isinstance(error, InvalidRequest)
    assert error.reason is Reason.BAD_POLICY
    assert error.message.startswith("guard_ms needs")


async def test_what_it_can_honour_is_served(blind: HostReplica) -> None:
    async with serving(blind) as gateway:
        talk = await gateway.call().say(asking("agree:unit_ms=400,guard_p=0.2"), *messages(TALK))
        await talk.half_close()
        bodies = await talk.rest()
    assert text_of(bodies) == " w0 w1 w2 w3 w4"


TERMS = Glossary((Term("hôte", "host"),))


async def test_terms_at_the_start_are_refused(blind: HostReplica) -> None:
    config = replace(CONFIG, session=replace(CONFIG.session, policy="agree", glossary=TERMS))
    async with serving(blind) as gateway:
        talk = await gateway.call().say(config)
        error = await talk.error()
    assert isinstance(error, InvalidRequest)
    assert error.reason is Reason.BAD_GLOSSARY


async def test_terms_in_mid_session_are_warned_of_and_it_goes_on(blind: HostReplica) -> None:
    async with serving(blind) as gateway:
        talk = await gateway.call().say(asking("agree:unit_ms=400"))
        await talk.until(SessionStarted)
        await talk.say(SetGlossary(TERMS), Expect(("Debrecen",)), *messages(TALK))
        await talk.half_close()
        bodies = await talk.rest()
    assert bodies.count(Warned(WarningCode.TERMS_NOT_TAKEN)) == 2
    assert text_of(bodies) == " w0 w1 w2 w3 w4"
