import pytest

from tests.attack.slow_readers import KINDS, MOST_MB, slow

CROWDED_HALT_S = 0.4
QUICK = ("never", "a response in 0.1 s")
SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in QUICK else SLOW) for kind in KINDS]
)
async def test_who_reads_slowly_loses_speech_of_his_own_and_is_told(kind: str) -> None:
    *_, well = KINDS[kind]
    found = await slow(kind, seconds=4.0)
    assert {told.status for told in found.told} == {"OK" if well else "READER_TOO_SLOW"}
    assert not well or all(told.exact for told in found.told)
    assert found.halts.own_s <= CROWDED_HALT_S
    assert found.memory_mb <= MOST_MB
    assert found.heard
    assert found.left
