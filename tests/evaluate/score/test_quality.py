import random
from collections.abc import Sequence
from pathlib import Path

import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from interp.evaluate.score.quality import Comet, MissingModel, bleu, chrf, judged
from tests.fakes.runs import VOCABULARY


def corpus(seed: int, sentences: int) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    references = [" ".join(rng.choices(VOCABULARY, k=rng.randint(1, 12))) for _ in range(sentences)]
    hypotheses = [
        " ".join(w for w in reference.split() if rng.random() < 0.8) for reference in references
    ]
    return hypotheses, references


@pytest.mark.parametrize("sentences", [1, 2, 30])
def test_sums_of_statistics_give_sacrebleus_own_scores(sentences: int) -> None:
    for seed in range(30):
        hypotheses, references = corpus(seed, sentences)
        expected = sacrebleu.corpus_bleu(hypotheses, [references]).score
        assert bleu(hypotheses, references).value == pytest.approx(expected, abs=1e-9)
        expected = sacrebleu.corpus_chrf(hypotheses, [references]).score
        assert chrf(hypotheses, references).value == pytest.approx(expected, abs=1e-9)


def test_nothing_right_scores_zero() -> None:
    assert bleu(["x y z", ""], ["a b c", "d"]).value == 0
    assert chrf(["", ""], ["a b c", "d"]).value == 0


def test_the_signature_names_tokenizer_and_version() -> None:
    quality = bleu(["猫が座った"], ["猫が座った"], "char")
    assert quality.value == pytest.approx(100)
    assert quality.signature == (
        f"nrefs:1|case:mixed|eff:no|tok:char|smooth:exp|version:{sacrebleu.__version__}"
    )


def test_a_hypothesis_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="1 hypotheses for 2 references"):
        bleu(["a"], ["a", "b"])


class LengthJudge:
    name = "length"

    def score(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        return [float(len(hypothesis)) for hypothesis in hypotheses]


def test_a_learned_metric_is_the_mean_of_its_sentence_scores() -> None:
    assert judged(LengthJudge(), ["s", "s"], ["ab", "abcd"], ["r", "r"]).value == 3


def test_comet_without_weights_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="no COMET checkpoint at"):
        Comet(tmp_path / "model.ckpt")


SENTENCES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(VOCABULARY), max_size=8).map(" ".join),
        st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8).map(" ".join),
    ),
    min_size=1,
    max_size=6,
)


@given(SENTENCES, st.integers(0, 99))
def test_a_resampled_corpus_scores_as_one_made_of_those_sentences(
    sentences: list[tuple[str, str]], seed: int
) -> None:
    drawn = random.Random(seed).choices(range(len(sentences)), k=len(sentences))
    hypotheses, references = map(list, zip(*sentences, strict=True))
    again = [hypotheses[i] for i in drawn], [references[i] for i in drawn]
    for metric in (bleu, chrf):
        whole = metric(hypotheses, references)
        sums = whole.statistics[drawn].sum(axis=0, keepdims=True)
        assert float(whole.figure(sums)[0]) == pytest.approx(metric(*again).value)


@given(SENTENCES)
def test_a_perfect_translation_has_everything(sentences: list[tuple[str, str]]) -> None:
    references = [reference for _, reference in sentences]
    assert chrf(references, references).value == pytest.approx(100)
    long = [f"{reference} and so on to the end" for reference in references]
    assert bleu(long, long).value == pytest.approx(100)


def test_chinese_needs_its_own_tokenizer() -> None:
    hypotheses, references = ["我喜欢吃苹果和香蕉"], ["我喜欢吃苹果和梨"]
    assert bleu(hypotheses, references, "zh").value > 50
    assert bleu(hypotheses, references).value == 0


def test_one_score_a_sentence_is_kept_for_resampling() -> None:
    found = judged(LengthJudge(), ["s"] * 3, ["a", "bb", "ccc"], ["r"] * 3)
    assert found.statistics.tolist() == [[1, 1], [2, 1], [3, 1]]
    assert found.name == found.signature == "length"


def test_comet_without_its_package_says_which(tmp_path: Path) -> None:
    (tmp_path / "model.ckpt").touch()
    with pytest.raises(MissingModel, match="unbabel-comet"):
        Comet(tmp_path / "model.ckpt")
