"""What a gateway and its vaults hold of a session."""

import pickle
import tracemalloc

from interp.core.events import TargetText, WrittenWord
from interp.intake.ledger import LedgerState
from interp.serve.record import KEPT_BYTES, Delta, Facts, Record
from interp.serve.tokens import Tokens
from interp.wire.messages import Response
from tests.serve.gateway import RESUMABLE

FACTS = Facts(
    Tokens(resumable=True).state,
    LedgerState(0, 0, 0),
    told=0,
    spoken_ms={},
    hushed_ms=0,
    worked_ms=0,
    ended=False,
    age_ms=0.0,
    lane="",
)


def said(number: int) -> Delta:
    """As it comes to a vault: with nothing shared."""
    word = WrittenWord(f" w{number}", number, number + 1, number + 2, number + 3, number / 10_000)
    response = Response(number, TargetText(number // 20, (word,)))
    delta = Delta(number, (), (), (), (response,), FACTS)
    copy: Delta = pickle.loads(pickle.dumps(delta))
    return copy


def test_hours_of_text_take_no_more_memory_than_a_record_may() -> None:
    record = Record("a", "", RESUMABLE, 60.0)
    tracemalloc.start()
    try:
        for number in range(1, 8001):
            assert record.apply(said(number))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert record.responses[-1].sequence == 8000
    assert len(record.responses) > 1000
    assert held < 1.25 * KEPT_BYTES
