"""A text of its own, spoken by a voice: all at once, or word by word as a translation comes."""

from collections.abc import Iterator, Sequence

from interp.core.synthesiser import SoundFrame, SpeakStep, Synthesiser

PAUSE_FRAMES = 2
"""Silence after a sentence: a text is not late, and takes its time."""


def recite(
    synthesiser: Synthesiser,
    words: Sequence[str],
    lead: int | None = None,
    seed: int = 0,
    pace: float = 1.0,
) -> Iterator[SoundFrame]:
    """Frames until all is said. lead: words given beyond those said, at least 1; None: all.

    pace: tempo, 1 is the voice's own.
    """
    state = synthesiser.init_state(seed)
    given = said = 0
    while given < len(words) or not synthesiser.idle(state):
        until = len(words) if lead is None else min(len(words), said + lead)
        if synthesiser.idle(state):
            until = max(until, given + 1)  # a word without a sound is never said
        new = tuple(words[given:until])
        given = max(given, until)
        (frames,) = synthesiser.speak([SpeakStep(state, new, pace, PAUSE_FRAMES, frames=1)])
        for frame in frames:
            said = frame.words
            yield frame
