"""The recipe from nothing to an answer, tiny: every stage, every step of the command."""

import asyncio
import json
import math
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import soxr
import torch
from numpy.typing import NDArray
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter

from interp import app
from interp.core.audio import Samples
from interp.core.settings import read_settings
from interp.models.omni.duplex import begins_of, follow, opening, wait_k
from interp.models.omni.hearing import MelHearer
from interp.models.omni.prompts import Task
from interp.models.omni.release import Omni, load_omni
from interp.models.settings import ModelSettings
from interp.models.snac import build_snac, write_weights
from tests.fakes.host_replica import HostReplica
from tests.fakes.voice import LoudestSample
from tests.models.voice.tiny import CODEC
from tests.serve.translated import translated
from training.__main__ import main
from training.data.synthesise import LEVEL, speak
from training.data.tones import write_tones
from training.data.tones_engine import Tones
from training.omni.config import OmniRun, TaskConfig
from training.omni.corpus import Corpus
from training.omni.evaluate import aloud, simultaneous
from training.omni.freeze import Part, parts
from training.omni.learner import OmniLearner
from training.omni.prepare import Preparing, prepare
from training.omni.stages import answered, looks, read_stages, train_stage
from training.run import resume, save
from training.speaker.recite import snac_decoder

CONFIGS = Path(__file__).parents[3] / "training" / "configs"
TINY = sorted((CONFIGS / "omni_tiny").glob("*.toml"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tones, prepared where the tiny configs look for them."""
    home = tmp_path_factory.mktemp("recipe")
    runs = home / "runs" / "omni_tiny"
    torch.manual_seed(0)
    write_weights(build_snac(CODEC), CODEC, runs / "codec", torch.float32)
    tones = write_tones(runs / "tones", 160)
    prepare(Preparing(tones, runs / "data", "mel", runs / "codec", 60, paused=0.5))
    return home


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(home)
    threads = torch.get_num_threads()
    yield home
    torch.set_num_threads(threads)


def short(config: OmniRun, folder: str, steps: int = 3) -> OmniRun:
    run = replace(config.run, steps=steps, folder=Path(folder), evaluate_every=steps)
    return replace(config, run=run, stage=replace(config.stage, start=None))


def test_every_shipped_stage_is_read() -> None:
    assert [path.stem[0] for path in TINY] == ["0", "1", "2", "3", "4"]
    others = [
        sorted((CONFIGS / name).glob("*.toml")) for name in ("omni", "omni_small", "omni_general")
    ]
    assert [len(paths) for paths in others] == [5, 6, 1]
    for path in [*TINY, *chain(*others)]:
        config = read_settings(path, OmniRun)
        start = tomllib.loads(path.read_text())["stage"].get("start")
        assert (start is None) == path.stem.startswith("0")
        assert config.tasks
    third = read_settings(TINY[3], OmniRun)
    assert [each.task for each in third.tasks] == list(Task)


def test_all_ten_tasks_are_learnt_in_one_step_together(at_home: Path) -> None:
    config = short(read_stages(TINY)[3], "together", steps=30)
    learner = OmniLearner(config, Corpus(config.data.folder))
    drawn = [lesson.task for lesson in learner.lessons]
    assert drawn == list(Task)
    before = learner.evaluate()
    for _ in range(30):
        learner.train_step()
    after = learner.evaluate()
    assert set(before) == {
        *(f"{task}/text" for task in Task if task.writes),
        *(f"{task}/audio" for task in Task if task.speaks),
    }
    assert all(after[name] < before[name] for name in before)


@pytest.mark.parametrize("number", range(5))
def test_what_is_frozen_stays_as_it_is_and_what_learns_moves(at_home: Path, number: int) -> None:
    config = short(read_stages(TINY)[number], f"frozen{number}")
    learner = OmniLearner(config, Corpus(config.data.folder))
    before = [(part, tensor.clone()) for part, tensor in parts(learner.model)]
    for _ in range(3):
        learner.train_step()
    moved = dict.fromkeys(Part, False)
    for (part, old), (_, new), (_, mean) in zip(
        before, parts(learner.model), parts(learner.averaged()), strict=True
    ):
        if part in config.stage.learn:
            moved[part] |= not torch.equal(old, new)
        else:
            assert torch.equal(old, new)
            assert torch.equal(old, mean)
    spoken = any(Task(each.task).speaks for each in config.tasks)
    heard = any(Task(each.task).hears for each in config.tasks)
    can_move = {Part.AUDIO: spoken, Part.ADAPTERS: heard}
    for part in Part:
        assert moved[part] or part not in config.stage.learn or not can_move.get(part, True)


def spelling(stage: OmniRun, folder: str, learn: tuple[str, ...], *tasks: TaskConfig) -> OmniRun:
    """A stage of few steps whose model spells."""
    config = replace(short(stage, folder), tasks=tasks, model=replace(stage.model, spells=True))
    return replace(config, stage=replace(config.stage, learn=learn))


def test_the_adapter_learns_to_spell_and_nothing_else_moves(at_home: Path) -> None:
    config = spelling(read_stages(TINY)[1], "spelling", ("adapters",), TaskConfig("asr", ctc=True))
    learner = OmniLearner(config, Corpus(config.data.folder))
    before, old = learner.evaluate(), [(p, t.clone()) for p, t in parts(learner.model)]
    for _ in range(60):
        learner.train_step()
    after = learner.evaluate()
    assert after.keys() == {"asr_ctc"}
    assert after["asr_ctc"] < 0.7 * before["asr_ctc"]
    for (part, one), (_, other) in zip(old, parts(learner.model), strict=True):
        assert part is Part.ADAPTERS or torch.equal(one, other)
    (score,) = (s for s in answered(learner))
    assert (score.name, score.metric) == ("asr frames", "wer")


def test_text_stands_in_for_speech_where_none_was_recorded(at_home: Path) -> None:
    tasks = [TaskConfig("s2tt", spelt=True, duplex=live) for live in (False, True)]
    config = spelling(read_stages(TINY)[0], "spelt", ("text", "trunk"), *tasks)
    corpus = Corpus(config.data.folder)
    corpus.entries = [
        replace(entry, source_audio="", source_word_ends_ms=()) for entry in corpus.entries
    ]
    learner = OmniLearner(config, corpus)
    before = learner.evaluate()
    assert before.keys() == {"s2tt_spelt/text", "s2tt_duplex_spelt/text"}
    for _ in range(40):
        learner.train_step()
    after = learner.evaluate()
    assert all(after[name] < before[name] for name in before)
    assert not list(answered(learner)), "nobody says what cannot be heard"


def test_a_look_tells_errors_bleu_lag_and_what_a_judge_hears(at_home: Path) -> None:
    heard = []
    for number, codec in ((3, Path("runs/omni_tiny/codec")), (4, None)):
        config = short(read_stages(TINY)[number], f"looked{number}")
        data = replace(config.data, codec=codec, judge="tones" if codec else "", answered=2)
        learner = OmniLearner(replace(config, data=data), Corpus(data.folder))
        with SummaryWriter(f"board{number}") as board:
            looks(learner)(board)
        found = EventAccumulator(f"board{number}")
        found.Reload()
        heard.append({tag for tag in found.Tags()["scalars"] if tag.startswith("answered")})
    writes = {f"answered/{task}_bleu" for task in ("t2t", "a2t", "t2tt", "s2tt")}
    speaks = {f"answered/{task}_aloud_wer" for task in Task if task.speaks}
    assert heard[0] == {"answered/asr_wer", *writes, *speaks}
    waited = {
        f"answered/{task}_wait-{k}_{what}"
        for task, metric in (("s2tt", "bleu"), ("asr", "wer"))
        for k in (1, 4)
        for what in (metric, "laal_ms")
    }
    lagless = {name for name in waited if name.endswith("laal_ms")}  # of which nothing is written
    assert waited - lagless < heard[1]


def test_what_is_said_is_judged_by_what_is_heard(at_home: Path) -> None:
    config = short(read_stages(TINY)[3], "judged")
    corpus = Corpus(config.data.folder)
    learner = OmniLearner(config, corpus)
    model = Omni(learner.card, learner.averaged().eval(), corpus.tokens)
    with torch.no_grad():  # it speaks, whatever it says
        model.lm.chain.bias[:, model.lm.config.layout.codes :] = -99.0
    wanted = iter([corpus.entries[n].target_text for n in (0, 2)])
    numbers, decode = [0, 2], snac_decoder(Path("runs/omni_tiny/codec"))
    right = aloud(model, corpus, Task.S2ST, numbers, decode, lambda samples, tag: next(wanted))
    assert (right.name, right.value) == ("s2st aloud", 0.0)
    wrong = aloud(model, corpus, Task.S2ST, numbers, decode, lambda samples, tag: "")
    assert wrong.value == 100.0


def test_a_resumed_stage_is_the_same_to_the_bit(at_home: Path) -> None:
    config = short(read_stages(TINY)[3], "resumed", steps=6)
    config = replace(config, model=replace(config.model, dropout=0.1))
    straight, first, second = (OmniLearner(config, Corpus(config.data.folder)) for _ in range(3))
    torch.manual_seed(1)
    for _ in range(4):
        straight.train_step()
    torch.manual_seed(1)
    for _ in range(2):
        first.train_step()
    save(config.run.folder, first)
    torch.manual_seed(9)
    assert resume(config.run.folder, second)
    for _ in range(2):
        second.train_step()
    for a, b in zip(straight.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_stage_starts_from_the_one_before(at_home: Path) -> None:
    stages = read_stages(TINY)
    train_stage(short(stages[0], "first"))
    config = short(stages[1], "second")
    config = replace(config, stage=replace(config.stage, start=Path("first")))
    learner = OmniLearner(config, Corpus(config.data.folder))
    before = load_omni(Path("first"))
    for name, tensor in learner.model.state_dict().items():
        assert torch.equal(tensor, before.lm.state_dict()[name])


def test_a_task_that_no_entry_serves_is_refused(at_home: Path) -> None:
    config = short(read_stages(TINY)[2], "unserved")
    corpus = Corpus(config.data.folder)
    corpus.entries = [replace(entry, target_text="") for entry in corpus.entries]
    with pytest.raises(ValueError, match="serves t2t"):
        OmniLearner(config, corpus)


def of_few_steps(folder: Path, steps: int) -> list[str]:
    """The tiny stages, each of so many steps, as configs in `folder` of runs in runs/few."""
    for number, path in enumerate(TINY):
        text = re.sub("(?m)^steps = .*", f"steps = {steps}", path.read_text())
        text = re.sub("(?m)^warmup_steps = .*", f"warmup_steps = {steps // 10}", text)
        text = text.replace("omni_tiny/", "few/")
        text = text.replace("runs/few/data", "runs/omni_tiny/data")
        (folder / f"{number}.toml").write_text(text)
    return [f"{number}.toml" for number in range(len(TINY))]


def test_every_stage_from_nothing_teaches(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree("runs/few", ignore_errors=True)
    assert main(["train", *of_few_steps(at_home, 100)]) == 0
    shutil.rmtree("runs/few")
    told = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    read, heard, _, everything, live = (json.loads(line) for line in told)
    chance = math.log(60)
    assert read["t2tt/text"] < 0.7 * chance
    assert heard["asr/text"] < 0.6 * chance
    assert everything["asr/text"] < heard["asr/text"]
    assert everything["s2tt/text"] < 0.4 * chance
    assert live["s2tt_duplex/text"] < 0.4 * chance


def test_the_command_trains_asks_measures_and_releases(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *of_few_steps(at_home, 2)]) == 0
    last, data = "runs/few/4_simultaneous", "runs/omni_tiny/data"
    recording = "runs/omni_tiny/tones/00000.source.wav"
    capsys.readouterr()
    spoken = ["--task", "s2st", "--audio", recording, "--language", "pt", "--lanes", "2"]
    assert main(["infer", "--model", last, *spoken]) == 0
    assert main(["infer", "--model", last, "--task", "t2t", "--text", "one two"]) == 0
    assert main(["infer", "--model", last, "--task", "t2t"]) == 1
    assert "give a text" in capsys.readouterr().err
    assert main(["infer", "--model", last, *spoken[:4], "--language", "xx"]) == 1
    assert "xx is not among en, pt" in capsys.readouterr().err
    measured = ["--tasks", "asr,t2tt", "--k", "2", "--limit", "4"]
    assert main(["evaluate", "--model", last, "--data", data, *measured]) == 0
    scores = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["name"] for one in scores] == ["asr", "t2tt", "s2tt wait-2"]
    held = ["--unseen", data, "--real", data, "--codec", "runs/omni_tiny/codec", "--judge", "tones"]
    capsys.readouterr()
    assert main(["table", "--model", last, *held, "--k", "2", "--limit", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:34].strip() for line in lines] == [
        "hears, data",
        "text, data",
        "speech, data",
        "speech, data, wait-2",
        "says, data",
        "hears, people",
    ]
    assert "<= 35" in lines[-1]
    (at_home / "figures").write_text("\n".join(lines))
    released = ["--data", data, "--out", "released", "--figures", "figures"]
    assert main(["release", "--model", last, *released]) == 0
    card = (at_home / "released" / "README.md").read_text()
    assert "tones" in card
    assert lines[0] in card
    assert load_omni(Path("released")).card.languages == ("en", "pt")
    assert main(["ablate", "0.toml", "1.toml", "--out", "ablated"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["without"] for one in found] == ["", "0_text"]
    assert main(["ablate", "4.toml", "--out", "ablated_last"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["without"] for one in found] == ["", "told_k"]
    assert {"s2tt wait-1 bleu", "s2tt wait-4 bleu", "asr wait-1 wer"} <= set(found[0]["answered"])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_stages_from_nothing_hear_read_and_translate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runs = Path("runs/omni_tiny")
    torch.manual_seed(0)
    write_weights(build_snac(CODEC), CODEC, runs / "codec", torch.float32)
    tones = write_tones(runs / "tones", 400)
    prepare(Preparing(tones, runs / "data", "mel", runs / "codec", 60, paused=0.5))
    assert main(["train", *map(str, TINY)]) == 0
    learner = OmniLearner(read_stages(TINY)[3], Corpus(runs / "data"))
    assert resume(Path("runs/omni_tiny/3_multimodal"), learner)
    assert np.mean([v for name, v in learner.evaluate().items() if "text" in name]) < 0.5
    model, corpus = load_omni(runs / "4_simultaneous"), Corpus(runs / "data")
    numbers = corpus.able(Task.S2TT, range(64))
    found = [simultaneous(model, corpus, Task.S2TT, numbers, k, 3) for k in (1, 2, 4)]
    assert all(score.value > 50 for score in found), found
    assert found[0].lag_ms < found[1].lag_ms < found[2].lag_ms
    texts = ("one three two", "four five one two", "two two three", "six eight seven one")
    same = [
        asyncio.run(served(runs / "4_simultaneous", words, f"waitk:k={k},unit_ms=256")).strip()
        == followed(model, words, k)
        for words in texts
        for k in (1, 2)
    ]
    assert sum(same) >= 6, same  # where so small a model is unsure, a frame decides


def followed(model: Omni, words: str, k: int) -> str:
    """What evaluation writes of the same tones under wait-k."""
    layout, tokens = model.lm.config.layout, model.tokens
    speech = soxr.resample(speak(Tones(), words, LEVEL).samples, 24_000, 16_000)
    source = torch.from_numpy(MelHearer().hear(speech))
    told = opening(layout, model.card.language("pt"), k)
    begins = begins_of(layout, tokens.begins_word, tokens.count)
    written = follow(model.lm, source, begins, told, wait_k(k, 3))
    return tokens.decode([one.token for one in written]).strip()


class SoftSounds(LoudestSample):
    """Hears speech in what is as soft as tones are."""

    def step(self, audio: Samples, state: int) -> tuple[NDArray[np.float32], int]:
        return super().step(np.minimum(50 * np.abs(audio), 1.0), state)


async def served(folder: Path, words: str, policy: str) -> str:
    """What a server with this model writes of tones, over gRPC."""
    translator = app.translator(ModelSettings(str(folder)))
    replica = HostReplica("omni", translator=translator, detector=SoftSounds())
    speech = speak(Tones(), words, LEVEL).samples
    samples = soxr.resample(np.append(speech, np.zeros(24_000)), 24_000, 16_000)
    return await translated(replica, samples, policy)
