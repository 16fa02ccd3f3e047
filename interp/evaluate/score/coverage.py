"""Coverage: the share of voiced time that written words attend to.

Voiced time counts as covered within REACH_MS of a point of the source that a written word attends
to. Speech that was lost without a word shows here and in nothing else: lag does not know of it, and
quality tells it from bad translation only where there are references.
"""

from bisect import bisect_left

from interp.evaluate.record.log import Instance, Stretch

REACH_MS = 1000.0
"""About three words of speech: attention of one word reaches as far, a lost clause is longer."""

BREATH_MS, CLAUSE_MS = 1000.0, 1000.0


def voiced_ms(instance: Instance) -> float:
    """Voiced time of the source; 0 where the log does not tell, or what words attend to."""
    attended = any(word.source_end_ms is not None for word in instance.words)
    if instance.words and not attended:
        return 0.0
    return sum(stretch.end_ms - stretch.start_ms for stretch in instance.voiced)


def covered_ms(instance: Instance) -> float:
    """Voiced time within REACH_MS of what a written word attends to."""
    whole = sum(stretch.end_ms - stretch.start_ms for stretch in instance.voiced)
    return whole - sum(stretch.end_ms - stretch.start_ms for stretch in lost(instance))


def lost(instance: Instance) -> tuple[Stretch, ...]:
    """Voiced stretches that are not covered, in order."""
    points = sorted(w.source_end_ms for w in instance.words if w.source_end_ms is not None)
    found: list[Stretch] = []
    for stretch in instance.voiced:
        reached = stretch.start_ms
        for point in points[bisect_left(points, stretch.start_ms - REACH_MS) :]:
            if point - REACH_MS >= stretch.end_ms:
                break
            if point - REACH_MS > reached:
                found.append(Stretch(reached, point - REACH_MS))
            reached = max(reached, point + REACH_MS)
        if reached < stretch.end_ms:
            found.append(Stretch(reached, stretch.end_ms))
    return tuple(found)


def lost_clauses(instance: Instance) -> tuple[Stretch, ...]:
    """What was lost, as a listener would find it: over breaths in it, and a second at least."""
    joined: list[Stretch] = []
    for stretch in lost(instance):
        if joined and stretch.start_ms - joined[-1].end_ms <= BREATH_MS:
            joined[-1] = Stretch(joined[-1].start_ms, stretch.end_ms)
        else:
            joined.append(stretch)
    return tuple(each for each in joined if each.end_ms - each.start_ms >= CLAUSE_MS)
