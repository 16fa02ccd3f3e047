import itertools
from pathlib import Path

from interp.core.settings import read_settings
from interp.models.snac import read_config
from training.codec.config import CodecConfig

ROOT = Path(__file__).parents[3]
CONFIGS = ROOT / "training" / "configs"


def test_every_shipped_codec_config_is_valid_and_they_fit_together() -> None:
    loaded = {p.stem: read_settings(p, CodecConfig) for p in sorted(CONFIGS.glob("codec*.toml"))}
    for machine in ("codec", "codec_gpu"):
        phases = [f"{machine}_{phase}" for phase in ("codes", "sound", "adversarial")]
        runs = [loaded.pop(name) for name in phases]
        assert [one.run.phase for one in runs] == ["codes", "sound", "sound"]
        assert [one.run.adversarial for one in runs] == [False, False, True]
        for before, after in itertools.pairwise(runs):
            assert after.run.start == f"{before.run.folder}/weights"
            assert after.model == before.model
            assert after.model.frame_samples == 2048
    codes, sound = loaded.pop("codec_voice_codes"), loaded.pop("codec_voice")
    assert (codes.run.phase, sound.run.phase) == ("codes", "sound")
    assert codes.model == sound.model == read_config(ROOT / codes.run.start)
    assert sound.run.start == f"{codes.run.folder}/weights"
    assert codes.data.language == "pt"
    assert not loaded
