import asyncio

from interp.doors.pacing import AHEAD_MS, Pacing
from interp.intake.format import AudioFormat, Encoding

SECOND = bytes(2 * 16_000)


async def test_a_file_sent_at_once_is_let_in_up_to_its_head_start() -> None:
    pacing, loop = Pacing(AudioFormat(Encoding.PCM16)), asyncio.get_running_loop()
    began_s = loop.time()
    for _ in range(int(AHEAD_MS / 1000)):
        await pacing.admit(SECOND)
    assert loop.time() - began_s < 0.5
    admitting = asyncio.create_task(_twice(pacing))
    await asyncio.sleep(0.3)
    assert not admitting.done(), "what follows waits for its time"
    admitting.cancel()


async def _twice(pacing: Pacing) -> None:
    await pacing.admit(SECOND)
    await pacing.admit(SECOND)
