"""How far a policy stays behind its speaker, where that is all that decides."""

from typing import Protocol, runtime_checkable

from interp.core.translator import Wait
from interp.policies.base import Policy


@runtime_checkable
class Waiting(Protocol):
    """A policy that may keep a fixed distance."""

    @property
    def wait(self) -> Wait | None:
        """The distance; None where it keeps none."""


def wait_of(policy: Policy) -> Wait | None:
    """The distance that a policy keeps; None where it decides by anything else."""
    return policy.wait if isinstance(policy, Waiting) else None
