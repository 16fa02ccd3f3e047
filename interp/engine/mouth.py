"""What of the written words is to be said when: the target timeline, catching up, silence.

The target timeline runs beside the source's: a frame that sounds at time t is made when the source
has reached t, so that speech is as pure a function of the input as text is. A voice with nothing to
say makes no frames; the timeline passes over the gap. After the end the rest is said at once.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from interp.core.audio import (
    SNAC_FRAME_SAMPLES,
    SOURCE_RATE_HZ,
    TARGET_RATE_HZ,
    target_samples_to_ms,
)
from interp.core.config import SessionConfig
from interp.core.errors import NotServed, Reason
from interp.core.events import Output, TargetSpeech, Warned, WarningCode, WrittenWord
from interp.core.sentences import ends_sentence
from interp.core.synthesiser import SoundFrame, SpeakStep, Synthesiser

PHRASE_ENDS = (".", "?", "!", ",", ";", ":")
FINISHING_FRAMES = 12
"""Frames a batch once no source is to come: about a second, so that others get their turn."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast to speak. Lag: how long the next word to be said has been written, source time.

    Before words run out tempo sinks, from 1 with enough_words that are written and not said to
    least_pace with few_words, so that speech goes on instead of stopping; what comes first of many
    words is soon said. From short_pause_ms of lag pauses shrink; from hurry_ms to full_hurry_ms
    tempo rises from 1 to most_pace, however few the words are; a word that has waited skip_ms
    (None: no limit) is left out with all before the newest keep_ms, and on to the next sentence if
    one begins there.
    """

    few_words: int = 2
    enough_words: int = 6
    least_pace: float = 0.55
    hurry_ms: int = 1_500
    full_hurry_ms: int = 3_000
    most_pace: float = 1.25
    skip_ms: int | None = 15_000
    keep_ms: int = 5_000

    def pace(self, lag_ms: float, words: int) -> float:
        """Wished tempo. words: that are written and not said."""
        if lag_ms > self.hurry_ms:
            lags = (self.hurry_ms, self.full_hurry_ms)
            return float(np.interp(lag_ms, lags, (1.0, self.most_pace)))
        counts = (self.few_words, self.enough_words)
        return float(np.interp(words, counts, (self.least_pace, 1.0)))


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """lead_words: how many words the voice is given beyond those said; the rest can be skipped.

    phrase_words: a silent voice begins when so many words are written, or the last of a clause, or
    when the first has waited hold_ms; single words would make islands in silence.
    pause_frames: silence after a sentence. most_words: may wait; more are skipped. rate: of all
    speech, times the tempo that lag asks for. seed: of every session's voice.
    """

    lead_words: int = 6
    phrase_words: int = 3
    hold_ms: int = 1_000
    pause_frames: int = 1
    most_words: int = 300
    rate: float = 1.0
    seed: int = 0
    tempo: Tempo = field(default_factory=Tempo)


@dataclass(frozen=True, slots=True)
class Saying:
    """A written word on its way to being said. again: it was said before."""

    segment: int
    word: WrittenWord
    again: bool = False

    @property
    def ends_sentence(self) -> bool:
        """A full stop, question mark or exclamation mark follows."""
        return ends_sentence(self.word.text)

    @property
    def ends_phrase(self) -> bool:
        """A mark follows."""
        return self.word.text.rstrip("\"')]}»”").endswith(PHRASE_ENDS)


@dataclass(frozen=True, slots=True)
class MouthState:
    """What a checkpoint keeps: small, without the voice's own memory. The words in `unsaid` are
    said again from the first that was not said in full. said: what was said of the newest segment,
    for who wants to hear it again."""

    unsaid: tuple[Saying, ...] = ()
    said: tuple[Saying, ...] = ()
    next_sample: int = 0
    muted: bool = False
    frames: int = 0


class Mouth:
    """One session's voice. wanted: speech is among the session's outputs."""

    def __init__(
        self,
        synthesiser: Synthesiser,
        settings: SpeechSettings,
        *,
        wanted: bool,
        state: MouthState | None = None,
    ) -> None:
        state = state or MouthState()
        self.voice = synthesiser.voice
        self._synthesiser, self._settings = synthesiser, settings
        self._wanted, self._muted = wanted, state.muted
        self._voice = synthesiser.init_state(settings.seed)
        self._waiting = deque(state.unsaid)
        self._uttered: deque[Saying] = deque()  # given to the voice and not said in full
        self._given = 0
        self._latest: Saying | None = None
        self._said = list(state.said)
        self._next_sample = state.next_sample
        self._frames = state.frames
        self._skipped_ms = 0

    @property
    def state(self) -> MouthState:
        """For a checkpoint."""
        unsaid = (*self._uttered, *self._waiting)
        return MouthState(unsaid, tuple(self._said), self._next_sample, self._muted, self._frames)

    @property
    def spoken_ms(self) -> int:
        """Speech made so far."""
        return target_samples_to_ms(self._frames * SNAC_FRAME_SAMPLES)

    def write(self, segment: int, words: Sequence[WrittenWord]) -> None:
        """Words were written; passed over while speech is muted or not wanted."""
        if self._wanted and not self._muted:
            self._waiting.extend(Saying(segment, word) for word in words)
            self._skip(max(0, len(self._waiting) - self._settings.most_words))

    def repeat(self, now_ms: int) -> None:
        """Say the newest segment again, after what waits. now_ms: as if it were written now."""
        if self._wanted and not self._muted:
            self._waiting.extend(
                Saying(each.segment, replace(each.word, delay_ms=now_ms), again=True)
                for each in self._said
            )

    def hush(self) -> None:
        """Drop what is to be said, in the middle of a word too; the next frame is silent."""
        self._waiting.clear()
        self._uttered.clear()
        self._given, self._latest = 0, None
        self._voice = self._synthesiser.init_state(self._settings.seed)

    def give_up(self) -> Iterator[Warned]:
        """Hush for want of compute: what was to be said is left out, and told of."""
        self._count_out([each.word for each in (*self._uttered, *self._waiting)])
        if self._uttered or self._waiting:
            self.hush()
        yield from self._told()

    def want(self, wanted: bool) -> None:
        """Whether speech is among the outputs from now on."""
        self._wanted = wanted
        if not wanted:
            self.hush()

    def mute(self, muted: bool) -> None:
        """Be silent, or say what is written from now on."""
        self._muted = muted
        if muted:
            self.hush()

    def next_step(self, position_samples: int, *, finishing: bool) -> SpeakStep[Any] | None:
        """What the voice is to make now that the source (16 kHz) is at this position.

        finishing: no source is to come, the rest is due at once.
        """
        now_sample = position_samples * TARGET_RATE_HZ // SOURCE_RATE_HZ
        idle = self._synthesiser.idle(self._voice)
        begins = finishing or bool(self._uttered) or self._phrase_waits(now_sample)
        if idle and not (begins and (self._waiting or self._uttered)):
            return None
        if idle:
            self._next_sample = max(self._next_sample, now_sample)
        if self._next_sample > now_sample and not finishing:
            return None
        if not finishing:
            self._skip(self._too_late())
        room = self._settings.lead_words - len(self._uttered) if begins else 0
        return self._step(min(len(self._waiting), room), finishing=finishing)

    def sounded(
        self, frames: Sequence[SoundFrame], delay_ms: int, elapsed_ms: int
    ) -> Iterator[TargetSpeech | Warned]:
        """Events of the frames that the last step brought."""
        yield from self._told()
        for frame in frames:
            said = [self._uttered.popleft() for _ in range(self._said_with(frame))]
            self._remember(said)
            yield self._event(frame, said, delay_ms, elapsed_ms)
            self._next_sample += SNAC_FRAME_SAMPLES
            self._frames += 1
        if self._synthesiser.idle(self._voice):
            self._uttered.clear()  # what is left has no sound: a dash, a foreign script

    def _phrase_waits(self, now_sample: int) -> bool:
        """Whether what waits is enough to begin with."""
        settings, waiting = self._settings, self._waiting
        now_ms = target_samples_to_ms(now_sample)
        return (
            len(waiting) >= settings.phrase_words
            or any(each.ends_phrase for each in waiting)
            or (bool(waiting) and now_ms - waiting[0].word.delay_ms >= settings.hold_ms)
        )

    def _step(self, given: int, *, finishing: bool) -> SpeakStep[Any]:
        settings, tempo, lag_ms = self._settings, self._settings.tempo, self._lag_ms()
        new = [self._waiting.popleft() for _ in range(given)]
        self._uttered.extend(new)
        self._given += given
        pace = tempo.pace(lag_ms, len(self._uttered) + len(self._waiting))
        return SpeakStep(
            state=self._voice,
            words=tuple(each.word.text.strip() for each in new),
            pace=settings.rate * (max(pace, 1.0) if finishing else pace),
            pause_frames=settings.pause_frames,
            frames=FINISHING_FRAMES if finishing else 1,
        )

    def _lag_ms(self) -> int:
        """How long the next word to be said has been written."""
        unsaid = self._uttered or self._waiting
        return target_samples_to_ms(self._next_sample) - unsaid[0].word.delay_ms if unsaid else 0

    def _too_late(self) -> int:
        """How many of the words that wait are to be left out."""
        tempo, now_ms = self._settings.tempo, target_samples_to_ms(self._next_sample)
        words = self._waiting
        if tempo.skip_ms is None or not words:
            return 0
        if now_ms - words[0].word.delay_ms <= tempo.skip_ms:
            return 0
        old = sum(now_ms - each.word.delay_ms > tempo.keep_ms for each in words)
        starts = (i for i in range(old, len(words)) if words[i - 1].ends_sentence)
        return next(starts, old)

    def _skip(self, count: int) -> None:
        self._count_out([self._waiting.popleft().word for _ in range(count)])

    def _count_out(self, words: Sequence[WrittenWord]) -> None:
        if words:
            self._skipped_ms += words[-1].source_end_ms - words[0].source_start_ms

    def _told(self) -> Iterator[Warned]:
        """The warning that is due about words left out."""
        if self._skipped_ms:
            yield Warned(WarningCode.SPEECH_SKIPPED, self._skipped_ms)
            self._skipped_ms = 0

    def _said_with(self, frame: SoundFrame) -> int:
        """How many words are said in full with this frame."""
        before = self._given - len(self._uttered)
        return max(0, frame.words - before)

    def _remember(self, said: Sequence[Saying]) -> None:
        for each in said:
            if each.again:
                continue
            if self._said and self._said[0].segment != each.segment:
                self._said.clear()
            self._said.append(each)

    def _event(
        self, frame: SoundFrame, said: Sequence[Saying], delay_ms: int, elapsed_ms: int
    ) -> TargetSpeech:
        latest = [self._latest] if self._latest else []
        spoken = said or list(self._uttered)[:1] or latest
        assert spoken, "there is no speech without a word"
        self._latest = spoken[-1]
        return TargetSpeech(
            segment=spoken[-1].segment,
            samples=frame.samples,
            codes=np.array([frame.codes], np.int64),
            offset_ms=target_samples_to_ms(self._next_sample),
            text="".join(each.word.text for each in said),
            source_start_ms=spoken[0].word.source_start_ms,
            source_end_ms=spoken[-1].word.source_end_ms,
            delay_ms=delay_ms,
            elapsed_ms=elapsed_ms,
            repeated=spoken[-1].again,
        )


def mouth_of(
    config: SessionConfig,
    synthesiser: Synthesiser | None,
    settings: SpeechSettings,
    state: MouthState | None,
) -> Mouth | None:
    """The voice of a session, also where it is not wanted yet. Raises NotServed.

    synthesiser: what suits the config; None where nothing does.
    """
    wanted = Output.SPEECH in config.outputs
    if synthesiser:
        return Mouth(synthesiser, settings, wanted=wanted, state=state)
    if wanted or config.voice:
        raise no_voice()
    return None


def no_voice() -> NotServed:
    """What a session is told that cannot have the speech it asks for."""
    return NotServed(Reason.VOICE_NOT_SERVED, "this voice is not served; see ListVoices")
