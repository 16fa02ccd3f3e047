"""One speaker and one target: audio in, written and spoken words out, one READ or WRITE at a time.

The session is pure: it asks for model work by yielding it, and whoever drives it (one process with
a virtual clock, or a replica with many lanes) runs the work and hands back the answer.
"""

import copy
import itertools
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from interp.core.audio import VAD_FRAME_SAMPLES, Samples, samples_to_ms, silence
from interp.core.clock import Clock
from interp.core.config import SessionConfig, pair_of
from interp.core.errors import NotServed, Reason
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Event,
    Input,
    Interrupt,
    Marker,
    MarkerReached,
    MuteSpeech,
    Numbered,
    Output,
    PolicyAction,
    SessionEnded,
    SetOutputs,
    SetPolicy,
    SkipBacklog,
    SourceText,
    TargetSpeech,
    TargetText,
    Totals,
    Warned,
    WarningCode,
    WrittenWord,
)
from interp.core.synthesiser import Synthesiser
from interp.core.translator import Abilities, Ask, DecodeStep, Hypothesis, Pair, Translator, Word
from interp.engine.gate import Closed, CloseReason, Gate, GateState, Opened, Speech
from interp.engine.guards import believable
from interp.engine.mouth import MouthState, SpeechSettings, mouth_of, no_voice
from interp.engine.pace import Pace
from interp.engine.segment import Answer, AnyAnswer, AnyWork, Segment, Sound, Work
from interp.engine.track import Track
from interp.policies import parse
from interp.policies.attention import honoured
from interp.policies.base import ALL_WORDS, LISTEN, Policy, Read, Write

