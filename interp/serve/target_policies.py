"""The policy of each target of a session: the one asked for, and the one in force."""

from collections.abc import Iterable, Iterator, Sequence

from interp.core.errors import InvalidRequest, Reason
from interp.core.events import SetOutputs, SetPolicy
from interp.policies import parse
from interp.policies.qualities import BEST
from interp.wire.messages import Control


class TargetPolicies:
    """policies: of the targets, as the session's config has them."""

    def __init__(self, policies: Sequence[str]) -> None:
        self._wanted, self._in_force = list(policies), list(policies)

    def steer(self, control: Control) -> None:
        """Hold a control to the targets there are; a policy that it asks for is in force now.

        Raises InvalidRequest, NotServed.
        """
        if isinstance(control, SetOutputs):
            self._meant(control.target)
        if isinstance(control, SetPolicy):
            parse(control.policy)
            for number in self._meant(control.target):
                self._wanted[number] = self._in_force[number] = control.policy

    def serve_at(self, quality: str) -> Iterator[SetPolicy]:
        """What puts this quality in force for each target that leaves it to the service."""
        for number, wanted in enumerate(self._wanted):
            if wanted == BEST and self._in_force[number] != quality:
                self._in_force[number] = quality
                yield SetPolicy(quality, number)

    def _meant(self, target: int | None) -> Iterable[int]:
        """The places of the targets that a control is about. Raises InvalidRequest."""
        places = range(len(self._wanted))
        if target is None:
            return places
        if target not in places:
            raise InvalidRequest(Reason.BAD_CONFIG, "the session has no such target")
        return (target,)
