"""From a session's events to an instance of the log; the same for a run here and for a server's."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from interp.core.audio import TARGET_RATE_HZ
from interp.core.events import Event, PolicyAction, TargetSpeech, TargetText
from interp.core.latency_elapsed import Step, erased_words
from interp.evaluate.record.log import Emission, Instance, SpeechEmission, Stretch
from interp.evaluate.record.manifest import Clip


@dataclass(slots=True)
class Collected:
    """What was said so far. lead_ms: silence before the recording, taken off all times.

    segment, tentative: of the newest TargetText.
    """

    lead_ms: int = 0
    words: list[Emission] = field(default_factory=list)
    speech: list[SpeechEmission] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    erased: int = 0
    segment: int | None = None
    tentative: str = ""

    def add(self, event: Event) -> None:
        """Take in one event, in the order of the session."""
        match event:
            case PolicyAction(position_ms=position_ms, compute_ms=compute_ms):
                self.steps.append(Step(position_ms - self.lead_ms, compute_ms))
            case TargetText():
                self._add_text(event)
            case TargetSpeech():
                self._add_speech(event)
            case _:
                pass

    def instance(
        self, index: int, clip: Clip, source_length_ms: float, voiced: tuple[Stretch, ...] = ()
    ) -> Instance:
        """The finished instance of the log."""
        return Instance(
            index=index,
            source=clip.id,
            source_length_ms=source_length_ms,
            reference=clip.reference,
            source_text=clip.source_text,
            words=tuple(self.words),
            speech=tuple(self.speech),
            steps=tuple(self.steps),
            segments=clip.segments,
            erased_words=self.erased,
            voiced=voiced,
        )

    def _add_text(self, text: TargetText) -> None:
        fresh = text.segment != self.segment
        shown = "" if fresh else self.tentative
        now = "".join(word.text for word in text.words) + text.tentative
        self.erased += erased_words(shown.split(), now.split())
        for word in text.words:
            # Segments are sentences: the first word of one never continues the last of another.
            joined = word.text if word.text[:1].isspace() or not fresh else f" {word.text}"
            fresh = False
            delay_ms = word.delay_ms - self.lead_ms
            self.words.append(
                Emission(
                    text=joined,
                    delay_ms=delay_ms,
                    elapsed_ms=word.elapsed_ms - self.lead_ms,
                    segment=text.segment,
                    step=self._step(delay_ms),
                    source_end_ms=word.source_end_ms - self.lead_ms,
                )
            )
        self.segment, self.tentative = text.segment, text.tentative

    def _add_speech(self, speech: TargetSpeech) -> None:
        self.speech.append(
            SpeechEmission(
                delay_ms=speech.delay_ms - self.lead_ms,
                duration_ms=1000 * speech.samples.size / TARGET_RATE_HZ,
                text=speech.text,
                elapsed_ms=speech.elapsed_ms - self.lead_ms,
                source_end_ms=speech.source_end_ms - self.lead_ms,
            )
        )

    def _step(self, delay_ms: float) -> int | None:
        """The decision that wrote at this delay: traced right before its text, or not at all."""
        known = self.steps and self.steps[-1].delay_ms == delay_ms
        return len(self.steps) - 1 if known else None


def collect(events: Iterable[Event], lead_ms: int = 0) -> Collected:
    """All events of one session. lead_ms: silence before the recording."""
    collected = Collected(lead_ms)
    for event in events:
        collected.add(event)
    return collected
