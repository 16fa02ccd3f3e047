"""Two other programs on Whisper's weights, run by `peers.py` in an environment of their own.

`offline`: faster-whisper on the whole recording. `live`: whisper_streaming's local agreement, by
the `OnlineASRProcessor` that WhisperLiveKit carries of it, on a virtual clock: audio comes in
chunks, each is decoded with all that is in the buffer, and computing takes no time from it.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from faster_whisper import WhisperModel, decode_audio

RATE_HZ = 16_000
TRIMMED_S = 15.0
"""whisper_streaming's `--buffer_trimming segment --buffer_trimming_sec 15`, its defaults."""


def main() -> None:
    """A line of JSON for each audio file on standard input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("system", choices=["offline", "live"])
    parser.add_argument("--model", type=Path, required=True, help="folder with CTranslate2's files")
    parser.add_argument("--language", required=True)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--chunk-s", type=float, default=1.0)
    args = parser.parse_args()
    model = WhisperModel(str(args.model), device="cpu", compute_type="int8", cpu_threads=1)
    recogniser = Recogniser(model, args.language, args.beam)
    warm = False
    for line in sys.stdin:
        audio = decode_audio(line.rstrip("\n"), sampling_rate=RATE_HZ)
        run = Run(recogniser, audio)
        if not warm:
            recogniser.transcribe(audio)
            warm = True
        started_s = time.process_time()
        if args.system == "offline":
            run.offline()
        else:
            run.live(round(args.chunk_s * RATE_HZ))
        cpu_s = time.process_time() - started_s
        said = {"cpu_s": cpu_s, "source_s": audio.size / RATE_HZ}
        print(json.dumps({**said, "words": run.words, "steps": run.steps}), flush=True)


class Recogniser:
    """faster-whisper with the settings and the interface of whisper_streaming's backend of it."""

    sep = ""
    tokenizer = None
    confidence_validation = False
    buffer_trimming = "segment"
    buffer_trimming_sec = TRIMMED_S

    def __init__(self, model: WhisperModel, language: str, beam: int) -> None:
        self._model, self._language, self._beam = model, language, beam

    def transcribe(self, audio: Any, init_prompt: str = "", *, timed: bool = True) -> list[Any]:
        """Translated segments of the audio [sample]. timed: words with their times."""
        segments, _ = self._model.transcribe(
            audio,
            task="translate",
            language=self._language,
            initial_prompt=init_prompt or None,
            beam_size=self._beam,
            word_timestamps=timed,
            condition_on_previous_text=True,
        )
        return list(segments)

    def ts_words(self, segments: Sequence[Any]) -> list[Any]:
        """Words with times, but those of segments that are no speech."""
        token = carried("timed_objects").ASRToken
        return [
            token(word.start, word.end, word.word, probability=word.probability)
            for segment in segments
            if segment.no_speech_prob <= 0.9
            for word in segment.words
        ]

    def segments_end_ts(self, segments: Sequence[Any]) -> list[float]:
        """Where each segment ends, s."""
        return [segment.end for segment in segments]


class Run:
    """One recording [sample]. words: text, delay, index of the step; steps: delay, compute; ms."""

    def __init__(self, recogniser: Recogniser, audio: Any) -> None:
        self._recogniser, self._audio = recogniser, audio
        self.words: list[tuple[str, float, int]] = []
        self.steps: list[tuple[float, float]] = []

    def offline(self) -> None:
        """All of it at its end."""
        started_s = time.perf_counter()
        segments = self._recogniser.transcribe(self._audio, timed=False)
        # faster-whisper gives the words of a segment as one text with its leading space.
        self._step(self._audio.size, started_s, [segment.text for segment in segments])

    def live(self, chunk: int) -> None:
        """As it is heard, `chunk` samples at a time; the last chunk is what is left."""
        online = carried("local_agreement.online_asr").OnlineASRProcessor(self._recogniser)
        heard = 0
        for piece in pieces(self._audio, chunk):
            heard += piece.size
            started_s = time.perf_counter()
            online.insert_audio_chunk(piece)
            tokens, _ = online.process_iter()
            self._step(heard, started_s, [token.text for token in tokens])
        tokens, _ = online.finish()
        self._step(heard, time.perf_counter(), [token.text for token in tokens])

    def _step(self, heard: int, started_s: float, texts: Sequence[str]) -> None:
        delay_ms = float(heard * 1000 // RATE_HZ)
        self.words += [(text, delay_ms, len(self.steps)) for text in texts]
        self.steps.append((delay_ms, (time.perf_counter() - started_s) * 1000))


def pieces(audio: Any, chunk: int) -> Iterator[Any]:
    """Chunks of the audio; the last is what is left."""
    count = max(1, audio.size // chunk + (audio.size % chunk > 0))
    yield from np.array_split(audio, [chunk * i for i in range(1, count)])


def carried(name: str) -> Any:
    """A module of WhisperLiveKit, without what the package itself imports: a web server, torch."""
    if "whisperlivekit" not in sys.modules:
        found = find_spec("whisperlivekit")
        assert found, "whisperlivekit is not installed"
        for package in ("whisperlivekit", "whisperlivekit.local_agreement"):
            module = ModuleType(package)
            folders = found.submodule_search_locations or ()
            module.__path__ = [str(Path(f, *package.split(".")[1:])) for f in folders]
            sys.modules[package] = module
    return __import__(f"whisperlivekit.{name}", fromlist=[name])


if __name__ == "__main__":
    main()
