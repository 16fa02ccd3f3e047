"""Qualities that an operator or client chooses by name instead of a policy's parameters.

What each is worth and costs is measured in docs/policies.md.
"""

from types import MappingProxyType

BEST, FAST = "best", "fast"

QUALITIES = MappingProxyType(
    {
        BEST: "agree:n=2,unit_ms=500,guard_ms=1000,beams=5,anew_ms=6000",
        FAST: "alignatt:guard_ms=1200,unit_ms=1000,anew_ms=1000",
    }
)
