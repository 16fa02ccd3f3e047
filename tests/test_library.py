"""The package as a library, on real weights: a notebook's view."""

import ast
import asyncio
import inspect
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

import interp
from interp.core.errors import InvalidRequest
from interp.core.events import Output, SessionEnded, TargetText
from interp.intake.file import read_audio
from interp.library import mono_16k

ROOT = Path(__file__).parents[1]
FILE = ROOT / "tests" / "data" / "fr" / "vm-invalidpassword.flac"
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def test_the_package_is_light_until_it_is_used() -> None:
    code = "import sys, interp; interp.__version__; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "torch", "grpc", "ray", "av"} & set(loaded)


def test_what_it_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        interp.nothing  # noqa: B018


@pytest.mark.weights
def test_a_file_and_its_samples_give_the_same_words() -> None:
    of_file = interp.translate(FILE, source="French")
    samples = read_audio(FILE)
    of_samples = interp.translate((samples * 32767).astype(np.int16), source="fr")
    assert of_file.text == "".join(word.text for word in of_file.words).strip() != ""
    assert of_samples.text.split()[:3] == of_file.text.split()[:3]
    assert all(word.delay_ms >= word.source_start_ms for word in of_file.words)
    assert of_file.captions("vtt").startswith("WEBVTT")


@pytest.mark.weights
def test_speech_and_what_was_said_come_where_they_are_asked_for() -> None:
    outputs = frozenset({Output.TEXT, Output.SOURCE_TEXT, Output.SPEECH})
    translation = interp.translate(FILE, outputs=outputs)
    assert translation.said
    assert translation.speech is not None
    assert np.abs(translation.speech).max() > 0.01


async def _in_pieces(size: int) -> list[str]:
    samples = read_audio(FILE)

    async def chunks() -> AsyncIterator[np.ndarray]:
        for start in range(0, samples.size, size):
            yield samples[start : start + size]

    written: list[str] = []
    async with interp.Session(source="fr", target="en") as session:
        async for event in session.events(chunks()):
            match event:
                case TargetText(words=words):
                    written += [word.text for word in words]
                case SessionEnded():
                    written.append("END")
    return written


@pytest.mark.weights
def test_a_session_here_writes_the_same_however_its_audio_is_cut() -> None:
    one, two = asyncio.run(_in_pieces(3_200)), asyncio.run(_in_pieces(16_001))
    assert one == two
    assert one[-1] == "END"
    assert len(one) > 3


@pytest.mark.parametrize("shape", ["mono", "stereo"])
def test_samples_of_any_shape_and_rate_become_ours(shape: str) -> None:
    tone = np.sin(np.arange(48_000) / 20).astype(np.float32)
    sound = tone if shape == "mono" else np.stack([tone, tone], axis=1)
    assert mono_16k(sound, 48_000).shape == (16_000,)
    whole = mono_16k((sound * 32767).astype(np.int16), 48_000)
    np.testing.assert_allclose(whole, mono_16k(sound, 48_000), atol=1e-3)


def test_numbers_of_any_type_mean_the_same_sound() -> None:
    tone = 0.5 * np.sin(np.arange(4_000) / 20)
    for kind in (np.uint8, np.int16, np.int32):
        full = np.iinfo(kind)
        zero = 0 if full.min else 128
        whole = (tone * (int(full.max) - zero) + zero).astype(kind)
        np.testing.assert_allclose(mono_16k(whole, 16_000), tone, atol=0.02)
    with pytest.raises(InvalidRequest, match="finite"):
        mono_16k(np.array([0.0, np.nan]), 16_000)


@pytest.mark.weights
def test_a_session_at_another_rate_hears_one_line_however_it_is_cut() -> None:
    sound = np.repeat(read_audio(FILE), 3)  # 48 kHz, roughly

    async def written(size: int) -> list[str]:
        async with interp.Session(policy="offline") as session:
            events = []
            for start in range(0, sound.size, size):
                events += await session.hear(sound[start : start + size], 48_000)
            with pytest.raises(InvalidRequest, match="rate"):
                await session.hear(sound, 44_100)
            events += await session.end()
        texts = [event for event in events if isinstance(event, TargetText)]
        return [word.text for text in texts for word in text.words]

    whole = asyncio.run(written(sound.size))
    assert len(whole) > 3
    assert asyncio.run(written(1_001)) == whole


@pytest.mark.parametrize("name", [name for name in interp.__all__ if name != "__version__"])
def test_all_that_is_offered_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(interp, name).__doc__


@pytest.mark.weights
def test_the_notebook_runs(capsys: pytest.CaptureFixture[str]) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in (cell for cell in cells if cell["cell_type"] == "code"):
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile("".join(cell["source"]), str(NOTEBOOK), "exec", flags=flags)
        waited = eval(code, names)
        if inspect.iscoroutine(waited):
            asyncio.run(waited)
    shown = capsys.readouterr().out
    assert "-->" in shown
    assert " s " in shown
