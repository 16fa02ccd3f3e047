"""What a person does to a session: one function a deed, each told to everybody and logged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from interp.core.errors import InvalidRequest, OutOfOrder, Reason
from interp.core.events import (
    Interrupt,
    MuteSpeech,
    Output,
    RepeatSpeech,
    SetGlossary,
    SetOutputs,
    SetPolicy,
    SkipBacklog,
)
from interp.core.glossary import glossary_of
from interp.monitor.access import Person
from interp.monitor.booth import Booth
from interp.monitor.settings import Role
from interp.monitor.view import TargetView
from interp.wire.messages import Control, Correction, Notice, NoticeCode
from interp.wire.monitoring import (
    Countdown,
    SteerSessionRequest,
    Terms,
    WatchSessionResponse,
    control_of,
)
from interp.wire.requests import duration, glossary_from_proto, milliseconds, terms_to_proto

MOST_CHARACTERS = 2000
MOST_COUNTDOWN_MS = 10_000

log = logging.getLogger(__name__)

Order: TypeAlias = SteerSessionRequest
Deed: TypeAlias = Callable[[Booth, Person, Order], Awaitable[None]]


async def steer(booth: Booth, person: Person, order: Order) -> None:
    """Do what a person asks for. Raises InterpError."""
    person.needs(Role.INTERPRETER)
    if booth.view.ended:
        raise OutOfOrder(Reason.RESUME_EXPIRED, "the session has ended")
    control = control_of(order)
    if control is not None:
        _control(booth, person, control)
    else:
        await DEEDS[order.WhichOneof("order") or ""](booth, person, order)
    booth.tell_row()
    deed = order.WhichOneof("order")
    log.info("steered", extra={"session_id": booth.session_id, "who": person.name, "deed": deed})


def _control(booth: Booth, person: Person, control: Control) -> None:
    """What a client could order as well."""
    relay = booth.relay
    skipped_ms = booth.view.backlog_ms
    if isinstance(control, MuteSpeech) and control.muted:
        relay.control(Interrupt())  # what is queued is dropped, so that silence is at once
    if isinstance(control, RepeatSpeech):
        _check_speaks(booth, control.target)
    if isinstance(control, SetGlossary):
        _check_takes_terms(booth)
    relay.control(control)
    if isinstance(control, SkipBacklog):
        relay.control(Interrupt())
    if isinstance(control, SetGlossary):
        _tell_terms(booth)
    amount_ms = skipped_ms if isinstance(control, SkipBacklog) else 0
    code, text = _described(control)
    booth.tell(booth.view.note(code, amount_ms=amount_ms, by=person.name, text=text))


def _described(control: Control) -> tuple[str, str]:
    """Code and text of the note about a control."""
    match control:
        case MuteSpeech(muted):
            return ("MUTED" if muted else "UNMUTED"), ""
        case Interrupt():
            return "INTERRUPTED", ""
        case SkipBacklog():
            return "SKIPPED", ""
        case RepeatSpeech():
            return "REPEATED", ""
        case SetPolicy(policy):
            return "POLICY", policy
        case SetOutputs(outputs):
            return "OUTPUTS", " ".join(sorted(outputs))
        case SetGlossary(glossary):
            return "TERMS", str(len(glossary.terms))
        case _:
            raise AssertionError("a marker is no order")


async def _add_term(booth: Booth, person: Person, order: Order) -> None:
    """In place of one with the same source."""
    _check_takes_terms(booth)
    (term,) = glossary_from_proto([order.add_term]).terms
    same = term.source.casefold()
    kept = (each for each in booth.relay.wishes.glossary.terms if each.source.casefold() != same)
    booth.relay.control(SetGlossary(glossary_of([*kept, term])))
    _tell_terms(booth)
    _told(booth, "TERM", person, f"{term.source} → {term.target}")


async def _correct(booth: Booth, person: Person, order: Order) -> None:
    """Written text stays as it is; a correction stands beside it, marked as such."""
    segment, text, target = order.correct.segment, order.correct.text, order.correct.target
    if segment not in booth.view.segments:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "segment is the number of one that is shown")
    _target(booth, target)
    booth.relay.notify(Correction(segment, _checked(text), person.name, target))


async def _take_over(booth: Booth, person: Person, order: Order) -> None:
    """The person speaks in the voice's place; text goes on unless it shall not."""
    number = order.take_over.target
    target = _target(booth, number)
    if target.taken_over_by:
        raise OutOfOrder(Reason.SESSION_TAKEN_OVER, "another person has taken over")
    dropped = {Output.SPEECH, Output.TEXT} if order.take_over.without_text else {Output.SPEECH}
    outputs = booth.relay.wishes.targets[number].outputs
    if len(booth.view.targets) == 1:
        booth.relay.control(Interrupt())  # of other targets it would drop the speech as well
    booth.relay.control(SetOutputs(outputs - dropped, number))
    target.taken_over_by, target.outputs_before = person.name, outputs
    booth.relay.notify(Notice(NoticeCode.TAKEN_OVER, person.name))
    _told(booth, "TAKEN_OVER", person)


