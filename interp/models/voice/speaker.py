"""Forced-text streaming speaker: written words in as they come, SNAC frames out, lanes batched."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from interp.models.omni.grid import AUDIO_ROWS, AudioSpecial
from interp.models.omni.sampling import choose
from interp.models.omni.state import OmniState
from interp.models.voice.front import FrontEnd
from interp.models.voice.network import Cue, SpeakerNet
from interp.models.voice.script import SLOWEST_TAUGHT, Script
from interp.models.voice.settings import SpeakerSettings
from interp.models.voice.spelling import MARKS

TAIL_FRAMES = 4
"""Silent frames spoken after the last sound, for its echo and the codec's right context."""


@dataclass(slots=True)
class SpeakerState:
    """All lanes of one batch. lm: the streams of each lane side by side. last [lane, 7]: ids of the
    frame before. predicted: next advances."""

    lm: OmniState
    scripts: list[Script]
    generators: list[torch.Generator]
    last: Tensor
    predicted: list[int]


@dataclass(frozen=True, slots=True)
class SpeechFrame:
    """85.33 ms of one lane. codes: seven codes of the codec, in grid order. words: how many of the
    lane's words have been said in full when the frame has sounded. silent: no word sounds in it."""

    lane: int
    codes: tuple[int, ...]
    words: int
    silent: bool


