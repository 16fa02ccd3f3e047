"""The codec that the package brings, on speech of its voice."""

from pathlib import Path

import pytest

import interp
from interp.models.snac import Codec
from training.codec.pitch import pitch_distance
from training.data.piper_engine import Piper
from training.data.synthesise import speak

SHIPPED = Path(interp.__file__).parent / "data" / "voice-en" / "codec"
TEXTS = ("Would you like some tea, or shall we begin?", "The vote will be held tomorrow.")


@pytest.mark.weights
def test_the_shipped_codec_keeps_the_pitch() -> None:
    codec, piper = Codec.load(SHIPPED), Piper()
    wanted = [speak(piper, text, 0.08).samples for text in TEXTS]
    heard = [codec.decode_whole(codec.encode(samples)) for samples in wanted]
    distance = pitch_distance(heard, wanted)
    assert distance.octaves < 0.06
    assert distance.voicing < 0.25
