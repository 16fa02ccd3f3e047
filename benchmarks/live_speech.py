"""How does speech sound while it is interpreted, and how far behind the speaker is it?

The longest recordings of a manifest that are spoken without a break, on a virtual clock: silence
and pauses between first and last sound, DNSMOS, the first sound, the ear-voice span; and how the
lag grows while the same speech goes on for an hour.
`python -m benchmarks.live_speech data/fr-prompts/manifest.tsv [--minutes 60]`
"""

import argparse
import csv
import json
import platform
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from benchmarks.dnsmos import dnsmos
from interp import app
from interp.core.audio import (
    SNAC_FRAME_SAMPLES,
    SOURCE_RATE_HZ,
    TARGET_RATE_HZ,
    VAD_FRAME_SAMPLES,
    Samples,
    samples_to_ms,
    silence,
)
from interp.core.clock import VirtualClock
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Event, TargetSpeech, TargetText, WrittenWord
from interp.engine.gate import Closed
from interp.engine.mouth import Mouth, SpeechSettings
from interp.engine.recording import interpret
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings
from interp.models.voice.synthesiser import VoiceSynthesiser

FRAME_MS = SNAC_FRAME_SAMPLES * 1000 / TARGET_RATE_HZ
BLOCK_MS = 10
QUIET_DB = -35.0
"""A block this far under the loud ones (the 95th of 100) is silence."""
PAUSE_MS = 150
"""A silence of this length is a pause."""
JUDGED_DB = -26.0
"""Active level at which speech is judged (ITU-T P.56): DNSMOS likes the same speech less louder."""
SAMPLES_A_MS = TARGET_RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class Written:
    """What was written while a recording was spoken, word by word with its segment. onset_ms: where
    its speech begins. length: of the recording, samples at 16 kHz."""

    name: str
    onset_ms: int
    length: int
    words: tuple[tuple[int, WrittenWord], ...]


@dataclass(slots=True)
class Heard:
    """What a listener hears. words: of each, when its source ended and when it had been said."""

    pieces: list[tuple[int, Samples]] = field(default_factory=list)
    words: list[tuple[int, float]] = field(default_factory=list)

    def take(self, event: TargetSpeech) -> None:
        """A frame at its place."""
        self.pieces.append((event.offset_ms, event.samples))
        said = event.text.split()
        self.words += [(event.source_end_ms, event.offset_ms + FRAME_MS) for _ in said]

    def sound(self) -> tuple[int, Samples]:
        """Where the first sound is, ms, and all from there to the last, as it is played."""
        start_ms = self.pieces[0][0]
        end_ms = self.pieces[-1][0]
        whole = silence((end_ms - start_ms) * SAMPLES_A_MS + SNAC_FRAME_SAMPLES)
        for at_ms, samples in self.pieces:
            at = (at_ms - start_ms) * SAMPLES_A_MS
            whole[at : at + samples.size] = samples
        first, last = _loud_span(whole)
        return start_ms + first, whole[first * SAMPLES_A_MS : last * SAMPLES_A_MS]


