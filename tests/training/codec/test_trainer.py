from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.utils.tensorboard import SummaryWriter

from interp.models.snac import Codec, SnacConfig
from tests.fakes.speech import write_hums
from training.codec.config import CodebookConfig, CodecConfig, DataConfig, RunConfig
from training.codec.discriminators import DiscriminatorConfig
from training.codec.export import export
from training.codec.train import looks
from training.codec.trainer import Trainer
from training.codec.watch import Watch
from training.run import rate_at, resume, save, train


@pytest.fixture
def config(tmp_path: Path) -> CodecConfig:
    write_hums(tmp_path / "speech", shards=2)
    return CodecConfig(
        run=RunConfig(
            tmp_path / "run", "codes", steps=8, warmup_steps=2, save_every=4, evaluate_every=4
        ),
        data=DataConfig(tmp_path / "speech", tmp_path / "speech", shards=2, batch=2),
        model=SnacConfig(encoder_dim=2, decoder_dim=16, codebook_size=16, noise=False),
        codebook=CodebookConfig(open_steps=2, fill_vectors=16, revive_every=2, memory=16),
        discriminators=DiscriminatorConfig((2,), (256,), channels=2, layers=2),
    )


def weights(trainer: Trainer, part: str = "") -> dict[str, torch.Tensor]:
    state = trainer.model.state_dict()
    return {name: value.clone() for name, value in state.items() if name.startswith(part)}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, other[name]) for name, value in one.items())


def sound(config: CodecConfig, *, adversarial: bool = False) -> CodecConfig:
    """The same from nothing, in the phase that teaches the decoder."""
    return replace(config, run=replace(config.run, phase="sound", adversarial=adversarial))


@pytest.mark.parametrize("kind", ["codes", "sound", "adversarial"])
def test_a_resumed_run_is_the_same_to_the_bit(config: CodecConfig, kind: str) -> None:
    if kind != "codes":
        config = sound(config, adversarial=kind == "adversarial")
    straight = Trainer(config)
    for _ in range(6):
        straight.train_step()
    first = Trainer(config)
    for _ in range(4):
        first.train_step()
    save(config.run.folder, first)
    second = Trainer(config)
    assert resume(config.run.folder, second)
    assert second.step == 4
    for _ in range(2):
        second.train_step()
    assert same(weights(straight), weights(second))


def test_codebooks_open_then_fill_and_learn(config: CodecConfig) -> None:
    trainer = Trainer(config)
    assert trainer.train_step()["loss/codebook"] == 0
    while not trainer.codebooks.state.filled:
        assert trainer.step < config.run.steps, "the codebooks were never filled"
        trainer.train_step()
    before = weights(trainer, "quantizer")
    assert trainer.train_step()["loss/codebook"] > 0
    moved = [n for n, v in weights(trainer, "quantizer").items() if not torch.equal(v, before[n])]
    assert sum("codebook" in name for name in moved) == 3


def test_the_codes_learn_without_the_decoder(config: CodecConfig) -> None:
    trainer = Trainer(config)
    before = weights(trainer)
    for _ in range(5):
        trainer.train_step()
    moved = {n.split(".")[0] for n, v in weights(trainer).items() if not torch.equal(v, before[n])}
    assert moved == {"encoder", "quantizer"}


def test_the_sound_is_learned_from_frozen_codes(config: CodecConfig) -> None:
    first = Trainer(config)
    for _ in range(5):
        first.train_step()
    save(config.run.folder, first)
    start = str(config.run.folder / "weights")
    run = replace(config.run, folder=config.run.folder / "two", phase="sound", start=start)
    second = Trainer(replace(config, run=run))
    assert same(weights(first), weights(second))
    for _ in range(3):
        second.train_step()
    assert same(weights(first, "encoder"), weights(second, "encoder"))
    assert same(weights(first, "quantizer"), weights(second, "quantizer"))
    assert not same(weights(first, "decoder"), weights(second, "decoder"))


def test_discriminators_learn_and_ask_for_something(config: CodecConfig) -> None:
    trainer = Trainer(sound(config, adversarial=True))
    first = trainer.train_step()
    assert first["loss/adversarial"] > 0
    assert first["loss/feature"] > 0
    losses = [trainer.train_step()["loss/discriminator"] for _ in range(7)]
    assert losses[-1] < first["loss/discriminator"]


@pytest.mark.parametrize(
    ("phase", "name"), [("codes", "reading"), ("sound", "mel"), ("sound", "pitch")]
)
def test_the_loss_falls(config: CodecConfig, phase: str, name: str) -> None:
    run = replace(config.run, phase=phase, steps=40, learning_rate=3e-3)
    model = replace(config.model, voiced=name == "pitch")
    trainer = Trainer(replace(config, run=run, model=model))
    losses = [trainer.train_step()[f"loss/{name}"] for _ in range(24)]
    assert sum(losses[-4:]) < 0.9 * sum(losses[:4])


def test_an_unknown_phase_is_refused(config: CodecConfig) -> None:
    with pytest.raises(ValueError, match="codes or sound, not video"):
        Trainer(replace(config, run=replace(config.run, phase="video")))


def test_too_few_shards_are_refused(config: CodecConfig) -> None:
    with pytest.raises(ValueError, match="2 shards, 3 are asked for"):
        Trainer(replace(config, data=replace(config.data, shards=3)))


def test_the_rate_warms_up_and_falls_to_the_final_one() -> None:
    run = RunConfig(Path(), "codes", steps=100, warmup_steps=10, learning_rate=1.0, final_rate=0.1)
    rates = [rate_at(step, run) for step in range(120)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert rates[10:101] == sorted(rates[10:101], reverse=True)
    assert rates[100:] == pytest.approx([0.1] * 20)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_run_leaves_events_and_weights_that_the_service_reads(
    config: CodecConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = Trainer(config)
    watch = Watch(config.data.held_out, config.model)
    train(config.run, trainer, looks(trainer, watch))
    assert "step 8: held-out loss" in capsys.readouterr().out
    assert list((config.run.folder / "events").iterdir())
    size = export(config.run.folder, tmp_path / "shipped")
    assert size > 0
    codec = Codec.load(tmp_path / "shipped")
    assert codec.config == config.model
    assert (tmp_path / "shipped" / "README.md").exists()


def test_watching_counts_the_codes_in_use(config: CodecConfig) -> None:
    trainer = Trainer(config)
    with SummaryWriter(config.run.folder / "events") as board:
        watch = Watch(config.data.held_out, config.model)
        early = watch.look(trainer, board, listen=True)
        while not trainer.codebooks.state.filled:
            trainer.train_step()
        late = watch.look(trainer, board, listen=True)
    assert early.use == ()
    assert [0 < use.share <= 1 for use in late.use] == [True] * 3
    assert late.errors is None  # nobody listens
