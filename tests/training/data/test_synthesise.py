from pathlib import Path

import numpy as np
import pytest

from interp.core.audio import TARGET_RATE_HZ
from interp.core.settings import read_settings
from training.data.engines import Silence, engine_called
from training.data.espeak_engine import Espeak
from training.data.festival_engine import Festival
from training.data.flite_engine import Flite
from training.data.kokoro_engine import Kokoro
from training.data.piper_engine import Piper
from training.data.program import said_by
from training.data.shards import read_shards, shard_index
from training.data.synthesise import PEAK, SynthesisConfig, at_level, speak, synthesise

CONFIGS = Path(__file__).parents[3] / "training" / "configs"


def config(folder: Path) -> SynthesisConfig:
    texts = folder / "texts"
    texts.write_text(
        "\n".join(f"Number {n}, please." for n in ("one", "two", "three", "four", "five"))
    )
    return SynthesisConfig(texts, folder / "out", engine="silence", shard_utterances=2, workers=1)


def test_shards_hold_every_sentence_in_order(tmp_path: Path) -> None:
    seconds = synthesise(config(tmp_path))
    spoken = list(read_shards(tmp_path / "out"))
    assert [one.text.split()[1] for one in spoken] == ["one,", "two,", "three,", "four,", "five,"]
    assert seconds == pytest.approx(sum(len(one.samples) for one in spoken) / TARGET_RATE_HZ)


def test_a_stopped_run_writes_only_what_is_missing(tmp_path: Path) -> None:
    wanted = config(tmp_path)
    synthesise(wanted)
    kept = shard_index(wanted.out, 0)
    kept.write_text(kept.read_text() + "\n")  # a mark that a second writing would remove
    marked = kept.read_text()
    shard_index(wanted.out, 1).unlink()
    assert synthesise(wanted) > 0
    assert shard_index(wanted.out, 1).exists()
    assert kept.read_text() == marked
    assert synthesise(wanted) == 0


def test_words_are_timed_at_the_target_rate() -> None:
    spoken = speak(Silence(), "Nothing at all.", level=0.1)
    assert spoken.words[-1].end_samples == len(spoken.samples)


def test_speech_is_brought_to_the_level_but_never_clipped() -> None:
    tone = np.sin(np.arange(1000, dtype=np.float32))
    assert float(np.sqrt(np.mean(at_level(tone, 0.08) ** 2))) == pytest.approx(0.08, rel=1e-3)
    click = np.zeros(1000, np.float32)
    click[3] = 0.5
    assert float(np.abs(at_level(click, 0.3)).max()) == pytest.approx(PEAK)


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(ValueError, match="no engine 'parrot'"):
        engine_called("parrot")


def test_the_shipped_config_is_valid() -> None:
    assert read_settings(CONFIGS / "speech_en.toml", SynthesisConfig).engine == Piper.name
    assert read_settings(CONFIGS / "speech_pt.toml", SynthesisConfig).engine == "kokoro:pf_dora"


TEXT = "The end of the day, and a good one."


@pytest.mark.weights
@pytest.mark.parametrize("name", [Piper.name, Kokoro.name, Espeak.name, Flite.name, Festival.name])
def test_a_voice_says_every_word_in_its_time(name: str) -> None:
    try:
        spoken = engine_called(name).say(TEXT)
    except (FileNotFoundError, ModuleNotFoundError) as error:
        pytest.skip(f"{name} is not installed: {error}")
    assert [word.text for word in spoken.words] == TEXT.split()
    times = [time for word in spoken.words for time in (word.start_samples, word.end_samples)]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= len(spoken.samples)
    assert 1.0 < len(spoken.samples) / spoken.rate_hz < 5.0


@pytest.mark.weights
def test_piper_says_where_the_comma_is() -> None:
    spoken = Piper().say(TEXT)
    gap = spoken.samples[spoken.words[4].end_samples : spoken.words[5].start_samples]
    assert float(np.abs(gap).mean()) < 0.3 * float(np.abs(spoken.samples).mean())


def test_a_program_without_its_voice_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="true says nothing"):
        said_by(["true"], "One.")
