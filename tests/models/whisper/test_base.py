"""Whisper base on real speech, against openai-whisper's own decoding of the same weights."""

import difflib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
import whisper

from interp.core.audio import SAMPLES_PER_MS, SOURCE_RATE_HZ, Samples
from interp.core.translator import Ask, DecodeStep, EncodeStep
from interp.models.catalog import CATALOGUE
from interp.models.precision import Precision
from interp.models.store import Store
from interp.models.whisper.checkpoint import WhisperCheckpoint, load_whisper
from interp.models.whisper.lane import TargetState
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.translator import WhisperTranslator
from tests.fakes.tiny_whisper import official_model

pytestmark = pytest.mark.weights

FILES = sorted((Path(__file__).parents[2] / "data" / "fr").glob("*.flac"))
ENGLISH = FILES[0].parents[1] / "en" / "conf-waitforleader.flac"
ITALIAN = FILES[0].parents[1] / "it" / "agent-pass.flac"
TIMED = Path(__file__).parents[2] / "data" / "timed"
PADDED = WhisperSettings(open_ms=None, pad_ms=30_000, precision=Precision.FLOAT32)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> WhisperCheckpoint:
    (file,) = Store(CATALOGUE, tmp_path_factory.mktemp("cache")).open("whisper-base")
    return load_whisper(file)


@pytest.fixture(scope="module")
def official(checkpoint: WhisperCheckpoint) -> whisper.Whisper:
    return official_model(checkpoint)


@pytest.fixture(scope="module")
def padded(checkpoint: WhisperCheckpoint) -> WhisperTranslator:
    return WhisperTranslator.from_checkpoint(checkpoint, PADDED)


@pytest.fixture(scope="module")
def streaming(checkpoint: WhisperCheckpoint) -> WhisperTranslator:
    return WhisperTranslator.from_checkpoint(checkpoint)


def _speech(path: Path) -> Samples:
    samples, rate_hz = soundfile.read(path, dtype="float32")
    assert rate_hz == SOURCE_RATE_HZ
    audio: Samples = samples
    return audio


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_padded_window_is_translated_word_for_word_as_whisper_does(
    path: Path, official: whisper.Whisper, padded: WhisperTranslator
) -> None:
    audio = _speech(path)
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(torch.from_numpy(audio)))
    options = whisper.DecodingOptions(
        task="translate", language="fr", without_timestamps=True, fp16=False
    )
    expected = whisper.decode(official, mel, options)
    source = padded.init_source()
    target = padded.init_target(source, "fr", "en", "")
    padded.encode([EncodeStep(source, audio, True)])
    (ours,) = padded.decode([DecodeStep(target, Ask(words=400), 0, True)])
    assert "".join(word.text for word in ours.words).strip() == expected.text
    assert ours.finished
    assert target.no_speech == pytest.approx(expected.no_speech_prob, abs=1e-4)


@pytest.mark.parametrize("path", [FILES[0], ENGLISH], ids=lambda path: path.stem)
def test_what_is_spoken_is_told_as_whisper_does(
    path: Path, official: whisper.Whisper, padded: WhisperTranslator, streaming: WhisperTranslator
) -> None:
    audio = _speech(path)
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(torch.from_numpy(audio)))
    expected: dict[str, float]
    _, expected = whisper.detect_language(official, mel)
    source = padded.init_source()
    padded.encode([EncodeStep(source, audio, True)])
    (ours,) = padded.spoken([source])
    assert ours == pytest.approx(expected, abs=1e-3)
    first = streaming.init_source()
    streaming.encode([EncodeStep(first, audio[: 2 * SOURCE_RATE_HZ], False)])
    nothing, found = streaming.spoken([streaming.init_source(), first])
    assert nothing == {}
    assert max(found, key=lambda code: found[code]) == path.parent.name
    assert streaming.spoken([first]) == [found]


def test_streamed_speech_is_written_in_order_of_what_is_heard(
    streaming: WhisperTranslator,
) -> None:
    audio = _speech(FILES[-1])
    source = streaming.init_source()
    target = streaming.init_target(source, "fr", "en", "")
    written: list[str] = []
    accepted = 0
    for begin in range(0, len(audio), 8000):
        finished = begin + 8000 >= len(audio)
        streaming.encode([EncodeStep(source, audio[begin : begin + 8000], finished)])
        ask = Ask(words=400 if finished else 1)
        (guess,) = streaming.decode([DecodeStep(target, ask, accepted, finished)])
        heard_ms = source.heard * 20
        assert all(0 < (word.attended_ms or 0) <= heard_ms for word in guess.words)
        accepted = len(guess.words)
        written += [word.text for word in guess.words]
    text = "".join(written).lower()
    assert 3 <= len(text.split()) <= 30
    assert len(set(written)) > len(written) // 2
    assert text.endswith("try again.")


