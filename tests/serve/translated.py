"""What a server with a model writes of English speech, over gRPC."""

from dataclasses import replace

from interp.core.audio import Samples
from tests.fakes.host_replica import HostReplica
from tests.serve.gateway import CONFIG, serving, text_of
from tests.serve.test_speech import messages


async def translated(replica: HostReplica, samples: Samples, policy: str) -> str:
    """Into Portuguese, under this policy. The replica's host is stopped."""
    session = replace(CONFIG.session, source="en", target="pt", policy=policy)
    try:
        async with serving(replica) as gateway:
            talk = await gateway.call().say(replace(CONFIG, session=session), *messages(samples))
            await talk.half_close()
            return text_of(await talk.rest())
    finally:
        replica.host.stop()