async def _hand_back(booth: Booth, person: Person, order: Order) -> None:
    """After a while, counted down for all to see."""
    number, wait_ms = order.hand_back.target, milliseconds(order.hand_back.delay)
    target = _target(booth, number)
    if not target.taken_over_by:
        raise OutOfOrder(Reason.SESSION_TAKEN_OVER, "nobody has taken over")
    if wait_ms > MOST_COUNTDOWN_MS:
        raise InvalidRequest(
            Reason.MALFORMED_MESSAGE, f"a delay is at most {MOST_COUNTDOWN_MS // 1000} s"
        )
    left = Countdown(left=duration(wait_ms), target=number)
    booth.tell(WatchSessionResponse(countdown=left))
    await asyncio.sleep(wait_ms / 1000)
    target.taken_over_by = ""
    booth.relay.control(SetOutputs(target.outputs_before, number))
    booth.relay.notify(Notice(NoticeCode.HANDED_BACK, person.name))
    _told(booth, "HANDED_BACK", person)


async def _ask_slower(booth: Booth, person: Person, order: Order) -> None:
    """The speaker's client shows it."""
    booth.relay.notify(Notice(NoticeCode.SLOW_DOWN, person.name))
    _told(booth, "SLOW_DOWN", person)


async def _message(booth: Booth, person: Person, order: Order) -> None:
    """Between booth and technician: for those on the page, never for the client."""
    _told(booth, "MESSAGE", person, _checked(order.message.text))


DEEDS: Mapping[str, Deed] = {
    "add_term": _add_term,
    "correct": _correct,
    "take_over": _take_over,
    "hand_back": _hand_back,
    "ask_slower": _ask_slower,
    "message": _message,
}


def _target(booth: Booth, number: int) -> TargetView:
    if not 0 <= number < len(booth.view.targets):
        raise InvalidRequest(Reason.BAD_CONFIG, "the session has no such target")
    return booth.view.targets[number]


def _check_speaks(booth: Booth, number: int | None) -> None:
    """Raises OutOfOrder where nothing would be said."""
    targets = booth.relay.wishes.targets
    if number is not None:
        _target(booth, number)
        targets = [targets[number]]
    if booth.relay.wishes.muted or not any(Output.SPEECH in each.outputs for each in targets):
        raise OutOfOrder(Reason.BAD_CONFIG, "there is no speech to repeat")


def _check_takes_terms(booth: Booth) -> None:
    """Raises InvalidRequest where terms would be without effect."""
    if not booth.relay.wishes.takes_terms:
        raise InvalidRequest(Reason.BAD_GLOSSARY, "the model behind the session takes no glossary")


def _tell_terms(booth: Booth) -> None:
    terms = terms_to_proto(booth.relay.wishes.glossary.terms)
    booth.tell(WatchSessionResponse(terms=Terms(terms=terms)))


def _told(booth: Booth, code: str, person: Person, text: str = "") -> None:
    booth.tell(booth.view.note(code, by=person.name, text=text))


def _checked(text: str) -> str:
    if not 0 < len(text) <= MOST_CHARACTERS:
        raise InvalidRequest(
            Reason.MALFORMED_MESSAGE, f"text is of 1 to {MOST_CHARACTERS} characters"
        )
    return text
