import pytest

from tests.attack.fuzz import fuzz
from tests.attack.table import Row, printed


async def test_damaged_requests_and_containers_hurt_nobody() -> None:
    rows = await fuzz(messages=300, containers=15, seed=7)
    assert all(row.holds for row in rows), printed(rows)


@pytest.mark.slow
async def test_ten_thousand_damaged_messages_hurt_nobody() -> None:
    rows = await fuzz(messages=10_000, containers=1_000, seed=8)
    assert all(row.holds for row in rows), printed(rows)


def test_a_table_says_what_was_missed() -> None:
    table = printed([Row("a", "1 s", "0.5 s", True), Row("bc", "2 s", "9 s", False)])
    assert table.splitlines()[2].split() == ["bc", "2", "s", "9", "s", "MISSED"]
