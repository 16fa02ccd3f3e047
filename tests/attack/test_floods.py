import pytest

from tests.attack import http2
from tests.attack.floods import KINDS, MOST_MB, flooded

CROWDED_HALT_S = 0.4
QUICK = ("one sample a message", "skips of 28 s", "gaps", "calls that are reset")
SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[] if kind in QUICK else SLOW) for kind in (*KINDS, *http2.KINDS)],
)
async def test_who_sends_as_fast_as_he_can_hurts_nobody_else(kind: str) -> None:
    flood = await flooded(kind, seconds=2.0)
    assert flood.halts.own_s <= CROWDED_HALT_S
    assert flood.memory_mb <= MOST_MB
    assert flood.heard
    assert flood.left