def test_half_weights_guess_the_same_words(
    checkpoint: WhisperCheckpoint, streaming: WhisperTranslator
) -> None:
    floats = WhisperTranslator.from_checkpoint(
        checkpoint, WhisperSettings(precision=Precision.FLOAT32)
    )
    texts = []
    for translator in (streaming, floats):
        source = translator.init_source()
        target = translator.init_target(source, "fr", "en", "")
        translator.encode([EncodeStep(source, _speech(FILES[0]), True)])
        (guess,) = translator.decode([DecodeStep(target, Ask(words=400), 0, True)])
        texts.append([word.text for word in guess.words])
    assert texts[0] == texts[1] != []


def test_words_are_timed_as_the_synthesiser_spoke_them(streaming: WhisperTranslator) -> None:
    """Also while a sentence is being said: the last word of a hypothesis may still move."""
    rows = (TIMED / "piper-joe.tsv").read_text("utf-8").splitlines()[1:]
    true = [(row.split("\t")[2], int(row.split("\t")[1])) for row in rows]
    audio = _speech(TIMED / "piper-joe.flac")
    errors_ms: list[int] = []
    for share in (1.0, 0.55):
        heard = audio[: int(share * len(audio))]
        source = streaming.init_source()
        streaming.encode([EncodeStep(source, heard, share == 1.0)])
        target = streaming.init_target(source, "en", "en", "")
        (guess,) = streaming.decode([DecodeStep(target, Ask(400), 0, share == 1.0)])
        ends_ms = [word.attended_ms or 0 for word in guess.words]
        assert ends_ms == sorted(ends_ms)
        assert max(ends_ms.count(end_ms) for end_ms in ends_ms) <= 2
        found = [word.text.strip() for word in guess.words][:-1]
        same = difflib.SequenceMatcher(a=[word for word, _ in true], b=found, autojunk=False)
        for a, b, size in same.get_matching_blocks():
            errors_ms += [abs(true[a + i][1] - ends_ms[b + i]) for i in range(size)]
    assert len(errors_ms) > 50
    assert np.median(errors_ms) <= 80
    assert np.quantile(errors_ms, 0.9) <= 300


@pytest.mark.parametrize("words", [1, 3, 5, 9])
def test_the_first_words_are_timed_however_much_follows_them(
    streaming: WhisperTranslator, words: int
) -> None:
    rows = (TIMED / "piper-joe.tsv").read_text("utf-8").splitlines()[1:]
    true_ms = [int(row.split("\t")[1]) for row in rows]
    source = streaming.init_source()
    streaming.encode([EncodeStep(source, _speech(TIMED / "piper-joe.flac"), True)])
    target = streaming.init_target(source, "en", "en", "")
    (guess,) = streaming.decode([DecodeStep(target, Ask(words), 0, False)])
    ends_ms = [word.attended_ms or 0 for word in guess.words]
    assert len(ends_ms) == words
    assert max(abs(a - b) for a, b in zip(ends_ms, true_ms, strict=False)) <= 300


@pytest.mark.parametrize("path", [*FILES, ITALIAN], ids=lambda path: path.stem)
def test_decoding_does_not_stop_before_a_word_that_was_said_in_time(
    streaming: WhisperTranslator, path: Path
) -> None:
    """The end of a text's newest word is where the audio ends, until there are words after it."""
    for heard_ms in (1600, 2000, 2400, 2800):
        limit_ms = heard_ms - 1400
        guesses = []
        for before_ms in (None, limit_ms):
            source = streaming.init_source()
            heard = _speech(path)[: heard_ms * SAMPLES_PER_MS]
            streaming.encode([EncodeStep(source, heard, False)])
            target = streaming.init_target(source, path.parent.name, "en", "")
            (guess,) = streaming.decode([DecodeStep(target, Ask(400, before_ms), 0, False)])
            guesses.append(guess.words)
        whole, stopped = guesses
        early = [word.text for word in whole if (word.attended_ms or 0) < limit_ms - 100]
        assert [word.text for word in stopped[: len(early)]] == early
        assert all((word.attended_ms or 0) < limit_ms for word in stopped[:-1])


def test_beams_write_what_each_writes_alone(streaming: WhisperTranslator) -> None:
    together: list[DecodeStep[TargetState]] = []
    alone: list[DecodeStep[TargetState]] = []
    for path in FILES[:3]:
        for made in (together, alone):
            source = streaming.init_source()
            streaming.encode([EncodeStep(source, _speech(path), True)])
            target = streaming.init_target(source, "fr", "en", "")
            made.append(DecodeStep(target, Ask(400, beams=5 - len(made)), 0, True))
    batch = streaming.decode(together)
    assert batch == [streaming.decode([step])[0] for step in alone]
    assert all(hypothesis.words for hypothesis in batch)
