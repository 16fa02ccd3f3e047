"""What does a second of target speech cost, how soon is its first frame there, and what of batches?

CPU time of this process, one thread, words given as a live translation gives them.
`python -m benchmarks.speech_cost [--voice DIR] [--lanes 1 2 4 8]`
"""

import argparse
import json
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import torch

from interp import app
from interp.core.audio import SNAC_FRAME_SAMPLES, TARGET_RATE_HZ
from interp.core.synthesiser import SoundFrame, SpeakStep
from interp.models.settings import ModelSettings
from interp.models.voice.synthesiser import SynthesisState, VoiceSynthesiser

TEXT = (
    "Good morning, everyone, and welcome to the third meeting of the year. "
    "We have twelve items to discuss today, and I would like to finish before one o'clock. "
    "Please tell your colleagues that the report was sent to all members last Tuesday. "
)
WORDS = TEXT.split()
WARM_UP = 3
FRAME_S = SNAC_FRAME_SAMPLES / TARGET_RATE_HZ
LEAD = 4
"""Words given beyond those said."""


def first_frame_ms(voice: VoiceSynthesiser, word: str) -> float:
    """CPU time from a first word to its first frame."""
    state = voice.init_state(0)
    started_s = time.process_time()
    voice.speak([SpeakStep(state, (word,), 1.0, 3, frames=1)])
    return (time.process_time() - started_s) * 1000


def speak(voice: VoiceSynthesiser, lanes: int, frames: int) -> tuple[float, list[list[SoundFrame]]]:
    """CPU seconds per second of speech over all lanes, and what each lane said."""
    states = [voice.init_state(lane) for lane in range(lanes)]
    given, said = [0] * lanes, [list[SoundFrame]() for _ in range(lanes)]
    started_s = time.process_time()
    for _ in range(frames):
        steps = []
        for lane, state in enumerate(states):
            until = (said[lane][-1].words if said[lane] else 0) + LEAD
            steps.append(_step(state, lane, given[lane], until))
            given[lane] = max(given[lane], until)
        for lane, made in enumerate(voice.speak(steps)):
            said[lane].extend(made)
    spent_s = time.process_time() - started_s
    return spent_s / (sum(map(len, said)) * FRAME_S), said


def _step(state: SynthesisState, lane: int, given: int, until: int) -> SpeakStep[SynthesisState]:
    words = tuple(WORDS[(lane + number) % len(WORDS)] for number in range(given, until))
    return SpeakStep(state, words, 1.0, 3, frames=1)


def main() -> None:
    """Print a line per figure and a JSON line last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voice", type=Path, help="folder of a voice (default: the package's)")
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--frames", type=int, default=120)
    args = parser.parse_args()
    voice = app.voices(ModelSettings(voices=(args.voice,) if args.voice else ()))[0]
    times_ms = [first_frame_ms(voice, word) for word in WORDS]
    first = np.percentile(times_ms[WARM_UP:], [50, 95, 99])
    print(f"first frame: p50 {first[0]:.0f} ms, p95 {first[1]:.0f} ms")
    costs, alone = {}, speak(voice, 1, args.frames)[1][0]
    for lanes in args.lanes:
        runs = [speak(voice, lanes, args.frames) for _ in range(3)]
        costs[lanes] = statistics.median(cost for cost, _ in runs)
        same = [f.codes for f in runs[0][1][0]] == [f.codes for f in alone]
        print(f"{lanes} lanes: {costs[lanes]:.3f} CPU s/s; lane 0 as alone: {same}", flush=True)
    facts = {"torch": torch.__version__, "device": platform.processor() or platform.machine()}
    rows = {
        "first_frame_ms": [round(float(value)) for value in first],
        "cpu_s_per_s": {lanes: round(cost, 3) for lanes, cost in costs.items()},
    }
    print(json.dumps({"benchmark": "speech_cost", "voice": voice.voice.name, **facts, **rows}))


if __name__ == "__main__":
    main()
