"""Which pairs a transcriber and some students serve together."""

from collections.abc import Collection, Mapping

from interp.core.translator import Pair
from interp.models.cascade.state import Route
from interp.models.marian.student import Student


def routes(
    heard: Collection[Pair], students: Mapping[Pair, Student], preferred: Collection[Pair] = ()
) -> dict[Pair, Route]:
    """The routes of all pairs that `heard` lacks, and of those that are preferred all the same.

    heard: what the transcriber serves alone. A student of what it can write down reads that; else
    what it can translate into, its pivot.
    """
    found: dict[Pair, Route] = {}
    for pair, student in students.items():
        sources = sorted(h.source for h in heard if h.target == pair.source)
        for source in sources:
            served = Pair(source, pair.target)
            if source == pair.target or (served in heard and served not in preferred):
                continue
            if served not in found or source == pair.source:
                found[served] = Route(pivot=pair.source, student=student)
    return found
