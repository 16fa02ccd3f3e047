from tests.attack.absurd import absurd
from tests.attack.table import printed
from tests.fakes.host_replica import HostReplica
from tests.serve.gateway import CONFIG, audio, serving


async def test_whatever_is_asked_is_answered_as_the_clients_fault_and_hurts_nobody() -> None:
    replica = HostReplica()
    async with serving(replica) as gateway:
        healthy = await gateway.call(timeout_s=60).say(CONFIG, audio(1))
        rows = await absurd(gateway.address)
        await healthy.say(audio(2))
        await healthy.half_close()
        await healthy.rest()
    replica.host.stop()
    assert all(row.holds for row in rows), printed(rows)
