"""Speaker and codec as one voice: written words in, frames of sound out.

The codec gives a frame's samples when it knows what follows, 2.75 frames on. The speaker runs ahead
by so much, so that a frame comes with its own samples, codes and words, none of it late.
"""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from interp.core.audio import (
    SNAC_FRAME_SAMPLES,
    SPEECH_LEVEL_DB,
    TARGET_RATE_HZ,
    Samples,
    louder,
    silence,
)
from interp.core.synthesiser import Gender, SoundFrame, SpeakStep, Voice
from interp.models.omni.grid import AUDIO_ROWS, frames_to_levels
from interp.models.snac import NOISE_SEED, Codec, Codes, DecodeState
from interp.models.store import WeightsError
from interp.models.voice.folder import READERS, check_voice
from interp.models.voice.front import load_front
from interp.models.voice.lanes import gathered, scattered
from interp.models.voice.network import load_speaker
from interp.models.voice.settings import SpeakerSettings
from interp.models.voice.speaker import Speaker, SpeakerState, SpeechFrame

TAUGHT_RMS = 0.08
"""Of the speech that voices learn from: 6 dB under SPEECH_LEVEL_DB."""
GROUP_FRAMES = 2
"""Frames decoded together: two cost little more than one."""
ABOUT = "voice.json"
"""What a voice may say of itself: its gender, as `Gender` has it; where several share a speaker,
theirs by name."""


@dataclass(slots=True)
class SynthesisState:
    """One session's voice.

    stream: of the codec, begun anew when the speaker has fallen silent; fresh: it has no frames.
    made: spoken, not decoded. waiting: decoded, their samples not complete; rest: what there is of
    them. ready: whole frames, to be given.
    """

    speaker: SpeakerState
    stream: DecodeState
    fresh: bool = True
    made: list[SpeechFrame] = field(default_factory=list)
    waiting: deque[SpeechFrame] = field(default_factory=deque)
    rest: Samples = field(default_factory=lambda: silence(0))
    ready: deque[SoundFrame] = field(default_factory=deque)


class VoiceSynthesiser:
    """A `Synthesiser`. Each state is a lane of its own; a batch is made of those that speak."""

    def __init__(
        self,
        name: str,
        speaker: Speaker,
        codec: Codec,
        *,
        gender: Gender = Gender.UNSPECIFIED,
        level_db: float = SPEECH_LEVEL_DB,
    ) -> None:
        """level_db: RMS of what it says, against full scale."""
        self.voice = Voice(name, speaker.front.language, gender, TARGET_RATE_HZ)
        self._speaker, self._codec, self._gain = speaker, codec, gain_to(level_db)
        self._first_frames = -(-(codec.lag_samples + SNAC_FRAME_SAMPLES) // SNAC_FRAME_SAMPLES)

    def init_state(self, seed: int) -> SynthesisState:
        """As Synthesiser.init_state."""
        return SynthesisState(self._speaker.init_state(1, seed), self._codec.init_state())

    def idle(self, state: SynthesisState) -> bool:
        """As Synthesiser.idle."""
        return self._speaker.idle(state.speaker, 0) and not (state.made or state.ready)

    def speak(self, steps: Sequence[SpeakStep[SynthesisState]]) -> list[tuple[SoundFrame, ...]]:
        """As Synthesiser.speak."""
        for step in steps:
            self._speaker.push(step.state.speaker, 0, step.words)
            step.words = ()
            self._speaker.set_pace(step.state.speaker, 0, step.pace)
            self._speaker.set_pause(step.state.speaker, 0, step.pause_frames)
        while short := [step.state for step in steps if self._needs_more(step)]:
            self._fill(short)
        return [_given(step) for step in steps]

    def _needs_more(self, step: SpeakStep[SynthesisState]) -> bool:
        state = step.state
        speaking = not self._speaker.idle(state.speaker, 0) or bool(state.made)
        return len(state.ready) < step.frames and speaking

    def _fill(self, states: Sequence[SynthesisState]) -> None:
        """Have each speak on by a group, all at once, and decode it."""
        batch = gathered([state.speaker for state in states])
        groups = [self._first_frames if state.fresh else GROUP_FRAMES for state in states]
        wanted = [group - len(state.made) for group, state in zip(groups, states, strict=True)]
        try:
            for turn in range(max(wanted)):
                lanes = [lane for lane, count in enumerate(wanted) if turn < count]
                for frame in self._speaker.step(batch, lanes):
                    states[frame.lane].made.append(frame)
        finally:
            scattered(batch, [state.speaker for state in states])
        for state in states:
            self._decode(state)

    def _decode(self, state: SynthesisState) -> None:
        final = self._speaker.idle(state.speaker, 0)
        codes = torch.tensor([frame.codes for frame in state.made], device="cpu")
        codes = codes.reshape(-1, AUDIO_ROWS)
        levels = Codes(*(level.numpy() for level in frames_to_levels(codes)))
        samples = louder(self._codec.decode(levels, state.stream, final), self._gain)
        state.waiting.extend(state.made)
        state.made, state.fresh = [], False
        settled = np.concatenate([state.rest, samples])
        whole = len(settled) // SNAC_FRAME_SAMPLES * SNAC_FRAME_SAMPLES
        for piece in settled[:whole].reshape(-1, SNAC_FRAME_SAMPLES):
            frame = state.waiting.popleft()
            state.ready.append(SoundFrame(piece, frame.codes, frame.words))
        state.rest = settled[whole:].copy()
        if final:
            assert not state.waiting, "the codec gives all samples of its frames"
            state.stream, state.fresh = self._codec.init_state(), True


def gain_to(level_db: float) -> float:
    """What brings a voice from the level it was taught at to another."""
    return float(10 ** (level_db / 20) / TAUGHT_RMS)


def load_synthesisers(
    folder: Path,
    settings: SpeakerSettings | None = None,
    device: torch.device | None = None,
    level_db: float = SPEECH_LEVEL_DB,
) -> list[VoiceSynthesiser]:
    """The voices in a folder: speaker, front end and codec. Raises WeightsError.

    One is named after the folder; several, which share all this, have names of their own.
    device: of speaker and codec; None: the CPU. level_db: as VoiceSynthesiser has it.
    """
    check_voice(folder)
    readers = [folder / name for name in READERS if (folder / name).is_file()]
    try:
        net = load_speaker(folder / "speaker.safetensors", device)
        front = load_front(readers[0], net.config.language)
        genders = _genders(folder, net.config.voices)
    except (ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"the voice in {folder} cannot be read: {error}") from error
    codec = Codec.load(folder / "codec", NOISE_SEED, device)
    return [
        VoiceSynthesiser(
            name, Speaker(net, front, settings, number), codec, gender=gender, level_db=level_db
        )
        for number, (name, gender) in enumerate(genders.items())
    ]


def _genders(folder: Path, voices: Sequence[str]) -> dict[str, Gender]:
    """Of each voice by its name, in order. Raises ValueError, KeyError."""
    about = folder / ABOUT
    if not about.is_file():
        return dict.fromkeys(voices or (folder.name,), Gender.UNSPECIFIED)
    table = json.loads(about.read_text("utf-8"))
    if not voices:
        return {folder.name: Gender(table["gender"])}
    return {name: Gender(table["genders"][name]) for name in voices}


def _given(step: SpeakStep[SynthesisState]) -> tuple[SoundFrame, ...]:
    ready = step.state.ready
    return tuple(ready.popleft() for _ in range(min(step.frames, len(ready))))
