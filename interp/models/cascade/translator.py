"""A cascade: one model hears, a student reads what it heard and writes the target language.

What is heard settles word by word. A student reads all words of a sentence, but of its own only
those are hypotheses that attend to words that stand; each carries the place in the audio of the
word it attends to, so that policies and guards work as on a model that hears for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from interp.core.audio import samples_to_ms
from interp.core.translator import (
    Abilities,
    DecodeStep,
    EncodeStep,
    Hypothesis,
    Pair,
    Translator,
    Word,
)
from interp.models.cascade.readers import hearings
from interp.models.cascade.settings import CascadeSettings
from interp.models.cascade.state import (
    AnyTarget,
    CascadeSource,
    CascadeTarget,
    DirectTarget,
    Done,
    Job,
    Part,
    Route,
    TranscriptTarget,
)
from interp.models.cascade.terms import hotwords, until_term
from interp.models.cascade.transcript import Transcript, attended_ms
from interp.models.marian.lane import WriterState, WriteStep, Written


class CascadeTranslator:
    """A `Translator` of all pairs of `hearing` and of the routes; a route comes first."""

    def __init__(
        self, hearing: Translator, routes: Mapping[Pair, Route], settings: CascadeSettings
    ) -> None:
        self._hearing, self._routes, self._settings = hearing, dict(routes), settings

    @property
    def pairs(self) -> frozenset[Pair]:
        """What it serves."""
        return frozenset(self._hearing.pairs) | self._routes.keys()

    @property
    def abilities(self) -> Abilities:
        """Those of the model that hears, and terms."""
        return replace(self._hearing.abilities, glossary=True)

    def init_source(self) -> CascadeSource:
        """State of a segment of which nothing was heard."""
        return CascadeSource(self._hearing.init_source())

    def init_target(
        self, source: CascadeSource, source_language: str, target_language: str, context: str
    ) -> AnyTarget:
        """A writer over the source; ValueError for a pair that is not served."""
        if route := self._routes.get(Pair(source_language, target_language)):
            heard = Pair(source_language, route.pivot)
            return CascadeTarget(source, _joined(source, heard), route.student)
        if source_language == target_language and source_language in source.transcripts:
            return TranscriptTarget(source, _joined(source, Pair(source_language, source_language)))
        pair = Pair(source_language, target_language)
        if pair not in self._hearing.pairs:
            raise ValueError(f"{source_language} to {target_language} is not served")
        return DirectTarget(source, pair, context)

    def encode(self, steps: Sequence[EncodeStep[CascadeSource]]) -> None:
        """Let the model hear what is new in each segment."""
        self._hearing.encode([replace(step, state=step.state.heard) for step in steps])
        for step in steps:
            step.state.samples += len(step.audio)
            step.state.finished = step.finished

    def spoken(self, sources: Sequence[CascadeSource]) -> list[Mapping[str, float]]:
        """As the model that hears."""
        return self._hearing.spoken([source.heard for source in sources])

    def decode(self, steps: Sequence[DecodeStep[AnyTarget]]) -> list[Hypothesis]:
        """Continue each written prefix; one hypothesis per step, in order."""
        self._hear(steps)
        written = self._write(steps)
        hypotheses = []
        for place, step in enumerate(steps):
            match step.state:
                case DirectTarget(answer=answer):
                    assert answer is not None, "every direct step has been answered"
                    step.state.answer = None
                    hypotheses.append(answer)
                case TranscriptTarget():
                    hypotheses.append(_told(step, step.state))
                case CascadeTarget():
                    hypotheses.append(self._commit(step, step.state, written[place]))
        return hypotheses

    def _hear(self, steps: Sequence[DecodeStep[AnyTarget]]) -> None:
        """One decode of the model that hears, for direct pairs and for transcripts that are behind.

        It cannot count twice: an answer is kept until the whole batch is done, and a transcript
        knows what it was made of.
        """
        direct: list[tuple[DecodeStep[AnyTarget], DirectTarget]] = []
        for step in steps:
            state = step.state
            if isinstance(state, DirectTarget) and state.answer is None:
                if state.state is None:
                    words = hotwords(step.glossary, spoken=state.pair.source == state.pair.target)
                    state.state = self._begun(state.source, state.pair, words, state.context)
                direct.append((step, state))
        behind = list(hearings(steps))
        for each in behind:
            if not each.transcript.begun:
                pair = each.transcript.pair
                each.transcript.target = self._begun(each.source, pair, each.expected, "")
        asked = [
            DecodeStep(to.state, s.ask, s.accepted, s.finished, wait=s.wait) for s, to in direct
        ]
        asked += [
            DecodeStep(
                each.transcript.target, each.ask, each.transcript.accepted, each.source.finished
            )
            for each in behind
        ]
        answers = iter(self._hearing.decode(asked) if asked else [])
        for _, target in direct:
            target.answer = next(answers)
        for each in behind:
            each.transcript.update(
                next(answers),
                before_ms=samples_to_ms(each.source.samples) - self._settings.settle_ms,
                samples=each.source.samples,
                finished=each.source.finished,
            )

    def _begun(self, source: CascadeSource, pair: Pair, expected: str, context: str) -> Any:
        """The transcriber's state of a writer. expected: words that it may hear, as if it had just
        written them."""
        return self._hearing.init_target(
            source.heard, pair.source, pair.target, f"{expected} {context}".strip()
        )

    def _write(
        self, steps: Sequence[DecodeStep[AnyTarget]]
    ) -> dict[int, list[tuple[Job, Written]]]:
        """One pass of each student over all sentences that are not done, by the step's place."""
        found: dict[int, list[tuple[Job, Written]]] = {}
        by_student: dict[int, list[Job]] = {}
        for place, step in enumerate(steps):
            if isinstance(step.state, CascadeTarget):
                found[place] = []
                jobs = self._jobs(place, step, step.state) if step.ask.words > 0 else []
                by_student.setdefault(id(step.state.student), []).extend(jobs)
        for jobs in by_student.values():
            for job, written in zip(jobs, _run(jobs, steps, self._settings.beams), strict=True):
                found[job.place].append((job, written))
        return found

    def _jobs(self, place: int, step: DecodeStep[AnyTarget], state: CascadeTarget) -> list[Job]:
        """The sentences to write on, with what was accepted of each."""
        transcript = state.transcript
        done, accepted = _accepted(state, step.accepted)
        stands = transcript.settled
        if step.ask.before_ms is not None:
            early = [(w.attended_ms or 0) < step.ask.before_ms for w in transcript.words[:stands]]
            stands = early.index(False) if False in early else stands
        jobs = []
        for number, sentence in enumerate(transcript.sentences(self._settings.longest_sentence)):
            if number < done or sentence.first >= stands:
                continue
            until = stands - sentence.first
            if sentence.complete and sentence.last <= stands:
                until = 1 + sentence.last - sentence.first  # its end may be attended to as well
            words = tuple(transcript.text(sentence))
            writer = state.writers.get(number) or state.student.init_state()
            jobs.append(
                Job(
                    place,
                    number,
                    sentence,
                    words,
                    state.student,
                    writer,
                    accepted.get(number, 0),
                    until_term(step.glossary, words, until) if not sentence.complete else until,
                    step.glossary,
                )
            )
        return jobs

    def _commit(
        self,
        step: DecodeStep[AnyTarget],
        state: CascadeTarget,
        written: Done,
    ) -> Hypothesis:
        """Keep what came of a step, and tell it as words of the segment."""
        if step.ask.words <= 0:
            state.carried += step.accepted
            return Hypothesis()
        state.done, _ = _accepted(state, step.accepted)
        state.carried = 0
        words: list[Word] = []
        parts: list[Part] = []
        writers: dict[int, WriterState] = {}
        going = True
        for job, one in written:
            writers[job.number] = one.state
            if not going:
                continue
            taken = [w for w in one.found.words if w.reads < job.until]
            taken = taken[: step.ask.words - len(words)]
            whole = len(taken) == len(one.found.words)
            going = whole and one.found.ended and job.sentence.complete
            parts.append(Part(job.number, len(taken), going))
            for word in taken:
                at_ms = attended_ms(state.transcript.words, job.sentence, word.reads)
                words.append(Word(word.text, word.probability, at_ms))
        state.writers, state.parts = writers, tuple(parts)
        return Hypothesis(tuple(words), going and state.transcript.finished)


