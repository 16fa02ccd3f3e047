from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interp.core.audio import TARGET_RATE_HZ
from interp.evaluate.record.errors import EvaluationError
from interp.evaluate.record.log import EmissionLog, Instance, RunConfig, SpeechEmission
from interp.evaluate.run.recognise import EngineTranscriber, Listener
from tests.fakes.systems import build_script

RUN = RunConfig("made", "waitk:k=1", "made up")


def spoken(folder: Path, ms: int, reference: str) -> Instance:
    """Speech of two chunks with a wait of 2 s between them."""
    half = ms / 2
    sound = np.full(TARGET_RATE_HZ * ms // 1000, 0.9, np.float32)
    soundfile.write(folder / "0.wav", sound, TARGET_RATE_HZ)
    speech = (SpeechEmission(0, half, "a"), SpeechEmission(half + 2000, half, "b"))
    return Instance(0, "a", 4000.0, reference, speech=speech, speech_path="0.wav")


def test_speech_is_heard_with_and_without_its_waits(tmp_path: Path) -> None:
    # The script hears a word every 400 ms of a segment, so a wait cuts s0..s4 in two.
    transcriber = EngineTranscriber("script", build_script(), "en")
    run = EmissionLog(RUN, (spoken(tmp_path, 2000, "s0, s1 s2 s3 S4"),))
    text, without, waiting = Listener(tmp_path, transcriber).measure(run)
    assert without.value == pytest.approx(100)
    assert waiting.value < 90
    assert (without.name, waiting.name) == ("ASR-BLEU[script]", "ASR-BLEU[script]+waits")
    assert waiting.signature.endswith("|waits")
    assert text.name == "BLEU+plain"
    assert text.signature.endswith("|lower|nopunct")


def test_a_run_without_speech_has_no_asr_bleu(tmp_path: Path) -> None:
    transcriber = EngineTranscriber("script", build_script(), "en")
    silent = replace(spoken(tmp_path, 400, "s0"), speech=(), speech_path=None)
    with pytest.raises(EvaluationError, match="needs target speech"):
        Listener(tmp_path, transcriber).measure(EmissionLog(RUN, (silent,)))


def test_a_recording_without_speech_is_heard_as_nothing(tmp_path: Path) -> None:
    transcriber = EngineTranscriber("script", build_script(), "en")
    first = spoken(tmp_path, 2000, "s0 s1 s2 s3 s4")
    second = Instance(1, "b", 900.0, "s0 s1 s2 s3 s4")
    _, without, _ = Listener(tmp_path, transcriber).measure(EmissionLog(RUN, (first, second)))
    assert without.statistics[1, 2] == 0  # no word matched
    assert without.statistics[0, 2] == 5


def test_speech_without_references_has_no_asr_bleu(tmp_path: Path) -> None:
    transcriber = EngineTranscriber("script", build_script(), "en")
    blind = replace(spoken(tmp_path, 400, "s0"), reference=None)
    with pytest.raises(EvaluationError, match="a reference for each"):
        Listener(tmp_path, transcriber).measure(EmissionLog(RUN, (blind,)))


@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100])
def test_speech_of_any_rate_is_heard_alike(rate_hz: int) -> None:
    transcriber = EngineTranscriber("script", build_script(), "en")
    sound = np.full(rate_hz * 2, 0.9, np.float32)
    assert transcriber.transcribe(sound, rate_hz) == "s0 s1 s2 s3 s4"


def test_the_whole_segment_is_heard_before_a_word_is_written_down() -> None:
    # A recogniser that wrote while it listens would be judged for its own haste.
    transcriber = EngineTranscriber("script", build_script(), "en")
    assert transcriber.transcribe(np.zeros(16_000, np.float32), 16_000) == ""
