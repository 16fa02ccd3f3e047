"""Made-up runs for the policy lab: instances with words, steps and speech, from a seed."""

import random

from interp.core.latency_elapsed import Step
from interp.evaluate.record.log import (
    Emission,
    EmissionLog,
    Instance,
    ReferenceSegment,
    RunConfig,
    SpeechEmission,
    TargetType,
)

CONFIG = RunConfig("fake", "waitk:k=3", "made up", "fr", "en", settings={"unit_ms": 640, "seed": 1})
TEXT = (
    "the a please enter your number followed by pound key that agent is already logged on . , "
    "Login incorrect I'm don't Café naïve re-enter"
)
VOCABULARY = TEXT.split()


def made_instance(rng: random.Random, index: int, *, accuracy: float = 0.7) -> Instance:
    """Words written at non-decreasing steps of 320 ms, each with compute; a few say nothing."""
    reference = rng.choices(VOCABULARY, k=rng.randint(1, 18))
    length = 320.0 * rng.randint(1, 20) + rng.randint(1, 300)
    steps, words = [], []
    left = [w if rng.random() < accuracy else rng.choice(VOCABULARY) for w in reference]
    left = [] if rng.random() < 0.05 else left + rng.choices(VOCABULARY, k=rng.randint(0, 3))
    delay = 0.0
    while delay < length:
        delay = min(delay + 320, length)
        steps.append(Step(delay, round(rng.uniform(0, 500), 3)))
        for _ in range(len(left) if delay >= length else min(len(left), rng.randint(0, 2))):
            elapsed = delay + steps[-1].compute_ms
            words.append(Emission(f" {left.pop(0)}", delay, elapsed, 0, len(steps) - 1))
    return Instance(
        index=index,
        source=f"clip-{index}.wav",
        source_length_ms=length,
        reference=" ".join(reference),
        source_text="la source",
        words=tuple(words),
        steps=tuple(steps),
        erased_words=rng.randint(0, 2),
    )


def made_run(seed: int, instances: int, *, accuracy: float = 0.7) -> EmissionLog:
    """A run of short instances with text only; the same seed gives the same references."""
    return EmissionLog(
        CONFIG,
        tuple(
            made_instance(random.Random(f"{seed} {index}"), index, accuracy=accuracy)
            for index in range(instances)
        ),
    )


def spoken(instance: Instance) -> Instance:
    """The same instance with each word spoken in a chunk of its own, 300 ms long."""
    return Instance(
        index=instance.index,
        source=instance.source,
        source_length_ms=instance.source_length_ms,
        reference=instance.reference,
        words=instance.words,
        speech=tuple(
            SpeechEmission(word.delay_ms, 300.0, word.text, word.elapsed_ms, word.step)
            for word in instance.words
        ),
        speech_path=f"speech-{instance.index}.wav",
        steps=instance.steps,
    )


def spoken_run(seed: int, instances: int) -> EmissionLog:
    """A run with target speech."""
    run = made_run(seed, instances)
    config = RunConfig("fake", "waitk:k=3", "made up", "fr", "en", TargetType.SPEECH)
    return EmissionLog(config, tuple(spoken(instance) for instance in run.instances))


def joined(run: EmissionLog, index: int = 0) -> Instance:
    """One long recording out of a run's instances, one after another, with their references."""
    start = 0.0
    words: list[Emission] = []
    steps: list[Step] = []
    segments: list[ReferenceSegment] = []
    for instance in run.instances:
        segments.append(
            ReferenceSegment(start, instance.source_length_ms, instance.reference or "")
        )
        for word in instance.words:
            assert word.elapsed_ms is not None, "made instances record elapsed"
            assert word.step is not None, "made instances record steps"
            words.append(
                Emission(
                    word.text,
                    start + word.delay_ms,
                    start + word.elapsed_ms,
                    instance.index,
                    len(steps) + word.step,
                )
            )
        steps += [Step(start + step.delay_ms, step.compute_ms) for step in instance.steps]
        start += instance.source_length_ms
    return Instance(
        index=index,
        source=f"talk-{index}.wav",
        source_length_ms=start,
        words=tuple(words),
        steps=tuple(steps),
        segments=tuple(segments),
    )
