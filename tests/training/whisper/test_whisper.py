"""The taught decoder is Whisper's own, its lessons are prefixes, and its change is small."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.core.settings import read_settings
from interp.core.translator import EncodeStep
from interp.models.precision import Precision
from interp.models.store import FileContent, WeightsError
from interp.models.whisper.checkpoint import WhisperCheckpoint
from interp.models.whisper.decoder import Feed, WhisperDecoder
from interp.models.whisper.delta import with_delta
from interp.models.whisper.hearing import Hearing
from interp.models.whisper.settings import WhisperSettings
from tests.fakes.tiny_whisper import tiny_checkpoint
from training.data.manifest import Entry, write_manifest
from training.data.recording import write_recording
from training.run import RunConfig, resume, save
from training.whisper.config import LessonConfig, WhisperRun
from training.whisper.delta import DELTA, save_delta
from training.whisper.learner import WhisperLearner
from training.whisper.lessons import LessonMaker, Translated, read_lessons, write_lessons
from training.whisper.network import Heard, TaughtDecoder

SETTINGS = WhisperSettings(pad_ms=100, precision=Precision.FLOAT32, tokens_at_once=20)
TOKENS = [50258, 50259, 50358, 50363, 11, 22, 33]
CONFIGS = Path(__file__).parents[3] / "training" / "configs"


def noise(seconds: float, seed: int = 0) -> Samples:
    samples = np.random.default_rng(seed).normal(0, 0.1, int(SOURCE_RATE_HZ * seconds))
    return samples.astype(np.float32)


@pytest.fixture(scope="module")
def checkpoint() -> WhisperCheckpoint:
    return tiny_checkpoint(seed=4)


def taught(checkpoint: WhisperCheckpoint, rank: int = 2) -> TaughtDecoder:
    torch.manual_seed(0)
    return TaughtDecoder(checkpoint, Hearing(checkpoint, SETTINGS).tail, rank).eval()


def served(checkpoint: WhisperCheckpoint, seconds: float) -> torch.Tensor:
    """What the streaming decoder makes of TOKENS after so much noise, [token, dim]."""
    hearing, decoder = Hearing(checkpoint, SETTINGS), WhisperDecoder(checkpoint, Precision.FLOAT32)
    state = hearing.init_state()
    hearing.encode([EncodeStep(state, noise(seconds), finished=False)])
    feed = Feed([TOKENS], 0, decoder.init_cache(), state.cross.seen(state.positions), state.heard)
    return decoder.feed([feed])[0].hidden[0]


@torch.inference_mode()
def test_at_first_it_is_the_decoder_that_serves(checkpoint: WhisperCheckpoint) -> None:
    hearing = Hearing(checkpoint, SETTINGS)
    features = [
        hearing.encode([EncodeStep(hearing.init_state(), noise(seconds), finished=False)])[0]
        for seconds in (0.4, 1.1)
    ]
    padded = torch.nn.utils.rnn.pad_sequence(features, batch_first=True)
    heard = Heard(padded, torch.tensor([len(each) for each in features]))
    hidden = taught(checkpoint).hidden(torch.tensor([TOKENS, TOKENS]), heard)
    for row, seconds in enumerate((0.4, 1.1)):
        torch.testing.assert_close(hidden[row], served(checkpoint, seconds), atol=2e-3, rtol=1e-3)


@torch.inference_mode()
def test_a_saved_change_serves_as_it_was_taught(
    checkpoint: WhisperCheckpoint, tmp_path: Path
) -> None:
    net = taught(checkpoint)
    for change in net.changes.values():
        change.up.normal_(0, 0.1)
    save_delta(tmp_path / DELTA, net)
    hearing = Hearing(checkpoint, SETTINGS)
    (features,) = hearing.encode([EncodeStep(hearing.init_state(), noise(0.7), finished=False)])
    heard = Heard(features[None], torch.tensor([len(features)]))
    hidden = net.hidden(torch.tensor([TOKENS]), heard)[0]
    changed = served(with_delta(checkpoint, saved(tmp_path)), 0.7)
    torch.testing.assert_close(hidden, changed, atol=5e-3, rtol=5e-3)
    assert not torch.allclose(hidden, served(checkpoint, 0.7), atol=5e-2)


def saved(folder: Path) -> FileContent:
    return FileContent(DELTA, (folder / DELTA).read_bytes())


def test_a_change_of_another_model_is_refused(
    checkpoint: WhisperCheckpoint, tmp_path: Path
) -> None:
    save_delta(tmp_path / DELTA, taught(checkpoint))
    wider = {
        name: torch.zeros(2 * len(tensor), *tensor.shape[1:]) if "mlp.0" in name else tensor
        for name, tensor in checkpoint.state_dict.items()
    }
    none = {n: t for n, t in checkpoint.state_dict.items() if "blocks.1" not in n}
    with pytest.raises(WeightsError, match=r"blocks\.1\S+, which this model has not"):
        with_delta(WhisperCheckpoint(checkpoint.dims, none), saved(tmp_path))
    with pytest.raises(WeightsError, match="not a safetensors file"):
        with_delta(checkpoint, FileContent(DELTA, b"nothing"))
    with pytest.raises(WeightsError, match="another size"):
        with_delta(WhisperCheckpoint(checkpoint.dims, wider), saved(tmp_path))


def test_a_word_is_written_once_its_speech_was_heard() -> None:
    told = Translated(((1,), (2, 3), (4,)), (300, 900, 800))
    assert told.supported(299) == ()
    assert told.supported(300) == (1,)
    assert told.supported(850) == (1,)  # what comes later cannot be written before it
    assert told.supported(900) == (1, 2, 3, 4)


@pytest.fixture
def folder(checkpoint: WhisperCheckpoint, tmp_path: Path) -> Path:
    for number in range(8):
        samples = np.repeat(noise(0.5 + 0.1 * number, number), 2)[: 24_000 * 2]
        write_recording(tmp_path / f"{number}.wav", samples)
    entries = [Entry(f"{n}", "x", "", "fr", source_audio=f"{n}.wav") for n in range(8)]
    write_manifest(tmp_path / "manifest.jsonl", entries)
    config = LessonConfig(beams=1, cuts=2, least_probability=0.0)
    maker = LessonMaker(checkpoint, config, SETTINGS)
    assert write_lessons([tmp_path / "manifest.jsonl"], tmp_path / "lessons", maker) > 12
    return tmp_path / "lessons"


def test_prefixes_end_where_the_whole_goes_on(folder: Path, checkpoint: WhisperCheckpoint) -> None:
    lessons = read_lessons(folder)
    wholes = {one.recording: one.told for one in lessons if one.whole}
    assert len(wholes) * 3 == len(lessons)
    for one in lessons:
        whole = wholes[one.recording]
        assert one.told[-1] == whole[-1]
        assert one.told[:-1] == whole[: len(one.told) - 1]
    assert any(len(one.told) < len(wholes[one.recording]) for one in lessons)


def lost(learner: WhisperLearner) -> float:
    """Of the same lessons each time."""
    rng = np.random.default_rng(7)
    return float(np.mean([learner.measure(learner.model, rng).values["loss"] for _ in range(6)]))


def test_it_learns_and_goes_on_to_the_bit(
    folder: Path, checkpoint: WhisperCheckpoint, tmp_path: Path
) -> None:
    threads = torch.get_num_threads()
    tail = Hearing(checkpoint, SETTINGS).tail
    run = RunConfig(tmp_path / "run", steps=40, warmup_steps=1, learning_rate=3e-2, average=0.8)
    run = replace(run, threads=1)
    config = WhisperRun(run, folder, rank=4, rows=2, held_out=0.2)
    straight = WhisperLearner(config, checkpoint, tail)
    before = lost(straight)
    for _ in range(12):
        straight.train_step()
    assert lost(straight) < 0.95 * before
    assert set(straight.evaluate()) == {"cut", "whole"}
    first = WhisperLearner(config, checkpoint, tail)
    for _ in range(6):
        first.train_step()
    save(run.folder, first)
    second = WhisperLearner(config, checkpoint, tail)
    assert resume(run.folder, second)
    for _ in range(6):
        second.train_step()
    torch.set_num_threads(threads)
    for a, b in zip(straight.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(a, b)
    assert (run.folder / DELTA).stat().st_size < 10_000_000


def test_the_shipped_config_is_read_and_its_change_is_small() -> None:
    config = read_settings(CONFIGS / "whisper_base.toml", WhisperRun)
    base_dim, layers, half = 512, 6, 2
    factors = 6 * 2 * base_dim + 2 * (base_dim + 4 * base_dim)
    assert layers * factors * config.rank * half < 10_000_000
