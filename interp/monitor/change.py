"""What readers are told: JSON objects with a `kind`."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

Change: TypeAlias = Mapping[str, Any]
"""`kind`, and what that kind has."""


def encoded(change: Change) -> bytes:
    """A change as JSON."""
    return json.dumps(change, ensure_ascii=False, separators=(",", ":")).encode()
