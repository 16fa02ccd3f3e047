"""Aligned speech and its codes survive their files."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interp.core.audio import Samples
from tests.training.speaker.made_up import SYMBOLS, corpus
from training.data.shards import shard_index
from training.speaker.corpus import Corpus, read_corpus, write_corpus
from training.speaker.encode import coded, silent_codes, snac_encoder, taken
from training.speaker.shards import Aligned, read_shard, write_shard

CODEC = Path(__file__).parents[3] / "interp" / "data" / "voice-en" / "codec"


def speech(symbols: str, seed: int) -> Aligned:
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, 3000 * len(symbols))
    ends = tuple(3000 * (k + 1) for k in range(len(symbols)))
    return Aligned("text", noise.astype(np.float32), symbols, ends, 1.1)


def test_a_shard_is_read_as_it_was_written(tmp_path: Path) -> None:
    index = shard_index(tmp_path, 3)
    wanted = [speech("^ab$", 0), speech("^c d$", 1)]
    write_shard(index, wanted)
    for found, each in zip(read_shard(index), wanted, strict=True):
        assert np.abs(found.samples - each.samples).max() < 1e-4
        assert (found.symbols, found.ends, found.pace) == (each.symbols, each.ends, each.pace)


def test_every_symbol_needs_a_time() -> None:
    with pytest.raises(ValueError, match="times for"):
        Aligned("", np.zeros(9, np.float32), "abc", (1, 2), 1.0)


def test_a_corpus_is_read_as_it_was_written(tmp_path: Path) -> None:
    first, second = corpus(3, seed=1), corpus(2, seed=2)
    write_corpus(tmp_path / "00000.safetensors", first)
    write_corpus(tmp_path / "00001.safetensors", second)
    found = read_corpus(tmp_path)
    assert (found.symbols, found.codec, found.silence) == (tuple(SYMBOLS), "made-up", first.silence)
    wanted = first.utterances + second.utterances
    for one, each in zip(found.utterances, wanted, strict=True):
        assert np.array_equal(one.symbols, each.symbols)
        assert np.array_equal(one.at, each.at)
        assert np.array_equal(one.codes, each.codes)


def test_each_utterance_knows_its_voice(tmp_path: Path) -> None:
    for number, name in enumerate(("bruno", "anna", "bruno")):
        write_corpus(tmp_path / f"{number:05}.safetensors", corpus(2, number, (name,)))
    found = read_corpus(tmp_path)
    assert found.voices == ("anna", "bruno")
    assert [each.voice for each in found.utterances] == [1, 1, 0, 0, 1, 1]
    write_corpus(tmp_path / "00003.safetensors", corpus(1))
    with pytest.raises(ValueError, match="names the voice of some"):
        read_corpus(tmp_path)


def test_codes_of_two_codecs_are_not_mixed(tmp_path: Path) -> None:
    one = corpus(1)
    write_corpus(tmp_path / "00000.safetensors", one)
    other = Corpus(one.utterances, one.symbols, "another", one.silence)
    write_corpus(tmp_path / "00001.safetensors", other)
    with pytest.raises(ValueError, match="mixes codecs"):
        read_corpus(tmp_path)


def test_speech_is_coded_behind_a_silent_lead_that_is_left_out() -> None:
    def encode(samples: Samples) -> NDArray[np.int64]:
        loud = np.abs(samples.reshape(-1, 2048)).max(axis=1) > 0
        return np.repeat(loud[:, None].astype(np.int64), 7, axis=1)

    found = coded(speech("^ab$", 0), encode, SYMBOLS)
    assert found is not None
    assert len(found.codes) == len(found.at)
    assert found.codes[:, 0].tolist() == [1] * 6 + [0] * 3
    assert found.symbols.tolist() == [5, 6]
    assert coded(speech("^a\u0283$", 0), encode, SYMBOLS) is None
    assert silent_codes(encode) == (0,) * 7


def test_further_takes_of_an_utterance_have_other_codes() -> None:
    def encode(samples: Samples) -> NDArray[np.int64]:
        level = np.abs(samples.reshape(-1, 2048)).mean(axis=1)
        return np.repeat((level * 1e4).astype(np.int64)[:, None], 7, axis=1)

    rng = np.random.default_rng(0)
    found = list(taken(speech("^ab$", 0), encode, SYMBOLS, 3, rng))
    assert len({take.codes.tobytes() for take in found}) == len(found) == 3
    plain = coded(speech("^ab$", 0), encode, SYMBOLS)
    assert plain is not None
    assert np.array_equal(found[0].codes, plain.codes)


@pytest.mark.slow
def test_kernels_give_the_same_codes() -> None:
    wave = speech("^abcdef$", 0).samples
    plain, fast = (snac_encoder(CODEC, kernels=kernels)(wave) for kernels in (False, True))
    assert np.mean(plain == fast) > 0.99