def quiet_blocks(samples: Samples, rate_hz: int) -> NDArray[np.bool_]:
    """Which blocks of 10 ms are silence [block]."""
    size = rate_hz * BLOCK_MS // 1000
    blocks = samples[: samples.size // size * size].reshape(-1, size)
    level_db = 10 * np.log10(np.mean(blocks**2, axis=1) + 1e-10)
    quiet: NDArray[np.bool_] = level_db < np.percentile(level_db, 95) + QUIET_DB
    return quiet


def _loud(samples: Samples, quiet: NDArray[np.bool_]) -> Samples:
    """Without its silences."""
    blocks = samples[: quiet.size * BLOCK_MS * SAMPLES_A_MS].reshape(quiet.size, -1)
    loud: Samples = blocks[~quiet]
    return loud


def _loud_span(samples: Samples) -> tuple[int, int]:
    loud = np.flatnonzero(~quiet_blocks(samples, TARGET_RATE_HZ))
    return int(loud[0]) * BLOCK_MS, (int(loud[-1]) + 1) * BLOCK_MS


def runs_ms(quiet: NDArray[np.bool_]) -> list[int]:
    """Lengths of the silences."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    return [int(end - start) * BLOCK_MS for start, end in edges.reshape(-1, 2)]


def unbroken(manifest: Path, count: int) -> Iterator[tuple[str, Samples]]:
    """The longest recordings in which the gate closes no segment, longest first."""
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    rows.sort(key=lambda row: -float(row["duration_s"]))
    found = 0
    for row in rows:
        samples = read_audio(manifest.parent / row["audio"])
        if _is_broken(samples):
            continue
        yield row["id"], samples
        found += 1
        if found == count:
            return


def _is_broken(samples: Samples) -> bool:
    gate = app.gate()
    return any(isinstance(event, Closed) for event in gate.feed(samples, gate.init_state()))


def written(name: str, samples: Samples, events: Iterator[Event]) -> Written:
    """The words of a session's events."""
    texts = [event for event in events if isinstance(event, TargetText)]
    words = tuple((text.segment, word) for text in texts for word in text.words)
    onset = int(np.flatnonzero(~quiet_blocks(samples, SOURCE_RATE_HZ))[0]) * BLOCK_MS
    return Written(name, onset, samples.size, words)


def spoken(voice: VoiceSynthesiser, settings: SpeechSettings, text: Written) -> Heard:
    """The words as a session's mouth says them."""
    mouth, heard = Mouth(voice, settings, wanted=True), Heard()
    waiting = list(text.words)
    for position in range(VAD_FRAME_SAMPLES, text.length, VAD_FRAME_SAMPLES):
        while waiting and waiting[0][1].delay_ms <= samples_to_ms(position):
            segment, word = waiting.pop(0)
            mouth.write(segment, [word])
        _speak(voice, mouth, position, heard, finishing=False)
    for segment, word in waiting:
        mouth.write(segment, [word])
    _speak(voice, mouth, text.length, heard, finishing=True)
    return heard


def _speak(
    voice: VoiceSynthesiser, mouth: Mouth, position: int, heard: Heard, *, finishing: bool
) -> None:
    now_ms = samples_to_ms(position)
    while step := mouth.next_step(position, finishing=finishing):
        (frames,) = voice.speak([step])
        for event in mouth.sounded(frames, now_ms, now_ms):
            if isinstance(event, TargetSpeech):
                heard.take(event)


def again_and_again(texts: Sequence[Written], minutes: float) -> Written:
    """All texts one after the other, over and over."""
    words: list[tuple[int, WrittenWord]] = []
    length = number = 0
    while length < minutes * 60 * SOURCE_RATE_HZ:
        text = texts[number % len(texts)]
        at_ms = samples_to_ms(length)
        words += [(number, _later(word, at_ms)) for _, word in text.words]
        length += text.length
        number += 1
    return Written("all", 0, length, tuple(words))


def _later(word: WrittenWord, ms: int) -> WrittenWord:
    return WrittenWord(
        word.text,
        word.delay_ms + ms,
        word.elapsed_ms + ms,
        word.source_start_ms + ms,
        word.source_end_ms + ms,
    )


def slope_s_per_minute(heard: Heard) -> float:
    """Of the ear-voice span over time, least squares."""
    times, spans = np.array([(at / 60_000, at - end) for end, at in heard.words]).T
    return float(np.polyfit(times, spans / 1000, 1)[0])


def judged(text: Written, heard: Heard) -> dict[str, float]:
    """Figures of one recording."""
    first_ms, sound = heard.sound()
    quiet = quiet_blocks(sound, TARGET_RATE_HZ)
    pauses = [ms for ms in runs_ms(quiet) if ms >= PAUSE_MS]
    active_db = 10 * float(np.log10(np.mean(_loud(sound, quiet) ** 2)))
    score = dnsmos(sound * 10 ** ((JUDGED_DB - active_db) / 20), TARGET_RATE_HZ)
    return {
        "silence": float(quiet.mean()),
        "pauses_per_s": len(pauses) * SAMPLES_A_MS * 1000 / sound.size,
        "pause_ms": statistics.mean(pauses) if pauses else 0.0,
        "ovrl": score.ovrl,
        "p808": score.p808,
        "active_db": active_db,
        "first_s": (first_ms - text.onset_ms) / 1000,
        "span_s": statistics.mean(at - end for end, at in heard.words) / 1000,
    }


def main() -> None:
    """Print a line per recording and a JSON line last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--recordings", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=60, help="of the long stream; 0: none")
    parser.add_argument("--from", dest="source", default="fr", help="language of the recordings")
    parser.add_argument("--policy", default=DEFAULT_POLICY)
    parser.add_argument("--voice", type=Path, help="folder of a voice (default: the package's)")
    parser.add_argument("--out", type=Path, help="folder for what is heard, as WAV")
    args = parser.parse_args()
    chosen = ModelSettings(voices=(args.voice,) if args.voice else ())
    voice, models = app.voice(chosen), app.models(chosen, speaking=False)
    settings = SpeechSettings()
    texts, rows = [], []
    for name, samples in unbroken(args.manifest, args.recordings):
        clock = VirtualClock()
        config = SessionConfig(args.source, "en", policy=args.policy)
        session = app.session(config, models, clock)
        texts.append(written(name, samples, interpret(session, samples, clock)))
        heard = spoken(voice, settings, texts[-1])
        rows.append(judged(texts[-1], heard))
        print(name, {key: round(value, 2) for key, value in rows[-1].items()}, flush=True)
        if args.out:
            args.out.mkdir(parents=True, exist_ok=True)
            soundfile.write(args.out / f"{name}.wav", heard.sound()[1], TARGET_RATE_HZ)
    means = {key: round(statistics.mean(row[key] for row in rows), 3) for key in rows[0]}
    if args.minutes:
        long = spoken(voice, settings, again_and_again(texts, args.minutes))
        means["slope_s_per_minute"] = round(slope_s_per_minute(long), 4)
    facts = {"policy": args.policy, "voice": voice.voice.name, "recordings": len(rows)}
    about = {"minutes": args.minutes, "torch": torch.__version__, "machine": platform.machine()}
    print(json.dumps({"benchmark": "live_speech", **facts, **about, **means}))


if __name__ == "__main__":
    main()
