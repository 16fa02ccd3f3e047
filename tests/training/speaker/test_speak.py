"""The speaking task's rows, and that a voice learns from them and is then understood."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from interp.models.omni.settings import Sampling
from interp.models.snac import SnacConfig, build_snac, write_weights
from interp.models.voice.front import SpelledFront
from interp.models.voice.network import load_speaker
from interp.models.voice.pronouncer import Pronouncer, save_pronouncer
from interp.models.voice.settings import SpeakerSettings
from interp.models.voice.speaker import Speaker
from tests.training.speaker.made_up import CODES, SYMBOLS, code_of, corpus
from training.run import RunConfig, resume, save, train
from training.speaker.config import DataConfig, ModelConfig, SpeakerRun
from training.speaker.speak import SpeakConfig, SpeakTask
from training.speaker.train import Trainer, looks
from training.speaker.watch import Watch

MODEL = ModelConfig(
    layers=2,
    dim=48,
    heads=2,
    groups=1,
    head_dim=16,
    hidden=64,
    window=16,
    adapter_dim=64,
    code_rank=16,
    chain_dim=32,
    behind=1,
    ahead=3,
    symbol_dim=8,
    codes=CODES,
)
SPEAK = SpeakConfig(rows=4, frames=48, untold=0.0)


def task(speak: SpeakConfig = SPEAK) -> SpeakTask:
    part = corpus(20)
    return SpeakTask(part, speak, MODEL.speaker(part), torch.device("cpu"))


def trainer(tmp_path: Path, steps: int = 10, dropout: float = 0.1) -> Trainer:
    codec = tmp_path / "codec"
    if not codec.exists():
        torch.manual_seed(0)
        small = SnacConfig(encoder_dim=2, decoder_dim=16, codebook_size=CODES)
        write_weights(build_snac(small), small, codec, torch.float32)
    run = RunConfig(
        folder=tmp_path / "run", steps=steps, warmup_steps=5, learning_rate=5e-3, threads=1,
        average=0.9,
    )  # fmt: skip
    data = DataConfig(tmp_path, codec, reader=tmp_path / "p.safetensors", held_out=4)
    return Trainer(SpeakerRun(run, data, replace(MODEL, dropout=dropout), speak=SPEAK), corpus(40))


def test_codes_belong_to_the_symbol_under_the_pointer() -> None:
    part = task()
    batch = part.batch(np.random.default_rng(0))
    pad = part.sizes.pad
    present = batch.cue.windows[..., MODEL.behind]
    symbols = torch.where(present == pad, -1, present)
    assert torch.equal(batch.codes[..., 0], (symbols + 1) * 16)
    assert torch.equal(batch.sounding, present != pad)


def test_the_pointer_moves_by_the_advance_and_the_window_with_it() -> None:
    part = task(SpeakConfig(rows=3, frames=40, leads=(-1,), early=1.0, untold=0.0))
    batch = part.batch(np.random.default_rng(1))
    unseen = part.sizes.unseen
    for row in range(3):
        for frame in range(39):
            move = int(batch.cue.advance[row, frame])
            ahead = int(batch.cue.windows[row, frame, MODEL.behind + move])
            assert ahead == int(batch.cue.windows[row, frame + 1, MODEL.behind])
            assert ahead != unseen


def test_a_row_is_spoken_by_one_voice() -> None:
    part = corpus(20)
    spoken = tuple(
        replace(each, voice=number % 2, pace=1.0 + number % 2)
        for number, each in enumerate(part.utterances)
    )
    part = replace(part, utterances=spoken, voices=("anna", "bruno"))
    batch = SpeakTask(part, SPEAK, MODEL.speaker(part), torch.device("cpu")).batch(
        np.random.default_rng(0)
    )
    assert torch.equal(batch.cue.pace, 1.0 + batch.cue.voice)
    assert set(batch.cue.voice.flatten().tolist()) == {0, 1}


def test_voices_begin_as_the_one_they_start_from(tmp_path: Path) -> None:
    trainer(tmp_path).export(tmp_path)
    run = trainer(tmp_path).config
    data = replace(run.data, start=tmp_path / "speaker.safetensors")
    shared = Trainer(replace(run, data=data), corpus(40, voices=("anna",)))
    start = load_speaker(data.start).state_dict() if data.start else {}
    found = shared.model.state_dict()
    assert not found.pop("voice.weight").any()
    assert all(torch.equal(found[name], start[name]) for name in found)


def test_what_is_fixed_stays_and_the_rest_learns(tmp_path: Path) -> None:
    config = replace(trainer(tmp_path).config, fixed=("lm.transformer.h.", "lm.cue_adapter."))
    some = Trainer(config, corpus(40))
    before = {name: value.clone() for name, value in some.model.state_dict().items()}
    some.train_step()
    moved = {n for n, value in some.model.state_dict().items() if not torch.equal(value, before[n])}
    assert not any(name.startswith(config.fixed) for name in moved)
    assert {"lm.codes.weight", "symbol.weight", "lm.transformer.ln_f.weight"} <= moved


def test_with_no_lead_only_the_word_that_sounds_is_known() -> None:
    part = task(SpeakConfig(rows=3, frames=40, leads=(0,), early=0.0, untold=0.0))
    batch = part.batch(np.random.default_rng(2))
    unseen = part.sizes.unseen
    for windows, advance in zip(
        batch.cue.windows.flatten(0, 1).tolist(), batch.cue.advance.flatten().tolist(), strict=True
    ):
        beyond = windows[MODEL.behind + advance + 1 :]
        word = beyond[: beyond.index(0)] if 0 in beyond else beyond
        assert 0 not in beyond
        assert word == sorted(word, key=lambda symbol: symbol == unseen)


def test_the_codes_told_are_those_of_the_frame_before() -> None:
    part = task(SpeakConfig(rows=2, frames=30, noise=0.0, untold=0.0))
    batch = part.batch(np.random.default_rng(3))
    assert torch.equal(batch.told[:, 1:], batch.codes[:, :-1])
    assert bool((batch.told[:, 0] == CODES + 1).all())


def test_a_row_without_its_text_is_spoken_all_the_same() -> None:
    part = task(SpeakConfig(rows=3, frames=30, untold=1.0))
    batch = part.batch(np.random.default_rng(0))
    assert (batch.cue.windows == part.sizes.unseen).all()
    assert not batch.sounding.any()
    assert bool((batch.codes[:, 1:] != batch.codes[:, :-1]).any())


def test_the_same_generator_state_draws_the_same_batch() -> None:
    first, second = (task().batch(np.random.default_rng(7)) for _ in range(2))
    assert torch.equal(first.told, second.told)
    assert torch.equal(first.cue.windows, second.cue.windows)


def test_a_stopped_run_goes_on_bit_by_bit_as_one_that_was_not(tmp_path: Path) -> None:
    whole = trainer(tmp_path)
    for _ in range(6):
        whole.train_step()
    first = trainer(tmp_path)
    for _ in range(3):
        first.train_step()
    save(first.config.run.folder, first)
    second = trainer(tmp_path)
    assert resume(second.config.run.folder, second)
    for _ in range(3):
        second.train_step()
    for a, b in zip(whole.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(a, b)
    for a, b in zip(whole.averaged().parameters(), second.averaged().parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_run_logs_saves_and_lets_itself_be_heard(tmp_path: Path) -> None:
    run = trainer(tmp_path, steps=2)
    run.config = replace(run.config, run=replace(run.config.run, evaluate_every=2))
    save_pronouncer(tmp_path / "p.safetensors", Pronouncer(SYMBOLS, width=8))
    data = run.config.data
    watch = Watch(data.reader, data.codec, ["bad cafe."], lambda speech, texts: 0.5)
    train(run.config.run, run, looks(run, watch))
    voice = load_speaker(tmp_path / "run" / "speaker.safetensors")
    for name, tensor in run.averaged().state_dict().items():
        assert torch.equal(voice.state_dict()[name], tensor.half().float())
    assert (tmp_path / "run" / "last.pt").exists()
    events = EventAccumulator(str(tmp_path / "run" / "events")).Reload()
    assert events.Tags()["audio"] == ["lead_1000/0", "lead_2/0"]
    assert "held_out/speak/codes" in events.Tags()["scalars"]
    assert events.Scalars("lead_2/word_error_rate")[0].value == 0.5


def test_a_fresh_folder_is_not_resumed(tmp_path: Path) -> None:
    assert not resume(tmp_path, trainer(tmp_path))


def test_codes_and_advances_are_learnt_and_spoken(tmp_path: Path) -> None:
    run = trainer(tmp_path, steps=60, dropout=0.0)
    before = run.evaluate()
    for _ in range(60):
        run.train_step()
    after = run.evaluate()
    assert after["speak/codes"] < 0.1 * before["speak/codes"]
    assert after["speak/advance"] < 1.3  # three moves by chance: 1.1 at best
    known = Pronouncer(SYMBOLS, width=8, exceptions={"bad": "bad", "cafe": "cafe"})
    front = SpelledFront("en", known)
    speaker = Speaker(run.averaged().eval(), front, SpeakerSettings(codes=Sampling()))
    state = speaker.init_state(1)
    speaker.push(state, 0, ["bad", "cafe."])
    heard = []
    while frames := speaker.step(state, [0]):
        heard += [frame.codes for frame in frames]
    spoken = [codes for codes in heard if codes != tuple(code_of(-1))]
    letters = {tuple(code_of(SYMBOLS.index(letter))) for letter in " .abcdef"}
    assert sum(codes in letters for codes in spoken) > 0.7 * len(spoken)
