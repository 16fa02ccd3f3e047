"""One speaker and his targets: audio in, written and spoken words out, one READ or WRITE at a time.

The session is pure: it asks for model work by yielding it, and whoever drives it (one process with
a virtual clock, or a replica with many lanes) runs the work and hands back the answer.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

from interp.core.audio import VAD_FRAME_SAMPLES, samples_to_ms
from interp.core.clock import Clock
from interp.core.config import SessionConfig
from interp.core.events import (
    Audio,
    Checkpoint,
    End,
    Input,
    Marker,
    MarkerReached,
    Replay,
    Said,
    SessionEnded,
    SourceLanguage,
    Warned,
)
from interp.core.languages import language_of
from interp.core.translator import Hypothesis
from interp.engine.backlog import Backlog
from interp.engine.gate import Closed, CloseReason, Gate, GateEvent, Opened, Speech
from interp.engine.models import Models
from interp.engine.outgoing import Outgoing
from interp.engine.pace import Pace
from interp.engine.segment import Segment
from interp.engine.session_state import SessionSettings, SessionState
from interp.engine.target import Steering, Targets
from interp.engine.tongue import Tongue
from interp.engine.work import (
    Answer,
    Failed,
    Identified,
    Identifying,
    Running,
    Stop,
    Work,
    Writing,
    Written,
)
from interp.engine.writer import Decision, Writer

UNATTENDED_SAMPLES = 24_000
"""So much voiced time behind the last word of a segment says that its text ended too early."""
STALLED_SAMPLES = 80_000
"""The same while the speaker goes on: the segment is closed there, and another one begun."""
LEAST_ADVANCE_SAMPLES = 8_000
"""A text that was begun anew and does not come this far is not begun again."""
IDLE_CHECKPOINT_SAMPLES = 4 * 16_000
"""In silence a checkpoint every 4 s keeps the journal short."""


class Session:
    """feed() inputs, advance() to the next work, complete() it, take() what there is to say."""

    def __init__(
        self,
        config: SessionConfig,
        *,
        gate: Gate,
        models: Models,
        clock: Clock,
        settings: SessionSettings,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """models: what its work is to be run on.

        Raises NotServed or InvalidRequest for a pair, voice or policy that cannot be.
        """
        self.models = models
        self._gate, self._pace = gate, Pace(clock, settings.catch_up_ms)
        state: SessionState | None = checkpoint.state if checkpoint else None
        self._targets = Targets(config, models, settings.speech, state.targets if state else None)
        state = state or SessionState(gate.init_state(), self._targets.states)
        self._gate_state = copy.deepcopy(state.gate)
        told = models.translator.abilities.languages
        self._tongue = Tongue(language_of(config.source), state.tongue, told=told)
        self._targets.set_source(self._tongue.language)
        self._writers: tuple[Writer, ...] = ()
        self._owing: tuple[Writer, ...] = ()
        self._outgoing = Outgoing(checkpoint.next_sequence if checkpoint else 0)
        self._segments, self._totals = state.segments, state.totals
        self._segment: Segment | None = None
        self._position = self._checkpoint_at = checkpoint.position_samples if checkpoint else 0
        self._ended = False
        self._inputs = Backlog(self._position)
        self._pending: Work | None = None
        self._answered = False
        self._life = self._run()
        if self._gate_state.segment_start is not None:
            self._begin(self._position)  # the checkpoint lies where a segment was cut in two

    @property
    def worked_ms(self) -> int:
        """Source audio worked through, ms."""
        return samples_to_ms(self._position)

    def feed(self, item: Input) -> None:
        """Queue one input; SkipBacklog acts at once on the audio queued before it."""
        if skipped := self._inputs.put(item):
            self._outgoing.note(skipped)

    def advance(self) -> Work | None:
        """Work through inputs up to the next model work; None when all are worked through."""
        while self._pending is None and not self._ended:
            match next(self._life):
                case Stop.HEARD:
                    break
                case Stop.ANSWERED:
                    continue
                case work:
                    self._pending = work
        return self._pending

    def complete(self, answer: Answer) -> None:
        """Hand back the answer to the work that advance() gave. Raises the error of a Failed."""
        assert self._pending is not None, "no work was asked for"
        if isinstance(answer, Failed):
            raise answer.error
        self._answered = True
        asked = self._life.send(answer)
        self._pending = None if isinstance(asked, Stop) else asked

    def lateness_ms(self) -> list[float]:
        """As Pace.lateness_ms."""
        return self._pace.lateness_ms()

    def take(self) -> list[Said]:
        """Everything said since the last call, in order."""
        return self._outgoing.take()

    def _run(self) -> Running:
        while not self._ended:
            while not self._inputs:
                yield Stop.HEARD
            match self._inputs.pop():
                case Audio() as audio:
                    yield from self._hear(audio)
                case End():
                    yield from self._finish()
                case control:
                    self._steer(control)
        yield Stop.HEARD

    def _steer(self, control: Input) -> None:
        match control:
            case Marker(marker_id):
                self._outgoing.tell(MarkerReached(marker_id, self.worked_ms))
            case Replay():
                self._pace.follow(control)
            case _ if isinstance(control, Steering):
                refused = self._targets.steer(control, self._position)
                if refused and not self._pace.replays(self._position):
                    self._outgoing.tell_uncounted([refused])
                if self._segment:
                    self._segment.anew_ms = self._targets.anew_ms
            case _:
                pass  # nothing to silence; a skipped backlog was skipped when the word came

    def _hear(self, audio: Audio) -> Running:
        self._pace.hear(audio.arrived_ms, self._position + audio.samples.size)
        end = self._position + audio.samples.size
        for piece in self._gate_state.pieces(audio.samples):
            if self._answered:
                self._answered = False
                yield Stop.ANSWERED
            self._position += piece.size
            for event in self._gate.feed(piece, self._gate_state):
                yield from self._gated(event)
            if not self._gate_state.at_frame_end:
                continue
            newest = not self._inputs and end - self._position < VAD_FRAME_SAMPLES
            yield from self._make_up(newest=newest)
            yield from self._speak()
            idle_samples = self._position - self._checkpoint_at
            if not self._segment and idle_samples >= IDLE_CHECKPOINT_SAMPLES:
                self._note()

    def _finish(self) -> Running:
        for event in self._gate.end(self._gate_state):
            yield from self._gated(event)
        yield from self._speak(finishing=True)
        speech_ms = sum(target.spoken_ms for target in self._targets)
        totals = replace(
            self._totals, heard_ms=self.worked_ms, segments=self._segments, speech_ms=speech_ms
        )
        self._outgoing.tell(SessionEnded(totals))
        self._ended = True

    def _gated(self, event: GateEvent) -> Running:
        match event, self._segment:
            case Opened(start_sample), _:
                self._begin(start_sample)
            case Speech() as speech, Segment() as segment:
                yield from self._listen(segment, speech)
            case Closed(_, reason), Segment() as segment:
                yield from self._close(segment, reason)
            case _:
                raise AssertionError("the gate speaks of a segment before opening it")

    def _begin(self, start_sample: int) -> None:
        """Open a segment."""
        source = self.models.translator.init_source()
        anew_ms = self._targets.anew_ms
        self._segment = Segment(self._segments, start_sample, source, anew_ms)
        self._segments += 1
        self._tongue.begin()
        self._writers = self._targets.begin(self._segment) if self._tongue.decided else ()

    def _listen(self, segment: Segment, speech: Speech) -> Running:
        """Have decided what is due, unless that comes too late."""
        segment.hear(speech.audio, speech.voiced_samples)
        yield from self._identify(segment, finished=False)
        due = [each for each in self._writers if each.reached_unit(segment.voiced_samples)]
        if due and self._pace.passing_over(self._position, self._outgoing):
            self._owing = tuple({*self._owing, *due})
        elif due:
            yield from self._decide(segment, due, finishing=False)
        if self._writers and self._targets.stalled(segment, STALLED_SAMPLES):
            yield from self._close(segment, CloseReason.ROLLOVER)
            self._begin(self._position)

    def _make_up(self, *, newest: bool) -> Running:
        """Decide what was passed over, where the speaker is by now."""
        owing = [each for each in self._writers if each in self._owing]
        if (
            owing
            and self._segment
            and self._pace.making_up(self._position, self._outgoing, newest=newest)
        ):
            yield from self._decide(self._segment, owing, finishing=False)

    def _identify(self, segment: Segment, *, finished: bool) -> Running:
        """Look at the language where that is due; once it is known the segment is written.

        Where it was declared, nothing is encoded for it: that would change what is written.
        """
        if (segment.given or not self._writers) and self._tongue.due(
            segment.voiced_samples, finished=finished
        ):
            encode = None if self._writers else segment.unencoded(finished=False)
            answer = yield Identifying(encode, segment.source)
            assert isinstance(answer, Identified), "an Identifying is answered with what it found"
            self._totals = self._totals.with_compute(answer.compute_ms)
            match self._tongue.look(answer.chances, self._targets.sources, finished=finished):
                case SourceLanguage(language) as found:
                    self._targets.set_source(language)
                    self._outgoing.tell(found)
                case Warned() as doubt if not self._pace.replays(self._position):
                    self._outgoing.tell_uncounted([doubt])
                case _:
                    pass
        if not self._writers and self._tongue.decided:
            self._writers = self._targets.begin(segment)

    def _close(self, segment: Segment, reason: CloseReason) -> Running:
        """Have the rest written; nothing of the segment is kept but its last words."""
        yield from self._identify(segment, finished=True)
        yield from self._decide(segment, self._writers, finishing=True)
        for writer in self._writers:
            yield from self._recover(segment, writer)
            rolled = reason is CloseReason.ROLLOVER
            writer.close(hand_on=rolled and self._targets.written_by(writer) is not None)
        yield from self._identify(segment, finished=True)  # some encode nothing before the end
        voiced_ms = self._totals.voiced_ms + samples_to_ms(segment.voiced_samples)
        self._totals = replace(self._totals, voiced_ms=voiced_ms)
        self._segment = None
        self._note()

    def _recover(self, segment: Segment, writer: Writer) -> Running:
        """Where a text ended before the speaker did, have the rest of the segment decoded anew."""
        begin_sample = segment.start_sample - LEAST_ADVANCE_SAMPLES
        while writer.attended_sample >= begin_sample + LEAST_ADVANCE_SAMPLES:
            begin_sample = writer.attended_sample
            if segment.voiced_from(begin_sample) < UNATTENDED_SAMPLES:
                return
            source = self.models.translator.init_source()
            rest = segment.rest(self._segments, source, begin_sample)
            self._segments += 1
            writer.open(rest)
            yield from self._decide(rest, [writer], finishing=True)

    def _decide(self, segment: Segment, writers: Sequence[Writer], *, finishing: bool) -> Running:
        """One READ or WRITE of each of these writers; all their model work is one."""
        steps = [each.next_step(self._position, finishing=finishing) for each in writers]
        asked = tuple(step for step in steps if step)
        hypotheses: Iterator[Hypothesis] = iter(())
        share_ms = 0.0
        if asked:
            answer = yield Writing(segment.unencoded(finished=finishing), asked)
            assert isinstance(answer, Written), "a Writing is answered with what was written"
            hypotheses, share_ms = iter(answer.hypotheses), answer.compute_ms / len(asked)
        elapsed_ms, words = self._pace.elapsed_ms(self._position), self._totals.words
        for writer, step in zip(writers, steps, strict=True):
            if step is None:
                self._tell(writer, writer.waits(), 0.0)
                continue
            decision = writer.answered(step, next(hypotheses), self._position, elapsed_ms)
            self._tell(writer, decision, share_ms)
        self._owing = tuple(each for each in self._owing if each not in writers)
        self._pace.decided(self._position, wrote=self._totals.words > words)

    def _tell(self, writer: Writer, decision: Decision, compute_ms: float) -> None:
        """Account for a decision and say what there is to say of it."""
        target = self._targets.written_by(writer)
        words = self._totals.words + (len(decision.words) if target else 0)
        self._totals = replace(self._totals.with_compute(compute_ms), words=words)
        if target:
            for event in target.events_of(decision, self.worked_ms, compute_ms):
                self._outgoing.tell(event)
        elif decision.text:
            self._outgoing.tell(decision.text)

    def _speak(self, *, finishing: bool = False) -> Running:
        """Say what is due, after everything that was to be written."""
        spent_ms = yield from self._targets.speak(
            self._position, self._pace, self._outgoing, finishing=finishing
        )
        self._totals = self._totals.with_compute(spent_ms)

    def _note(self) -> None:
        """A checkpoint, here between two segments."""
        self._checkpoint_at = self._position
        state = SessionState(
            copy.deepcopy(self._gate_state),
            self._targets.states,
            self._segments,
            self._totals,
            self._tongue.state,
        )
        self._outgoing.checkpoint(self._position, state)
