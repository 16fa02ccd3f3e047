"""Lanes that are about to do the very same are run once.

So it is where one target of a session is the pivot of another, as long as both have come equally
far in the same English.
"""

from collections.abc import Sequence

from interp.models.whisper.decoder import Fed, WhisperDecoder
from interp.models.whisper.lane import Lane


def leads_of(lanes: Sequence[Lane]) -> list[int]:
    """For each lane the place of the first that is about to do the same, mostly its own."""
    progress = [lane.progress for lane in lanes]
    return [place if one is None else progress.index(one) for place, one in enumerate(progress)]


def run_lanes(decoder: WhisperDecoder, lanes: Sequence[Lane], leads: Sequence[int]) -> list[Fed]:
    """Run what each lane has to run; those that another leads get what that one got."""
    feeds = [lane.feed() for lane in lanes]
    leading = sorted(set(leads))
    ran = dict(zip(leading, decoder.feed([feeds[place] for place in leading]), strict=True))
    for feed, lead in zip(feeds, leads, strict=True):
        if feed is not feeds[lead]:
            places = slice(feed.first, feed.first + feed.length)
            feed.cache[:, :, :, :, places] = feeds[lead].cache[:, :, :, :, places]
    return [ran[lead] for lead in leads]
