"""The languages of a session: who writes each, and who says it."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from interp.core.audio import samples_to_ms
from interp.core.config import SessionConfig, pair_of, targets_of
from interp.core.errors import InvalidRequest, Reason
from interp.core.events import (
    Expect,
    Interrupt,
    MuteSpeech,
    Output,
    PolicyAction,
    RepeatSpeech,
    SetGlossary,
    SetOutputs,
    SetPolicy,
    TargetSpeech,
    TargetText,
    Warned,
    WarningCode,
)
from interp.core.glossary import NO_TERMS
from interp.core.languages import language_of
from interp.core.translator import Pair
from interp.engine.models import Models
from interp.engine.mouth import Mouth, MouthState, SpeechSettings, mouth_of, no_voice
from interp.engine.outgoing import Outgoing
from interp.engine.pace import Pace
from interp.engine.segment import Segment
from interp.engine.work import Done, Speaking, Spoken, Work
from interp.engine.writer import Decision, Writer, WriterState, captions_of

Steering: TypeAlias = (
    SetPolicy | SetOutputs | SetGlossary | Expect | Interrupt | MuteSpeech | RepeatSpeech
)


@dataclass(frozen=True, slots=True)
class TargetState:
    """What a checkpoint keeps of a target."""

    writer: WriterState
    outputs: frozenset[Output]
    mouth: MouthState | None = None

    @classmethod
    def of(cls, config: SessionConfig) -> "TargetState":
        """That of a session that begins. config: of this target alone."""
        return cls(WriterState.of(config), config.outputs)


@dataclass(slots=True)
class Target:
    """number: its place among the session's targets. outputs: what is said of it."""

    number: int
    writer: Writer
    mouth: Mouth | None
    outputs: frozenset[Output]

    @classmethod
    def of(
        cls,
        number: int,
        config: SessionConfig,
        models: Models,
        settings: SpeechSettings,
        state: TargetState,
    ) -> "Target":
        """config: of this target alone. Raises NotServed, InvalidRequest."""
        pair = pair_of(config, models.pairs)
        writer = Writer(models.translator, pair, TargetText, state.writer)
        mouth = mouth_of(
            replace(config, outputs=state.outputs),
            models.synthesiser_of(config),
            settings,
            state.mouth,
        )
        return cls(number, writer, mouth, state.outputs)

    @property
    def state(self) -> TargetState:
        """For a checkpoint between two segments."""
        mouth = self.mouth.state if self.mouth else None
        return TargetState(self.writer.state, self.outputs, mouth)

    @property
    def spoken_ms(self) -> int:
        """Speech made so far."""
        return self.mouth.spoken_ms if self.mouth else 0

    def want(self, outputs: frozenset[Output]) -> None:
        """Say these from now on. Raises NotServed where speech has no voice."""
        if self.mouth:
            self.mouth.want(Output.SPEECH in outputs)
        elif Output.SPEECH in outputs:
            raise no_voice()
        self.outputs = outputs

    def events_of(
        self, decision: Decision, now_ms: int, compute_ms: float
    ) -> list[TargetText | PolicyAction]:
        """What there is to say of a decision, as far as it was asked for."""
        if self.mouth:
            self.mouth.write(decision.segment, decision.words)
        told: list[TargetText | PolicyAction] = []
        if Output.ACTIONS in self.outputs:
            told.append(
                PolicyAction(
                    decision.segment,
                    decision.units,
                    now_ms,
                    len(decision.words),
                    compute_ms,
                    self.number,
                    decision.guarded,
                )
            )
        if isinstance(decision.text, TargetText) and Output.TEXT in self.outputs:
            told.append(replace(decision.text, target=self.number))
        return told

    def tagged(self, event: TargetSpeech | Warned) -> TargetSpeech | Warned:
        """An event of the mouth, with whose it is."""
        return replace(event, target=self.number)