CAPTIONS_POLICY = "alignatt:guard_ms=400,unit_ms=500"
CAPTIONS_WITHOUT_ATTENTION = "agree:n=2,unit_ms=500"
IDLE_CHECKPOINT_SAMPLES = 4 * 16_000
"""In silence a checkpoint every 4 s keeps the journal short."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """catch_up_ms: when decisions come this late, pass over some, and speech, until in time (None:
    never).

    speech: how what is written is said.
    """

    catch_up_ms: int | None = None
    speech: SpeechSettings = field(default_factory=SpeechSettings)


@dataclass(frozen=True, slots=True)
class SessionState:
    """What a checkpoint holds beside its position: enough to go on from between two segments."""

    gate: GateState
    segment: int
    carried: str
    policy: str
    outputs: frozenset[Output]
    totals: Totals
    mouth: MouthState | None = None


Running: TypeAlias = Generator[AnyWork | None, AnyAnswer, None]
Writing: TypeAlias = Generator[AnyWork | None, AnyAnswer, Answer]


class Session:
    """feed() inputs, advance() to the next Work, complete() it, take() what there is to say."""

    def __init__(
        self,
        config: SessionConfig,
        *,
        gate: Gate,
        translator: Translator,
        clock: Clock,
        settings: SessionSettings,
        checkpoint: Checkpoint | None = None,
        synthesiser: Synthesiser | None = None,
    ) -> None:
        """Raises NotServed or InvalidRequest for a pair, voice or policy that cannot be."""
        self._pair = pair_of(config, translator.pairs)
        self._gate, self._translator = gate, translator
        self._pace = Pace(clock, settings.catch_up_ms)
        state: SessionState | None = checkpoint.state if checkpoint else None
        self._gate_state = copy.deepcopy(state.gate) if state else gate.init_state()
        self._segments = state.segment if state else 0
        self._carried = state.carried if state else ""
        self._policy_text = state.policy if state else config.policy
        self._policy = honoured(parse(self._policy_text), translator.abilities)
        self._captions = captions_policy(translator.abilities)
        self._outputs = self._served(state.outputs if state else config.outputs)
        self._mouth = mouth_of(
            replace(config, outputs=self._outputs),
            synthesiser,
            settings.speech,
            state.mouth if state else None,
        )
        self._totals = state.totals if state else Totals()
        self._position = checkpoint.position_samples if checkpoint else 0
        self._sequence = checkpoint.next_sequence if checkpoint else 0
        self._checkpoint_at = self._position
        self._late = False
        self._inputs: deque[Input] = deque()
        self._said: list[Numbered | Checkpoint] = []
        self._segment: Segment | None = None
        self._pending: AnyWork | None = None
        self._ended = False
        self._life = self._run()

    @property
    def ended(self) -> bool:
        """Whether SessionEnded has been said."""
        return self._ended

    @property
    def worked_ms(self) -> int:
        """Source audio worked through, ms."""
        return samples_to_ms(self._position)

    def feed(self, item: Input) -> None:
        """Queue one input; SkipBacklog acts at once on the audio queued before it."""
        if isinstance(item, SkipBacklog):
            self._inputs = deque(
                replace(i, samples=silence(i.samples.size)) if isinstance(i, Audio) else i
                for i in self._inputs
            )
        else:
            self._inputs.append(item)

    def advance(self) -> AnyWork | None:
        """Work through inputs up to the next model work; None when all are worked through."""
        if self._pending is None and not self._ended:
            self._resume(None)
        return self._pending

    def complete(self, answer: AnyAnswer) -> None:
        """Hand back the answer to the work that advance() gave."""
        assert self._pending is not None, "no work was asked for"
        self._resume(answer)

    def take(self) -> list[Numbered | Checkpoint]:
        """Everything said since the last call, in order."""
        said, self._said = self._said, []
        return said

    def _resume(self, answer: AnyAnswer | None) -> None:
        try:
            self._pending = next(self._life) if answer is None else self._life.send(answer)
        except StopIteration:
            self._pending, self._ended = None, True

    def _run(self) -> Running:
        while True:
            while not self._inputs:
                yield None
            match self._inputs.popleft():
                case Audio() as audio:
                    yield from self._hear(audio)
                case End():
                    yield from self._finish()
                    return
                case control:
                    self._steer(control)

    def _steer(self, control: Input) -> None:
        match control:
            case SetPolicy(policy):
                self._set_policy(policy)
            case SetOutputs(outputs):
                self._set_outputs(outputs)
            case Marker(marker_id):
                self._say(MarkerReached(marker_id, self.worked_ms))
            case Interrupt() if self._mouth:
                self._mouth.hush()
            case MuteSpeech(muted) if self._mouth:
                self._mouth.mute(muted)
            case _:
                pass  # nothing to silence; a skipped backlog was skipped when the word came

    def _set_policy(self, text: str) -> None:
        self._policy = honoured(parse(text), self._translator.abilities)
        self._policy_text = text
        if self._segment:
            self._segment.tracks[0].policy = self._policy

    def _set_outputs(self, outputs: frozenset[Output]) -> None:
        if self._mouth:
            self._mouth.want(Output.SPEECH in outputs)
        elif Output.SPEECH in outputs:
            raise no_voice()
        self._outputs = self._served(outputs)

    def _served(self, outputs: frozenset[Output]) -> frozenset[Output]:
        """The outputs. Raises NotServed where the translator cannot write down what is said."""
        if Output.SOURCE_TEXT in outputs and self._caption_pair not in self._translator.pairs:
            raise NotServed(Reason.PAIR_NOT_SERVED, "source text in this language is not served")
        return outputs

    @property
    def _caption_pair(self) -> Pair:
        return Pair(self._pair.source, self._pair.source)

    def _hear(self, audio: Audio) -> Running:
        self._pace.hear(audio.arrived_ms, self._position + audio.samples.size)
        for piece in _frames(audio.samples, self._position):
            self._position += piece.size
            for event in self._gate.feed(piece, self._gate_state):
                yield from self._gated(event)
            if self._position % VAD_FRAME_SAMPLES == 0:
                yield from self._speak()
            idle_samples = self._position - self._checkpoint_at
            if not self._segment and idle_samples >= IDLE_CHECKPOINT_SAMPLES:
                self._say_checkpoint()

    def _finish(self) -> Running:
        for event in self._gate.end(self._gate_state):
            yield from self._gated(event)
        yield from self._speak(finishing=True)
        speech_ms = self._mouth.spoken_ms if self._mouth else 0
        totals = replace(
            self._totals, heard_ms=self.worked_ms, segments=self._segments, speech_ms=speech_ms
        )
        self._say(SessionEnded(totals))

    def _speak(self, *, finishing: bool = False) -> Running:
        """Say what is due on the target timeline, after everything that was to be written."""
        mouth = self._mouth
        if mouth and not finishing and self._pace.too_late(self._position):
            self._sound(mouth.give_up())
        while mouth and (step := mouth.next_step(self._position, finishing=finishing)):
            sound = yield step
            assert isinstance(sound, Sound), "a SpeakStep is answered with its Sound"
            compute_ms = self._totals.compute_ms + sound.compute_ms
            self._totals = replace(self._totals, compute_ms=compute_ms)
            self._sound(mouth.sounded(sound.frames, self.worked_ms, self._elapsed_ms))

    def _sound(self, events: Iterable[TargetSpeech | Warned]) -> None:
        """Say what is of the voice; it does not count."""
        self._said.extend(Numbered(self._sequence, event) for event in events)

    def _gated(self, event: Opened | Speech | Closed) -> Running:
        match event:
            case Opened(start_sample):
                self._segment = self._open(start_sample)
            case Speech():
                yield from self._listen(event)
            case Closed(_, reason):
                yield from self._close(reason)

    def _open(self, start_sample: int) -> Segment:
        source = self._translator.init_source()
        tracks = [self._track(source, self._pair, self._policy, self._carried)]
        if Output.SOURCE_TEXT in self._outputs:
            tracks.append(self._track(source, self._caption_pair, self._captions, ""))
        segment = Segment(self._segments, start_sample, source, tracks, [])
        self._segments += 1
        return segment

    def _track(self, source: Any, pair: Pair, policy: Policy, context: str) -> Track:
        target = self._translator.init_target(source, pair.source, pair.target, context)
        return Track(policy, target)

    def _listen(self, speech: Speech) -> Running:
        segment = self._open_segment()
        segment.waiting.append(speech.audio)
        segment.voiced_samples += speech.voiced_samples
        for track in segment.tracks:
            if track.reached_unit(segment.voiced_samples) and not self._passing_over():
                yield from self._decide(segment, track)

    def _decide(self, segment: Segment, track: Track) -> Running:
        """One READ or WRITE."""
        view = track.view(samples_to_ms(self._position - segment.start_sample))
        ask = track.policy.ask(view)
        if ask is None:
            self._spend(segment, track, 0, 0.0)
            return
        answer = yield from self._work(segment, track, ask, finished=False)
        if ask == LISTEN:
            self._spend(segment, track, 0, answer.compute_ms)
            return
        hypothesis = believable(answer.hypothesis, track.written)
        match track.policy.decide(view, hypothesis):
            case Read():
                count = 0
            case Write(words):
                count = min(words, len(hypothesis.words))
        self._write(segment, track, hypothesis, count, answer.compute_ms)

    def _close(self, reason: CloseReason) -> Running:
        """Write the rest of every track; nothing of the segment is kept but its last words."""
        segment = self._open_segment()
        for track in segment.tracks:
            answer = yield from self._work(segment, track, Ask(ALL_WORDS), finished=True)
            hypothesis = believable(answer.hypothesis, track.written)
            count = len(hypothesis.words)
            self._write(segment, track, hypothesis, count, answer.compute_ms, end=True)
        rolled = reason is CloseReason.ROLLOVER
        self._carried = segment.tracks[0].context(self._carried) if rolled else ""
        voiced_ms = self._totals.voiced_ms + samples_to_ms(segment.voiced_samples)
        self._totals = replace(self._totals, voiced_ms=voiced_ms)
        self._segment = None
        self._say_checkpoint()

    def _work(self, segment: Segment, track: Track, ask: Ask, *, finished: bool) -> Writing:
        accepted, track.accepted = track.accepted, 0
        answer = yield Work(
            segment.unencoded(finished=finished),
            DecodeStep(track.target, ask, accepted, finished),
        )
        assert isinstance(answer, Answer), "a Work is answered with its Answer"
        return answer

    def _write(
        self,
        segment: Segment,
        track: Track,
        hypothesis: Hypothesis,
        count: int,
        compute_ms: float,
        *,
        end: bool = False,
    ) -> None:
        tentative = track.tentative
        chosen = track.write(hypothesis, count)
        if end:
            track.tentative = ""
        words = tuple(self._stamped(segment, track, chosen))
        self._spend(segment, track, count, compute_ms)
        if self._mouth and track is segment.tracks[0]:
            self._mouth.write(segment.number, words)
        if words or track.tentative != tentative or (end and track.written):
            text = TargetText if track is segment.tracks[0] else SourceText
            self._say(text(segment.number, words, track.tentative, end))

    def _spend(
        self,
        segment: Segment,
        track: Track,
        words: int,
        compute_ms: float,
    ) -> None:
        """Account for one decision that wrote so many words."""
        self._totals = replace(
            self._totals,
            words=self._totals.words + (words if track is segment.tracks[0] else 0),
            compute_ms=self._totals.compute_ms + compute_ms,
        )
        if Output.ACTIONS in self._outputs and track is segment.tracks[0]:
            self._say(PolicyAction(segment.number, track.units, self.worked_ms, words, compute_ms))

    def _stamped(
        self, segment: Segment, track: Track, words: tuple[Word, ...]
    ) -> Iterator[WrittenWord]:
        start_ms = samples_to_ms(segment.start_sample)
        delay_ms, elapsed_ms = self.worked_ms, self._elapsed_ms
        for word in words:
            came_ms = delay_ms - start_ms if word.attended_ms is None else word.attended_ms
            begin, track.attended_ms = track.attended_ms, max(track.attended_ms, came_ms)
            yield WrittenWord(
                word.text, delay_ms, elapsed_ms, start_ms + begin, start_ms + track.attended_ms
            )

    @property
    def _elapsed_ms(self) -> int:
        """When what is said now is there, on the source timeline."""
        return self.worked_ms + round(self._pace.behind_ms(self._position))

    def _passing_over(self) -> bool:
        late = self._pace.too_late(self._position)
        if late and not self._late:
            behind_ms = round(self._pace.behind_ms(self._position))
            self._say(Warned(WarningCode.CATCHING_UP, behind_ms))
        self._late = late
        return late

    def _open_segment(self) -> Segment:
        assert self._segment is not None, "the gate speaks of a segment before opening it"
        return self._segment

    def _say(self, event: Event) -> None:
        if isinstance(event, TargetText) and Output.TEXT not in self._outputs:
            return
        self._said.append(Numbered(self._sequence, event))
        self._sequence += 1

    def _say_checkpoint(self) -> None:
        self._checkpoint_at = self._position
        state = SessionState(
            copy.deepcopy(self._gate_state),
            self._segments,
            self._carried,
            self._policy_text,
            self._outputs,
            self._totals,
            self._mouth.state if self._mouth else None,
        )
        self._said.append(Checkpoint(self._position, self._sequence, state))


def captions_policy(abilities: Abilities) -> Policy:
    """How the speaker's own words are written."""
    return parse(CAPTIONS_POLICY if abilities.attention else CAPTIONS_WITHOUT_ATTENTION)


def _frames(samples: Samples, position: int) -> Iterator[Samples]:
    """Cut at the stream's VAD frame boundaries, so that every checkpoint lies on one."""
    first = -position % VAD_FRAME_SAMPLES
    cuts = [0, *range(first, samples.size, VAD_FRAME_SAMPLES), samples.size]
    for start, end in itertools.pairwise(cuts):
        if end > start:
            yield samples[start:end]
