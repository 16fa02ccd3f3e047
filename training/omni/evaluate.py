"""How well a model hears, reads and translates: held-out entries, offline and at wait-k."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import jiwer
import sacrebleu
from torch import Tensor
from whisper.normalizers import BasicTextNormalizer

from interp.core.audio import Samples
from interp.core.latency import Timeline, length_adaptive_average_lagging
from interp.models.omni.duplex import Written, begins_of, follow, opening, wait_k
from interp.models.omni.generate import Manner, answer
from interp.models.omni.prompts import Prompt, Task, heard_prompt, written_prompt
from interp.models.omni.release import Omni
from interp.models.omni.tokens import Vocabulary
from training.omni.corpus import Corpus
from training.omni.judges import Judge
from training.omni.rows import Sample
from training.omni.schedule import FRAME_MS


@dataclass(frozen=True, slots=True)
class Score:
    """name: of the task, with its k where it is simultaneous. metric, value: word errors in percent
    (`wer`) or BLEU. lag_ms: mean LAAL, 0 offline. entries: how many were measured."""

    name: str
    metric: str
    value: float
    lag_ms: float
    entries: int


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
    metric, value = judged(task, wanted, found)
    return Score(task.value, metric, value, 0.0, len(numbers))


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
    metric, value = judged(task, wanted, found)
    lag_ms = sum(lags) / len(lags) if lags else 0.0
    return Score(f"{task.value} wait-{k}", metric, value, lag_ms, len(numbers))


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
    return Score(f"{task.value} aloud", "wer", word_errors(wanted, found), 0.0, len(numbers))


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


def word_errors(wanted: Sequence[str], found: Sequence[str]) -> float:
    """In percent of the words wanted, whatever their case and marks."""
    normalise = BasicTextNormalizer()
    pairs = [
        (normalise(a).strip(), normalise(b).strip()) for a, b in zip(wanted, found, strict=True)
    ]
    return 100 * float(jiwer.wer([a for a, _ in pairs], [b for _, b in pairs]))


def judged(task: Task, wanted: Sequence[str], found: Sequence[str]) -> tuple[str, float]:
    """Name and value: word errors in percent of recognition, BLEU of the other tasks."""
    if task is Task.ASR:
        return "wer", word_errors(wanted, found)
    return "bleu", sacrebleu.corpus_bleu(list(found), [list(wanted)]).score