class Targets:
    """All targets of a session, in the order in which they were asked for."""

    def __init__(
        self,
        config: SessionConfig,
        models: Models,
        settings: SpeechSettings,
        states: Sequence[TargetState] | None = None,
    ) -> None:
        """states: of a checkpoint. Raises NotServed, InvalidRequest."""
        alone = targets_of(config)
        self._translator, self._source = models.translator, language_of(config.source)
        states = states or [TargetState.of(each) for each in alone]
        self._all = tuple(
            Target.of(number, each, models, settings, state)
            for number, (each, state) in enumerate(zip(alone, states, strict=True))
        )
        captions_of(self._translator, self._source, self.outputs)  # refused before any speech

    def __iter__(self) -> Iterator[Target]:
        return iter(self._all)

    @property
    def states(self) -> tuple[TargetState, ...]:
        """For a checkpoint."""
        return tuple(target.state for target in self._all)

    @property
    def outputs(self) -> frozenset[Output]:
        """Everything that any of them is asked for."""
        return frozenset[Output]().union(*(target.outputs for target in self._all))

    @property
    def anew_ms(self) -> int:
        """The longest stretch that the policy of any of them wants encoded anew."""
        return max(target.writer.effort.anew_ms for target in self._all)

    @property
    def sources(self) -> frozenset[str]:
        """The languages that all of them can be written from."""
        pairs = frozenset(self._translator.pairs)
        wanted = [target.writer.target for target in self._all]
        captions = Output.SOURCE_TEXT in self.outputs
        return frozenset(
            code
            for code in {pair.source for pair in pairs}
            if all(Pair(code, to) in pairs for to in (*wanted, *((code,) if captions else ())))
        )

    def set_source(self, language: str) -> None:
        """From the next segment on, this is spoken."""
        self._source = language
        for target in self._all:
            target.writer.set_source(language)

    def begin(self, segment: Segment) -> tuple[Writer, ...]:
        """All who write of a segment, open. Raises NotServed."""
        expected = self._all[0].writer.state.glossary.expected
        own = captions_of(self._translator, self._source, self.outputs, expected)
        writers = (*(target.writer for target in self._all), *((own,) if own else ()))
        for writer in writers:
            writer.open(segment)
        return writers

    def stalled(self, segment: Segment, most_samples: int) -> bool:
        """Whether every text has ended, and the speaker went on for so much voiced time."""
        return all(
            target.writer.stalled
            and segment.voiced_from(target.writer.attended_sample) >= most_samples
            for target in self._all
        )

    def speak(
        self, position: int, pace: Pace, outgoing: Outgoing, *, finishing: bool
    ) -> Generator[Work, Done, float]:
        """Say what is due on the target timeline now that the source is at this sample.

        Gives the model time that it took, ms.
        """
        spent_ms = 0.0
        for target in self._all:
            if (mouth := target.mouth) is None:
                continue
            if not finishing and pace.too_late(position):
                outgoing.tell_uncounted(map(target.tagged, mouth.give_up()))
            while step := mouth.next_step(position, finishing=finishing):
                sound = yield Speaking(mouth.voice, step)
                assert isinstance(sound, Spoken), "a Speaking is answered with what was spoken"
                spent_ms += sound.compute_ms
                now_ms, elapsed_ms = samples_to_ms(position), pace.elapsed_ms(position)
                said = mouth.sounded(sound.frames, now_ms, elapsed_ms)
                outgoing.tell_uncounted(map(target.tagged, said))
        return spent_ms

    def written_by(self, writer: Writer) -> Target | None:
        """Whose writer this is; None: none of theirs."""
        return next((target for target in self._all if target.writer is writer), None)

    def steer(  # noqa: C901  one case a kind
        self, control: Steering, position: int
    ) -> Warned | None:
        """At this source sample; a warning where nothing comes of it, since the backend takes no
        terms. Raises InvalidRequest, NotServed."""
        match control:
            case SetPolicy(policy, number):
                for target in self._meant(number):
                    target.writer.set_policy(policy)
            case SetOutputs(outputs, number):
                for target in self._meant(number):
                    target.want(outputs)
                captions_of(self._translator, self._source, self.outputs)  # refused now if at all
            case SetGlossary() | Expect() if not self._translator.abilities.glossary:
                asked = control not in (SetGlossary(NO_TERMS), Expect(()))
                return Warned(WarningCode.TERMS_NOT_TAKEN) if asked else None
            case SetGlossary(glossary):
                for target in self._all:
                    each = glossary.elsewhere if target.number else glossary
                    target.writer.set_glossary(each)
            case Expect(words):
                for target in self._all:
                    target.writer.expect(words)
            case Interrupt() | MuteSpeech():
                self._quieten(control)
            case RepeatSpeech(number):
                for mouth in (target.mouth for target in self._meant(number) if target.mouth):
                    mouth.repeat(samples_to_ms(position))
        return None

    def _quieten(self, control: Interrupt | MuteSpeech) -> None:
        for mouth in (target.mouth for target in self._all if target.mouth):
            match control:
                case Interrupt():
                    mouth.hush()
                case MuteSpeech(muted):
                    mouth.mute(muted)

    def _meant(self, number: int | None) -> tuple[Target, ...]:
        if number is None:
            return self._all
        if not 0 <= number < len(self._all):
            raise InvalidRequest(Reason.BAD_CONFIG, "the session has no such target")
        return (self._all[number],)
