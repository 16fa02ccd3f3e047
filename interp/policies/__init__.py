"""Latency policies, registered by name."""

from interp.policies import hypothesis, waitk
from interp.policies.base import Policy, View
from interp.policies.registry import parse

__all__ = ["Policy", "View", "hypothesis", "parse", "waitk"]
