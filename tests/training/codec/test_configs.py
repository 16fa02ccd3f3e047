from pathlib import Path

from training.codec.config import CodecConfig
from training.config import load_config

CONFIGS = Path(__file__).parents[3] / "training" / "configs"


def test_every_shipped_codec_config_is_valid_and_they_fit_together() -> None:
    loaded = {p.stem: load_config(p, CodecConfig) for p in sorted(CONFIGS.glob("codec*.toml"))}
    assert list(loaded) == [
        "codec",
        "codec_adversarial",
        "codec_decoder",
        "codec_gpu",
        "codec_gpu_adversarial",
    ]
    for before, after in (
        ("codec", "codec_decoder"),
        ("codec_decoder", "codec_adversarial"),
        ("codec_gpu", "codec_gpu_adversarial"),
    ):
        assert loaded[after].run.start == f"{loaded[before].run.folder}/weights"
        assert loaded[after].run.frozen
        assert loaded[after].model == loaded[before].model
    for config in loaded.values():
        assert config.model.frame_samples == 2048
