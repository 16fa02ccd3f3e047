"""Spans of sessions, ticks and model work, by OpenTelemetry.

A session's trace has the session's own number, so that a replica's work and a gateway's ticks, in
other processes, refer to it without being told of it.
"""

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace.span import TraceState
from opentelemetry.util.types import Attributes

from interp.core.tracing import Attribute, Span

SESSION = "session"
MOST_LINKS = 32
_NUMBER_DIGITS = 32


class Traces:
    """A `Tracing`. processor: what takes finished spans. share: of work that is traced."""

    def __init__(self, processor: SpanProcessor, *, service: str, share: float) -> None:
        self._ids = _SessionIds()
        self._provider = TracerProvider(
            sampler=ParentBased(_Sampled(share)),
            resource=Resource.create({"service.name": service}),
            id_generator=self._ids,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("interp")

    @classmethod
    def to(cls, endpoint: str, *, service: str, share: float) -> "Traces":
        """To an OTLP receiver, from a thread of its own, which drops what it cannot keep."""
        exporter: SpanExporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        return cls(BatchSpanProcessor(exporter), service=service, share=share)

    @contextlib.contextmanager
    def span(
        self, name: str, sessions: Sequence[str] = (), **attributes: Attribute
    ) -> Iterator[None]:
        """As Tracing."""
        links = [Link(context) for each in sessions[:MOST_LINKS] if (context := _context(each))]
        with self._tracer.start_as_current_span(
            name,
            attributes=_named(attributes),
            links=links,
            record_exception=False,  # nor its text as the status: it may hold anything
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception:
                span.set_status(StatusCode.ERROR)
                raise

    def session(self, session_id: str, *, resumed: bool, **attributes: Attribute) -> Span:
        """As Tracing. Its trace is the session's number; what another gateway adds is a part."""
        context = _context(session_id)
        named = _named({"session": session_id, **attributes})
        if context is None:
            return _Begun(self._tracer.start_span(SESSION, Context(), attributes=named))
        if resumed:
            within = set_span_in_context(NonRecordingSpan(context), Context())
            return _Begun(self._tracer.start_span("session resumed", within, attributes=named))
        with self._ids.given(context):
            return _Begun(self._tracer.start_span(SESSION, Context(), attributes=named))

    def close(self) -> None:
        """Hand on what is left, and end the thread."""
        self._provider.shutdown()


class _Begun:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def end(self, **attributes: Attribute) -> None:
        """As Span."""
        self._span.set_attributes(dict(_named(attributes) or {}))
        self._span.end()


class _SessionIds(RandomIdGenerator):
    """Random numbers, but for a session's span."""

    def __init__(self) -> None:
        self._given: ContextVar[SpanContext | None] = ContextVar("given", default=None)

    @contextlib.contextmanager
    def given(self, context: SpanContext) -> Iterator[None]:
        """The next span is this one."""
        token = self._given.set(context)
        try:
            yield
        finally:
            self._given.reset(token)

    def generate_trace_id(self) -> int:
        """As IdGenerator."""
        context = self._given.get()
        return context.trace_id if context else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """As IdGenerator."""
        context = self._given.get()
        return context.span_id if context else super().generate_span_id()


class _Sampled(Sampler):
    """Every session, and a share of what else begins a trace."""

    def __init__(self, share: float) -> None:
        self._all, self._some = TraceIdRatioBased(1.0), TraceIdRatioBased(share)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: object = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """As Sampler."""
        chosen = self._all if name == SESSION else self._some
        return chosen.should_sample(
            parent_context, trace_id, name, attributes=attributes, links=links
        )

    def get_description(self) -> str:
        """As Sampler."""
        return f"interp, {self._some.get_description()}"


def _context(session_id: str) -> SpanContext | None:
    """The span of a session, by its name or that of its lane; None where it has another form."""
    try:
        number = int(session_id[:_NUMBER_DIGITS], 16)
    except ValueError:
        return None
    span_id = number & (2**64 - 1)
    if not span_id or len(session_id) < _NUMBER_DIGITS:
        return None
    return SpanContext(number, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _named(attributes: dict[str, Attribute]) -> Attributes:
    return {f"interp.{name}": value for name, value in attributes.items()}