def _joined(source: CascadeSource, pair: Pair) -> Transcript:
    """The segment's transcript, with one reader more; a new one where that has begun."""
    found = source.transcripts.get(pair.target)
    if found and not found.begun:
        found.readers += 1
        return found
    source.transcripts[pair.target] = Transcript(pair)
    return source.transcripts[pair.target]


def _run(jobs: Sequence[Job], steps: Sequence[DecodeStep[AnyTarget]], beams: int) -> list[Written]:
    """Read and write sentences that one student serves; what has not changed is not read again.

    beams: of the student, at most.
    """
    if not jobs:
        return []
    student = jobs[0].student
    readings = [job.state.reading for job in jobs]
    changed = [
        i
        for i, (job, old) in enumerate(zip(jobs, readings, strict=True))
        if old is None or old.words != job.words
    ]
    for i, reading in zip(changed, student.read([jobs[i].words for i in changed]), strict=True):
        readings[i] = reading
    return student.write(
        [
            WriteStep(
                job.state,
                reading,
                job.accepted,
                steps[job.place].ask.words,
                job.until,
                student.preference(reading, job.glossary),
                min(beams, steps[job.place].ask.beams),
            )
            for job, reading in zip(jobs, readings, strict=True)
            if reading is not None
        ]
    )


def _accepted(state: CascadeTarget, count: int) -> tuple[int, dict[int, int]]:
    """Sentences done, and words accepted of the others, when `count` words of the last hypothesis
    are."""
    done, accepted, count = state.done, {}, count + state.carried
    for part in state.parts:
        taken = min(count, part.words)
        count -= taken
        if taken == part.words and part.ended and part.number == done:
            done += 1
        elif taken:
            accepted[part.number] = taken
    return done, accepted


def _told(step: DecodeStep[AnyTarget], state: TranscriptTarget) -> Hypothesis:
    """The words that stand and were not written yet."""
    state.written += step.accepted
    if step.ask.words <= 0:
        return Hypothesis()
    transcript = state.transcript
    words = tuple(transcript.words[state.written : transcript.settled])
    whole = transcript.finished and len(words) <= step.ask.words
    return Hypothesis(words[: step.ask.words], whole)
