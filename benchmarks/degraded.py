"""Makes degraded copies of an evaluation set: what of the text is left on bad lines and in noise?

`python -m benchmarks.degraded MANIFEST FOLDER [--limit 60] [--kind KIND ...]` writes
FOLDER/telephone, quiet, babble, room and aac, and lost0, lost1, lost3 and lost10: as Opus packets
of 20 ms of which so many percent are lost, as the intake hears them. Each is a set of its own:
`interp eval FOLDER/telephone/manifest.tsv`. It is the same each time: the babble of a recording is
the recordings after it, and a room's noise and the packets that are lost have seeds.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import av
import numpy as np
import soundfile
import soxr

from interp.core.audio import SOURCE_RATE_HZ, Samples
from interp.core.clock import VirtualClock
from interp.core.events import Audio
from interp.evaluate.record.manifest import COLUMNS, Clip, read_manifest
from interp.intake.file import read_audio
from interp.intake.format import AudioFormat, Encoding, IntakeLimits
from interp.intake.intake import Intake
from interp.intake.opus import RATE_HZ
from interp.intake.rtp import RtpStamp

TELEPHONE_HZ, LOW_HZ, HIGH_HZ = 8_000, 300, 3_400
MU = 255.0
QUIET_DB = -35.0
BABBLE_DB = -20.0
VOICES = 6
ROOM_DB, ROOM_S = -50.0, 5
AAC_BITS_PER_S = 32_000
PACKET_MS = 20


def main() -> None:
    """Write the sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--kind", choices=KINDS, nargs="+", default=list(KINDS))
    args = parser.parse_args()
    clips = read_manifest(args.manifest)[: args.limit]
    sounds = [read_audio(clip.audio) for clip in clips]
    for kind in args.kind:
        degrade, folder = KINDS[kind], args.folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        lines = ["\t".join(COLUMNS)]
        for place, clip in enumerate(clips):
            file = folder / f"{clip.id}{'.m4a' if kind == 'aac' else '.flac'}"
            save(file, degrade(sounds, place))
            lines.append(line_of(clip, file.name, sounds[place].size / SOURCE_RATE_HZ))
        (folder / "manifest.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def line_of(clip: Clip, name: str, duration_s: float) -> str:
    """A line of a manifest."""
    cells = (clip.id, name, f"{duration_s:.3f}", clip.source_text or "", clip.reference or "")
    return "\t".join(cells)


def telephone(sounds: Sequence[Samples], place: int) -> Samples:
    """8 kHz, 300 to 3400 Hz, eight bits of mu-law."""
    narrow = soxr.resample(sounds[place], SOURCE_RATE_HZ, TELEPHONE_HZ)
    spectrum = np.fft.rfft(narrow)
    hz = np.fft.rfftfreq(narrow.size, 1 / TELEPHONE_HZ)
    spectrum[(hz < LOW_HZ) | (hz > HIGH_HZ)] = 0
    band = np.clip(np.fft.irfft(spectrum, narrow.size), -1, 1)
    code = np.round(np.sign(band) * np.log1p(MU * np.abs(band)) / np.log1p(MU) * 127) / 127
    sound = np.sign(code) * np.expm1(np.abs(code) * np.log1p(MU)) / MU
    wide: Samples = soxr.resample(sound.astype(np.float32), TELEPHONE_HZ, SOURCE_RATE_HZ)
    return wide


def quiet(sounds: Sequence[Samples], place: int) -> Samples:
    """So much below full scale."""
    return level(sounds[place], QUIET_DB)


def babble(sounds: Sequence[Samples], place: int) -> Samples:
    """Other voices, all together so much below this one."""
    sound = sounds[place]
    others = [sounds[(place + n) % len(sounds)] for n in range(1, VOICES + 1)]
    noise = np.sum([np.resize(level(other, BABBLE_DB), sound.size) for other in others], axis=0)
    mixed: Samples = sound + level(noise, BABBLE_DB + decibels(sound))
    return mixed


def room(sounds: Sequence[Samples], place: int) -> Samples:
    """A room's noise, as much in each octave as in the next, before anybody speaks."""
    count = ROOM_S * SOURCE_RATE_HZ
    spectrum = np.fft.rfft(np.random.default_rng(place).standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, spectrum.size))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, count).astype(np.float32)
    return np.concatenate([level(noise, ROOM_DB), sounds[place]])


def plain(sounds: Sequence[Samples], place: int) -> Samples:
    """As it is; its file is what degrades it."""
    return sounds[place]


def lost(percent: int, sounds: Sequence[Samples], place: int) -> Samples:
    """As Opus packets of which so many are lost, each for itself."""
    dice = random.Random(place)
    limits = IntakeLimits(max_ahead_ms=3_600_000)
    line = Intake(AudioFormat(Encoding.OPUS_PACKETS), limits, VirtualClock())
    heard = []
    with closing(line):
        for number, packet in enumerate(packets_of(sounds[place])):
            stamp = RtpStamp(number % 2**16, number * PACKET_MS * RATE_HZ // 1000)
            if dice.random() * 100 >= percent:
                heard += line.push(0, None, packet, stamp)
        heard += line.finish()
    sound = np.concatenate([each.samples for each in heard if isinstance(each, Audio)])
    return np.asarray(sound[: sounds[place].size], np.float32)


def packets_of(sound: Samples) -> Iterator[bytes]:
    """Opus packets, the last filled up with silence."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = SOURCE_RATE_HZ, "mono", "flt"
    size = SOURCE_RATE_HZ * PACKET_MS // 1000
    for start in range(0, sound.size, size):
        block = np.zeros((1, size), np.float32)
        part = sound[start : start + size]
        block[0, : part.size] = part
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate = SOURCE_RATE_HZ
        yield from map(bytes, encoder.encode(frame))


KINDS: dict[str, Callable[[Sequence[Samples], int], Samples]] = {
    "telephone": telephone,
    "quiet": quiet,
    "babble": babble,
    "room": room,
    "aac": plain,
    **{f"lost{percent}": partial(lost, percent) for percent in (0, 1, 3, 10)},
}


def decibels(samples: Samples) -> float:
    """RMS below full scale."""
    return float(10 * np.log10(np.mean(np.square(samples)) + 1e-12))


def level(samples: Samples, wanted_db: float) -> Samples:
    """The same at this RMS."""
    scaled: Samples = samples * np.float32(10 ** ((wanted_db - decibels(samples)) / 20))
    return scaled


def save(path: Path, samples: Samples) -> None:
    """As 16-bit samples, or as AAC where the name says so."""
    if path.suffix != ".m4a":
        soundfile.write(path, np.clip(samples, -1, 1), SOURCE_RATE_HZ, subtype="PCM_16")
        return
    with av.open(path, "w") as file:
        stream = file.add_stream("aac", rate=SOURCE_RATE_HZ, layout="mono")
        assert isinstance(stream, av.AudioStream), "a stream of sound"
        stream.bit_rate = AAC_BITS_PER_S
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = SOURCE_RATE_HZ
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)


if __name__ == "__main__":
    main()
