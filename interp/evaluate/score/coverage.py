"""Coverage: the share of voiced time that written words attend to.

Voiced time counts as covered within REACH_MS of a point of the source that a written word attends
to. Speech that was lost without a word shows here and in nothing else: lag does not know of it, and
quality tells it from bad translation only where there are references.
"""

from bisect import bisect_left

from interp.evaluate.record.log import Instance

REACH_MS = 1000.0
"""About three words of speech: attention of one word reaches as far, a lost clause is longer."""


def voiced_ms(instance: Instance) -> float:
    """Voiced time of the source; 0 where the log does not tell, or what words attend to."""
    attended = any(word.source_end_ms is not None for word in instance.words)
    if instance.words and not attended:
        return 0.0
    return sum(stretch.end_ms - stretch.start_ms for stretch in instance.voiced)


def covered_ms(instance: Instance) -> float:
    """Voiced time within REACH_MS of what a written word attends to."""
    points = sorted(w.source_end_ms for w in instance.words if w.source_end_ms is not None)
    covered = 0.0
    for stretch in instance.voiced:
        reached = stretch.start_ms
        for point in points[bisect_left(points, stretch.start_ms - REACH_MS) :]:
            if point - REACH_MS >= stretch.end_ms:
                break
            start = max(reached, point - REACH_MS)
            end = min(stretch.end_ms, point + REACH_MS)
            covered += max(0.0, end - start)
            reached = max(reached, end)
    return covered
