"""A message may halt a gateway for 0.2 s and cost 64 MB; here with room for a crowded machine."""

import pytest

from interp.core.errors import Reason
from tests.attack.containers import Bomb, bombs
from tests.attack.cost import MOST_MB, cost_of

CROWDED_HALT_S = 0.6


@pytest.mark.parametrize("bomb", list(bombs()), ids=lambda bomb: bomb.name)
async def test_a_container_hurts_nobody_but_its_session(bomb: Bomb) -> None:
    cost = await cost_of(bomb)
    assert cost.exact
    assert cost.halts.own_s < CROWDED_HALT_S
    assert cost.memory_mb < MOST_MB
    assert cost.reason in (None, Reason.BAD_ENCODING, Reason.TOO_FAR_AHEAD)