class Speaker:
    """Speaks what is pushed, at any lead; rests when it has said everything.

    Words come whole, one string each, with the marks that follow them. The speech of a lane depends
    on its words, when they came, and its seed; not on other lanes.
    """

    def __init__(
        self,
        net: SpeakerNet,
        front: FrontEnd,
        settings: SpeakerSettings | None = None,
        voice: int = 0,
    ) -> None:
        """voice: which of the network's speaks."""
        self.net, self.front, self.voice = net, front, voice
        self.settings = settings or SpeakerSettings()
        self.device = net.sounding.device
        self._ids = {symbol: number for number, symbol in enumerate(net.config.symbols)}
        self._rests = frozenset(self._ids[mark] for mark in (" ", *MARKS) if mark in self._ids)

    def init_state(self, lanes: int, seed: int = 0) -> SpeakerState:
        """Lanes that have said nothing; all start from the same seed."""
        state = SpeakerState(
            lm=self.net.lm.init_state(lanes * self.settings.streams),
            scripts=[self._script() for _ in range(lanes)],
            generators=[torch.Generator() for _ in range(lanes)],
            last=torch.zeros((lanes, AUDIO_ROWS), dtype=torch.int64, device=self.device),
            predicted=[0] * lanes,
        )
        for lane in range(lanes):
            self.reset(state, lane, seed)
        return state

    def reset(self, state: SpeakerState, lane: int, seed: int = 0) -> None:
        """Drop what the lane still had to say, and all it remembers: silent from now on."""
        state.lm.reset(self._streams([lane]).flatten())
        state.scripts[lane] = self._script()
        state.generators[lane].manual_seed(seed)
        state.last[lane] = self.net.config.lm.layout.audio(AudioSpecial.PAD)
        state.predicted[lane] = 0

    def push(self, state: SpeakerState, lane: int, words: Sequence[str]) -> None:
        """Add written words. A word in which nothing can be spoken is said as soon as the word
        before it."""
        blank = self._ids[" "]
        for reading in self.front.read(words):
            ids = [self._ids[symbol] for symbol in reading.symbols if symbol in self._ids]
            state.scripts[lane].write(ids, blank, reading.ends_sentence)

    def set_pace(self, state: SpeakerState, lane: int, pace: float) -> None:
        """Wished tempo from the next frame on, 0.55 to 1.35 times the voice's own."""
        state.scripts[lane].pace = pace

    def set_pause(self, state: SpeakerState, lane: int, frames: int) -> None:
        """Silence after a sentence whose successor is already written, from the next frame on."""
        state.scripts[lane].pause_frames = frames

    def idle(self, state: SpeakerState, lane: int) -> bool:
        """Everything written has been said, and its tail: the lane needs no steps."""
        script = state.scripts[lane]
        return script.exhausted and (script.silent >= TAIL_FRAMES or not script.written)

    @torch.inference_mode()
    def step(self, state: SpeakerState, lanes: Sequence[int]) -> list[SpeechFrame]:
        """Speak one frame on each of `lanes`, in order; lanes that are idle are passed over."""
        lanes = [lane for lane in lanes if not self.idle(state, lane)]
        if not lanes:
            return []
        for lane in lanes:
            state.scripts[lane].settle(state.predicted[lane])
        streams = self._streams(lanes)
        active = torch.zeros(state.lm.lanes, dtype=torch.bool, device=self.device)
        active[streams] = True
        last = state.last.repeat_interleave(self.settings.streams, dim=0)
        x = self.net.embed(last[:, None], self._cue(state.scripts))
        hidden = self.net.lm(x, state.lm, active)[streams, 0]
        chance = self._drawn([state.generators[lane] for lane in lanes])
        codes = self._codes(hidden, chance)
        state.last[streams[0] // self.settings.streams] = codes
        logits = self.net.advance_logits(hidden[0])
        advance = choose(logits, self.settings.advance, chance[:, -1])
        chosen: list[list[int]] = torch.cat((codes, advance[:, None]), dim=1).tolist()
        frames: list[SpeechFrame] = []
        for lane, (*of_lane, predicted) in zip(lanes, chosen, strict=True):
            script = state.scripts[lane]
            silent = script.resting
            frames.append(SpeechFrame(lane, tuple(of_lane), script.words_said, silent))
            state.predicted[lane] = predicted
            script.move(self.net.config.behind)
        return frames

    def _codes(self, hidden: Tensor, chance: Tensor) -> Tensor:
        """Codes [lane, 7] from hidden vectors [stream, lane, dim]; special ids are out of reach."""
        count = self.net.config.lm.layout.codes

        def pick(row: int, logits: Tensor) -> Tensor:
            told, other = logits[0, :, :count], logits[-1, :, :count]
            guided = other + self.settings.guidance * (told - other)
            codes = choose(guided, self.settings.codes, chance[:, row])
            return codes.expand(len(logits), -1)

        return self.net.lm.codes_by(hidden, pick)[0]

    def _streams(self, lanes: Sequence[int]) -> Tensor:
        """Where the streams of these lanes are, [stream, lane]."""
        streams = self.settings.streams
        first = torch.tensor(lanes, device=self.device)[None] * streams
        return first + torch.arange(streams, device=self.device)[:, None]

    def _drawn(self, generators: Sequence[torch.Generator]) -> Tensor:
        """Eight numbers in [0, 1) of each lane [lane, 8]; drawn on the host: a seed says the
        same on any device."""
        drawn = [torch.rand(8, generator=each, device="cpu") for each in generators]
        return torch.stack(drawn).to(self.device)

    def _cue(self, scripts: Sequence[Script]) -> Cue:
        """Of all streams; the second of a lane is told nothing but the moves and the pace."""
        config, streams = self.net.config, self.settings.streams
        told = [script.window(config.behind, config.ahead) for script in scripts]
        windows = torch.tensor(told, device=self.device)[:, None, None].repeat(1, streams, 1, 1)
        windows[:, 1:] = config.unseen
        paces = [[each.advance, max(each.pace, SLOWEST_TAUGHT)] for each in scripts]
        moves = torch.tensor(paces, device=self.device)
        moves = moves.repeat_interleave(streams, dim=0)
        advance = moves[:, :1].long()
        voice = torch.full_like(advance, self.voice)
        return Cue(windows.flatten(0, 1), advance, moves[:, 1:], voice)

    def _script(self) -> Script:
        return Script(
            pad=self.net.config.pad,
            unseen=self.net.config.unseen,
            rests=self._rests,
            pause_frames=self.settings.pause_frames,
        )
