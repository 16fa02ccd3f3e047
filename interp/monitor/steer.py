"""What a person does to a session: one function a deed, each told to everybody and logged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from interp.core.errors import InvalidRequest, OutOfOrder, Reason
from interp.core.events import Interrupt, MuteSpeech, Output, SetOutputs, SetPolicy, SkipBacklog
from interp.monitor.access import Person
from interp.monitor.booth import Booth
from interp.monitor.settings import Role
from interp.monitor.view import note
from interp.wire.messages import Correction, Notice, NoticeCode

MOST_CHARACTERS = 2000
MOST_COUNTDOWN_S = 10.0

log = logging.getLogger(__name__)

Order: TypeAlias = Mapping[str, Any]
"""`do`: what is to be done, and what that needs."""
Deed: TypeAlias = Callable[[Booth, Person, Order], Awaitable[None]]


async def steer(booth: Booth, person: Person, order: Order) -> None:
    """Do what a person asks for. Raises InterpError."""
    name = order.get("do")
    if not isinstance(name, str) or name not in DEEDS:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"do is one of {', '.join(DEEDS)}")
    role, deed = DEEDS[name]
    person.needs(role)
    if booth.view.ended:
        raise OutOfOrder(Reason.RESUME_EXPIRED, "the session has ended")
    await deed(booth, person, order)
    what = {"session_id": booth.session_id, "who": person.name, "deed": name}
    log.info("steered", extra=what)


async def _mute(booth: Booth, person: Person, order: Order) -> None:
    """The cough key: what is queued is dropped, so that silence is at once."""
    _hush(booth)
    _set_muted(booth, True)
    _told(booth, "MUTED", person)


async def _unmute(booth: Booth, person: Person, order: Order) -> None:
    booth.relay.control(MuteSpeech(False))
    _set_muted(booth, False)
    _told(booth, "UNMUTED", person)


async def _interrupt(booth: Booth, person: Person, order: Order) -> None:
    booth.relay.control(Interrupt())
    _told(booth, "INTERRUPTED", person)


async def _skip(booth: Booth, person: Person, order: Order) -> None:
    """To live: audio not worked through is passed over, speech that waits is dropped."""
    skipped_ms = booth.view.backlog_ms
    booth.relay.control(SkipBacklog())
    booth.relay.control(Interrupt())
    booth.tell(note(booth.view, "SKIPPED", amount_ms=skipped_ms, by=person.name))


async def _policy(booth: Booth, person: Person, order: Order) -> None:
    policy = _text(order, "policy")
    booth.relay.control(SetPolicy(policy))
    booth.view.policy = policy
    booth.tell({"kind": "policy", "policy": policy})
    _told(booth, "POLICY", person, policy)


async def _outputs(booth: Booth, person: Person, order: Order) -> None:
    try:
        outputs = frozenset(Output(each) for each in order.get("outputs", ()))
    except ValueError as error:
        known = ", ".join(Output)
        raise InvalidRequest(Reason.BAD_CONFIG, f"outputs are {known}") from error
    booth.relay.control(SetOutputs(outputs))
    _told(booth, "OUTPUTS", person, " ".join(sorted(outputs)))


async def _correct(booth: Booth, person: Person, order: Order) -> None:
    """Written text stays as it is; a correction stands beside it, marked as such."""
    segment, text = order.get("segment"), _text(order, "text")
    if not isinstance(segment, int) or segment not in booth.view.lines:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, "segment is the number of one that is shown")
    booth.relay.notify(Correction(segment, text, person.name))
    change = {"kind": "correction", "segment": segment, "text": text, "by": person.name}
    booth.view.lines[segment].corrections.append(change)
    booth.tell(change)


async def _take_over(booth: Booth, person: Person, order: Order) -> None:
    """The person speaks in the voice's place; text goes on unless `text` is false."""
    if booth.view.taken_over_by:
        raise OutOfOrder(Reason.SESSION_TAKEN_OVER, "another person has taken over")
    _hush(booth)
    if order.get("text") is False:
        outputs = booth.relay.config.session.outputs - {Output.TEXT}
        booth.relay.control(SetOutputs(outputs))
    booth.view.taken_over_by = person.name
    booth.relay.notify(Notice(NoticeCode.TAKEN_OVER, person.name))
    _told(booth, "TAKEN_OVER", person)


async def _hand_back(booth: Booth, person: Person, order: Order) -> None:
    """In `in_s` seconds, counted down for all to see."""
    if not booth.view.taken_over_by:
        raise OutOfOrder(Reason.SESSION_TAKEN_OVER, "nobody has taken over")
    wait_s = order.get("in_s", 0)
    if not isinstance(wait_s, int | float) or not 0 <= wait_s <= MOST_COUNTDOWN_S:
        raise InvalidRequest(Reason.MALFORMED_MESSAGE, f"in_s is 0 to {MOST_COUNTDOWN_S:.0f}")
    booth.tell({"kind": "countdown", "seconds": wait_s})
    await asyncio.sleep(wait_s)
    booth.view.taken_over_by = ""
    booth.relay.control(SetOutputs(booth.relay.config.session.outputs))
    booth.relay.control(MuteSpeech(booth.view.muted))
    booth.relay.notify(Notice(NoticeCode.HANDED_BACK, person.name))
    _told(booth, "HANDED_BACK", person)


async def _slow_down(booth: Booth, person: Person, order: Order) -> None:
    """The speaker's client shows it."""
    booth.relay.notify(Notice(NoticeCode.SLOW_DOWN, person.name))
    _told(booth, "SLOW_DOWN", person)


async def _message(booth: Booth, person: Person, order: Order) -> None:
    """Between booth and technician: for those on the page, never for the client."""
    _told(booth, "MESSAGE", person, _text(order, "text"))


DEEDS: Mapping[str, tuple[Role, Deed]] = {
    "mute": (Role.INTERPRETER, _mute),
    "unmute": (Role.INTERPRETER, _unmute),
    "interrupt": (Role.INTERPRETER, _interrupt),
    "skip": (Role.INTERPRETER, _skip),
    "policy": (Role.INTERPRETER, _policy),
    "outputs": (Role.INTERPRETER, _outputs),
    "correct": (Role.INTERPRETER, _correct),
    "take_over": (Role.INTERPRETER, _take_over),
    "hand_back": (Role.INTERPRETER, _hand_back),
    "slow_down": (Role.INTERPRETER, _slow_down),
    "message": (Role.INTERPRETER, _message),
}


def _hush(booth: Booth) -> None:
    booth.relay.control(Interrupt())
    booth.relay.control(MuteSpeech(True))


def _set_muted(booth: Booth, muted: bool) -> None:
    booth.view.muted = muted
    booth.tell({"kind": "muted", "muted": muted})


def _told(booth: Booth, code: str, person: Person, text: str = "") -> None:
    booth.tell(note(booth.view, code, by=person.name, text=text))


def _text(order: Order, key: str) -> str:
    text = order.get(key)
    if not isinstance(text, str) or not 0 < len(text) <= MOST_CHARACTERS:
        raise InvalidRequest(
            Reason.MALFORMED_MESSAGE, f"{key} is a text of at most {MOST_CHARACTERS} characters"
        )
    return text
