"""How well a model hears, reads and translates: held-out entries, offline and at wait-k."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import jiwer
import numpy as np
from torch import Tensor
from whisper.normalizers import BasicTextNormalizer

from interp.core.audio import Samples
from interp.core.latency import Timeline, length_adaptive_average_lagging
from interp.evaluate.score.bootstrap import Bootstrap, CorpusFigure, Floats
from interp.evaluate.score.quality import bleu
from interp.models.omni.duplex import Written, begins_of, follow, opening, wait_k
from interp.models.omni.generate import Manner, answer
from interp.models.omni.prompts import Prompt, Task, heard_prompt, written_prompt
from interp.models.omni.release import Omni
from interp.models.omni.tokens import Vocabulary
from training.omni.corpus import Corpus
from training.omni.judges import Judge
from training.omni.rows import Sample
from training.omni.schedule import FRAME_MS
from training.omni.spelling import read_off


@dataclass(frozen=True, slots=True)
class Score:
    """name: of the task, with its k where it is simultaneous. metric, value: word errors in percent
    (`wer`) or BLEU. entries: how many were measured; low, high: between which the value would be
    with others, at 95 %. lag_ms: mean LAAL, 0 offline."""

    name: str
    metric: str
    value: float
    entries: int
    low: float
    high: float
    lag_ms: float = 0.0


def offline(model: Omni, corpus: Corpus, task: Task, numbers: Sequence[int]) -> Score:
    """A task that writes, on whole sources: word errors of ASR, BLEU of the others."""
    wanted, found = [], []
    for number in numbers:
        sample = corpus.sample(task, number)
        prompt = prompt_of(model, sample)
        most = len(prompt.ids) + 2 * len(sample.told) + 20
        said = answer(model.lm, [prompt], sample.source, Manner(most_steps=most))
        wanted.append(corpus.tokens.decode(sample.told))
        found.append(corpus.tokens.decode(said.text))
    return judged(task.value, task, wanted, found)


def read_frames(model: Omni, corpus: Corpus, numbers: Sequence[int]) -> Score:
    """Word errors of what the frames spell by themselves, before the model reads them."""
    wanted, found = [], []
    for number in numbers:
        sample = corpus.sample(Task.ASR, number)
        assert sample.source is not None, "what is spelt is heard"
        wanted.append(corpus.tokens.decode(sample.told))
        found.append(corpus.tokens.decode(read_off(model.lm, sample.source)))
    return word_errors("asr frames", wanted, found)


def simultaneous(
    model: Omni, corpus: Corpus, task: Task, numbers: Sequence[int], k: int, unit_frames: int
) -> Score:
    """A task of the duplex layout under wait-k."""
    wanted, found, lags = [], [], []
    layout, tokens = model.lm.config.layout, corpus.tokens
    begins = begins_of(layout, tokens.begins_word, tokens.count)
    for number in numbers:
        sample = corpus.sample(task, number)
        assert sample.source is not None, "what is written while it is heard has a source"
        told = opening(layout, sample.language, k)
        written = follow(model.lm, sample.source, begins, told, wait_k(k, unit_frames))
        wanted.append(tokens.decode(sample.told))
        found.append(tokens.decode([one.token for one in written]))
        times_ms = list(word_times_ms(written, tokens, len(sample.source)))
        if times_ms:
            line = Timeline(times_ms, len(sample.source) * FRAME_MS, len(wanted[-1].split()))
            lags.append(length_adaptive_average_lagging(line))
    score = judged(f"{task.value} wait-{k}", task, wanted, found)
    return replace(score, lag_ms=sum(lags) / len(lags) if lags else 0.0)


def aloud(
    model: Omni,
    corpus: Corpus,
    task: Task,
    numbers: Sequence[int],
    decode: Callable[[Tensor], Samples],
    judge: Judge,
) -> Score:
    """A task that speaks: word errors of what a judge hears in what is said."""
    wanted, found = [], []
    for number in numbers:
        sample, entry = corpus.sample(task, number), corpus.entries[number]
        prompt = prompt_of(model, sample)
        assert sample.frames is not None, "what is said aloud has been said before"
        most = len(prompt.ids) + 2 * len(sample.frames) + 20
        said = answer(model.lm, [prompt], sample.source, Manner(most_steps=most))
        wanted.append(entry.target_text)
        found.append(judge(decode(said.frames), entry.target_language) if len(said.frames) else "")
    return word_errors(f"{task.value} aloud", wanted, found)


def word_times_ms(written: Sequence[Written], tokens: Vocabulary, heard: int) -> Iterator[float]:
    """Delay of each word: the source heard when its last token was written."""
    for number, one in enumerate(written):
        last = number + 1 == len(written)
        if last or tokens.begins_word(written[number + 1].token):
            yield min(one.frame + 1, heard) * FRAME_MS


def prompt_of(model: Omni, sample: Sample) -> Prompt:
    """What asks for a sample's answer."""
    layout = model.lm.config.layout
    if sample.source is not None:
        return heard_prompt(layout, sample.task, len(sample.source), sample.language)
    return written_prompt(layout, sample.task, sample.asked, sample.language)


def judged(name: str, task: Task, wanted: Sequence[str], found: Sequence[str]) -> Score:
    """Word errors in percent of recognition, whatever case and marks; BLEU of the other tasks."""
    if task is Task.ASR:
        return word_errors(name, wanted, found)
    quality = bleu(found, wanted)
    return _score(name, "bleu", quality.statistics, quality.figure)


def word_errors(name: str, wanted: Sequence[str], found: Sequence[str]) -> Score:
    """In percent of the words wanted, whatever their case and marks."""
    normalise = BasicTextNormalizer()
    counts = []
    for text, said in zip(wanted, found, strict=True):
        words = jiwer.process_words(normalise(text).strip(), normalise(said).strip())
        errors = words.substitutions + words.deletions + words.insertions
        counts.append((errors, words.hits + words.substitutions + words.deletions))
    return _score(name, "wer", np.array(counts, np.float64), _percent)


def _percent(sums: Floats) -> Floats:
    return 100 * sums[:, 0] / np.maximum(sums[:, 1], 1)


def _score(name: str, metric: str, statistics: Floats, figure: CorpusFigure) -> Score:
    drawn = Bootstrap.draw(len(statistics), np.random.default_rng(0))
    found = drawn.estimate(statistics, figure)
    return Score(name, metric, found.value, found.instances, found.low, found.high)
