"""Spans as a receiver gets them: of sessions, ticks and work, without a word of what was said."""

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from interp.core.events import SessionEnded
from interp.engine.local import LocalPool
from interp.telemetry.traces import Traces
from tests.fakes.host_replica import HostReplica
from tests.fakes.synthesiser import ScriptSynthesiser
from tests.serve.gateway import serving
from tests.serve.test_speech import SPOKEN, TALK, messages

SESSION_ID = "0123456789abcdef0123456789abcdef"


class Kept:
    """Traces that stay here."""

    def __init__(self, share: float = 1.0) -> None:
        self._exporter = InMemorySpanExporter()
        self.traces = Traces(SimpleSpanProcessor(self._exporter), service="tests", share=share)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]


def trace_id(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def test_a_sessions_trace_has_its_number() -> None:
    kept = Kept()
    kept.traces.session(SESSION_ID, resumed=False, policy="best").end(how="OK")
    (span,) = kept.spans
    assert trace_id(span) == SESSION_ID
    assert span.parent is None
    assert dict(span.attributes or {}) == {
        "interp.session": SESSION_ID,
        "interp.policy": "best",
        "interp.how": "OK",
    }


def test_what_another_gateway_adds_is_a_part_of_the_same_trace() -> None:
    kept = Kept(share=0.0)
    kept.traces.session(SESSION_ID, resumed=False).end()
    kept.traces.session(SESSION_ID, resumed=True).end()
    first, second = kept.spans
    assert trace_id(second) == SESSION_ID
    assert first.context is not None
    assert second.parent is not None
    assert second.parent.span_id == first.context.span_id


def test_work_inside_work_is_a_part_of_it_and_points_to_its_sessions() -> None:
    kept = Kept()
    lane = f"{SESSION_ID}.1f"
    with kept.traces.span("round", [lane, "no number"], lanes=2), kept.traces.span("decode"):
        pass
    decode, around = kept.spans
    assert decode.parent is not None
    assert around.context is not None
    assert decode.parent.span_id == around.context.span_id
    assert [f"{link.context.trace_id:032x}" for link in around.links] == [SESSION_ID]


@pytest.mark.parametrize(("share", "some"), [(0.0, False), (1.0, True)])
def test_sessions_are_always_traced_and_of_other_work_a_share(share: float, some: bool) -> None:
    kept = Kept(share)
    for number in range(20):
        kept.traces.session(f"{number + 1:032x}", resumed=False).end()
        with kept.traces.span("tick"):
            pass
    assert len(kept.named("session")) == 20
    assert bool(kept.named("tick")) is some


def test_a_fault_is_not_told_in_its_own_words() -> None:
    kept = Kept()
    with pytest.raises(RuntimeError), kept.traces.span("decode"):
        raise RuntimeError("a secret transcript")
    (span,) = kept.spans
    assert "secret" not in span.to_json()


async def test_a_session_is_followed_from_its_start_to_its_end_and_no_word_of_it_is_told() -> None:
    kept = Kept()
    replica = HostReplica("a", ScriptSynthesiser(), tracing=kept.traces)
    try:
        async with serving(pool=LocalPool([replica]), tracing=kept.traces) as gateway:
            talk = await gateway.call().say(SPOKEN, *messages(TALK))
            await talk.half_close()
            bodies = await talk.rest()
    finally:
        replica.host.stop()
    assert isinstance(bodies[-1], SessionEnded)
    (session,) = kept.named("session")
    ended = dict(session.attributes or {})
    assert ended["interp.how"] == "OK"
    assert ended["interp.worked_ms"] == TALK.size // 16
    assert ended["interp.source"] == "fr"
    for name in ("tick", "round"):
        found = kept.named(name)
        linked = {f"{link.context.trace_id:032x}" for span in found for link in span.links}
        assert linked == {trace_id(session)}
    for name in ("encode", "decode", "speak"):
        assert kept.named(name), name
    told = "".join(span.to_json() for span in kept.spans)
    assert not any(f"w{number}" in told.split('"') for number in range(40))
    assert " w1" not in told
