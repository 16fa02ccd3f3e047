"""Rules that need to know where words attend, refused where a translator cannot tell."""

from typing import Protocol, runtime_checkable

from interp.core.errors import InvalidRequest, Reason
from interp.core.translator import Abilities
from interp.policies.base import Policy


@runtime_checkable
class Attentive(Protocol):
    """What a policy adds that may look at `Word.attended_ms`."""

    @property
    def attention_rule(self) -> str:
        """The name of what looks there, such as guard_ms; empty where, as set, nothing does."""


def attention_rule(policy: Policy) -> str:
    """The name of what of a policy looks at attention; empty: nothing."""
    return policy.attention_rule if isinstance(policy, Attentive) else ""


def honoured(policy: Policy, abilities: Abilities) -> Policy:
    """The policy, if a translator with these abilities can honour it.

    Raises InvalidRequest(BAD_POLICY) that names the rule that it cannot.
    """
    rule = attention_rule(policy)
    if rule and not abilities.attention:
        raise InvalidRequest(
            Reason.BAD_POLICY,
            f"{rule} needs to know where words attend, which this translator does not tell",
        )
    return policy
