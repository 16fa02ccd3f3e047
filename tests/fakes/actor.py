"""A Ray actor handle whose calls answer from a thread, as late as they are told to."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field


@dataclass(frozen=True)
class _Reference:
    answer: "Future[object]"

    def future(self) -> "Future[object]":
        return self.answer


@dataclass
class _Method:
    reply: Callable[..., object]
    after_s: float

    def remote(self, *arguments: object) -> _Reference:
        answer: Future[object] = Future()
        threading.Timer(self.after_s, lambda: self._answer(answer, arguments)).start()
        return _Reference(answer)

    def _answer(self, answer: "Future[object]", arguments: tuple[object, ...]) -> None:
        if answer.set_running_or_notify_cancel():
            answer.set_result(self.reply(*arguments))


@dataclass
class FakeActor:
    """pulse: its reply to ping. after_s: until it answers. ticked: what each tick brought."""

    pulse: Callable[[], object]
    after_s: float = 0.0
    ticked: list[object] = field(default_factory=list)

    @property
    def ping(self) -> _Method:
        return _Method(self.pulse, self.after_s)

    @property
    def tick(self) -> _Method:
        return _Method(self._tick, self.after_s)

    def _tick(self, inbound: object) -> list[object]:
        self.ticked.append(inbound)
        return []
