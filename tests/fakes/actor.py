"""A Ray actor handle whose calls answer from a thread, as late as they are told to."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from interp.cluster.calls import answered


@dataclass(frozen=True)
class _Reference:
    answer: "Future[object]"

    def future(self) -> "Future[object]":
        return self.answer


@dataclass
class _Method:
    reply: Callable[..., bytes]
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
    def call(self) -> _Method:
        """As ReplicaActor.call."""
        return _Method(lambda request: answered(self, request), self.after_s)

    def ping(self) -> object:
        """As Hosted.ping."""
        return self.pulse()

    def tick(self, inbound: object) -> list[object]:
        """As Hosted.tick."""
        self.ticked.append(inbound)
        return []
