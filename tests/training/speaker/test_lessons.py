"""What the teacher is asked, what the pronouncer learns, how tasks are drawn, what configs say."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from interp.core.settings import read_settings
from interp.models.voice.network import SpeakerNet
from interp.models.voice.pronouncer import Pronouncer
from tests.models.voice.tiny import SYMBOLS
from training.averaged import Measured
from training.run import RunConfig, rate_at
from training.speaker.alphabets import ALPHABETS
from training.speaker.config import SpeakerRun
from training.speaker.pronounce import loss_of, mistakes, pairs_in
from training.speaker.tasks import Mix
from training.speaker.teach import FASTEST, FRAGMENTS, OWN_PACE, SLOWEST, varied

CONFIGS = Path(__file__).parents[3] / "training" / "configs"


def test_some_texts_become_fragments_without_a_final_mark_and_some_change_pace() -> None:
    text, rng = "We will meet at the station, tomorrow at noon.", random.Random(0)
    asked = [varied(text, rng) for _ in range(2000)]
    fragments = [short for short, _ in asked if short != text]
    assert abs(len(fragments) / 2000 - FRAGMENTS) < 0.03
    assert all(short in text and short[-1].isalpha() for short in fragments)
    paces = [pace for _, pace in asked if pace != 1.0]
    assert abs(len(paces) / 2000 - (1 - OWN_PACE)) < 0.04
    assert SLOWEST <= min(paces) < 0.95 < 1.3 < max(paces) <= FASTEST


def test_words_meet_their_sounds_where_the_counts_agree() -> None:
    spell = ALPHABETS["piper-en"].spell
    assert pairs_in("A bad cab, eh?", "a bæd kæb, eə?", spell) == [
        ("a", "a"), ("bad", "bæd"), ("cab", "kæb"), ("eh", "eə"),
    ]  # fmt: skip
    assert pairs_in("on the cab", "ɔnðə kæb", spell) == []


def test_a_pronouncer_learns_its_lexicon_and_lists_what_it_gets_wrong() -> None:
    torch.manual_seed(0)
    entries = {"bad": ("bad", 5), "cab": ("cab", 5), "ace": ("ec", 5), "ebb": ("eb", 5)}
    model = Pronouncer(SYMBOLS, width=16)
    assert len(mistakes(model, entries)) == 4
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    model.train()
    for _ in range(60):
        loss = loss_of(model, list(entries), [sound for sound, _ in entries.values()])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert mistakes(model, entries) == {}
    assert mistakes(model, {"bad": ("cab", 1)}) == {"bad": "cab"}


class Named:
    """A task that does nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def measure(self, model: SpeakerNet, rng: np.random.Generator) -> Measured:
        """Nothing."""
        raise NotImplementedError


def test_tasks_are_drawn_by_their_weights() -> None:
    mix = Mix([Named("often"), Named("seldom")], [3.0, 1.0])
    rng = np.random.default_rng(0)
    drawn = [mix.draw(rng).name for _ in range(2000)]
    assert abs(drawn.count("often") / 2000 - 0.75) < 0.03
    with pytest.raises(ValueError, match="positive weight"):
        Mix([Named("never")], [0.0])


def test_the_rate_warms_up_and_falls_to_its_end() -> None:
    run = RunConfig(folder=Path(), steps=100, warmup_steps=10, learning_rate=1.0, final_rate=0.1)
    rates = [rate_at(step, run) for step in range(101)]
    assert rates[0] == 0.1
    assert max(rates) == rates[10] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0.1)


def test_the_shipped_configurations_are_read_and_follow_each_other() -> None:
    loaded = {p.stem: read_settings(p, SpeakerRun) for p in sorted(CONFIGS.glob("speaker*.toml"))}
    assert all([task.name for task in one.tasks] == ["speak"] for one in loaded.values())
    assert not loaded.pop("speaker").fixed
    tables, whole = loaded.pop("speaker_pt_tables"), loaded.pop("speaker_pt")
    assert whole.data.start == tables.run.folder / "speaker.safetensors"
    assert replace(whole.model, dropout=tables.model.dropout) == tables.model
    assert tables.fixed
    assert not whole.fixed
    more = loaded.pop("speaker_pt_more")
    assert more.data.start == more.data.reader.with_name("speaker.safetensors")
    assert more.data.start.is_file()
    assert replace(more.model, dropout=whole.model.dropout) == whole.model
    assert not loaded
