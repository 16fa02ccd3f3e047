import os
import signal
import time
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interp.core.audio import Samples
from interp.core.errors import InvalidRequest, Reason, Unavailable
from interp.intake.container import ContainerDecoder
from interp.intake.format import Encoding
from interp.intake.past import MAX_BYTES
from tests.attack.processes import kill_decoders
from tests.fakes.containers import encode, encoded

CONTAINERS = [Encoding.FLAC, Encoding.OGG_OPUS, Encoding.WEBM_OPUS]
RATE_HZ = 48_000
ONSET = 4800


def tone(samples: int) -> Samples:
    time = np.arange(samples) / RATE_HZ
    return np.asarray(0.5 * np.sin(2 * np.pi * 440 * time) * (time >= ONSET / RATE_HZ), np.float32)


SOUND = tone(RATE_HZ + 137)
BYTES = {encoding: encoded(SOUND, RATE_HZ, encoding) for encoding in CONTAINERS}
GARBAGE = np.random.default_rng(0).integers(0, 256, 2_000_000, np.uint8).tobytes()


def decode(encoding: Encoding, *parts: bytes) -> Samples:
    decoder = ContainerDecoder(encoding)
    try:
        samples = [decoder.push(part) for part in parts]
        return np.concatenate([*samples, decoder.finish()])
    finally:
        decoder.close()


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def decoders() -> int:
    """Decoder processes of this test, once those that are ending have ended."""
    time.sleep(0.1)
    mine = [child for child in children(os.getpid()) if "interp.intake.nursery" in command(child)]
    return sum(len(children(nursery)) for nursery in mine)


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


WHOLE = {encoding: decode(encoding, BYTES[encoding]) for encoding in CONTAINERS}


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_every_sample_comes_out_at_its_place(encoding: Encoding) -> None:
    """Opus pre-skip is 312 samples; a shift of 2 samples would differ by 0.06."""
    out = WHOLE[encoding]
    assert out.size == SOUND.size
    assert abs(int(np.argmax(np.abs(out) > 0.25)) - int(np.argmax(SOUND > 0.25))) <= 3
    inner = slice(2 * ONSET, -2000)
    np.testing.assert_allclose(out[inner], SOUND[inner], atol=0.03)


def test_flac_is_lossless() -> None:
    sent = np.round(SOUND * 32767).astype(np.int16)
    np.testing.assert_array_equal(WHOLE[Encoding.FLAC] * 32768, sent)


@pytest.mark.parametrize("encoding", CONTAINERS)
@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, 30_000), max_size=12))
def test_any_split_gives_the_same_bits(encoding: Encoding, cuts: list[int]) -> None:
    data = BYTES[encoding]
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [data[a:b] for a, b in pairwise(bounds)]
    np.testing.assert_array_equal(decode(encoding, *parts), WHOLE[encoding])


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_how_much_each_push_gives_is_settled_by_its_bytes(encoding: Encoding) -> None:
    def sizes() -> list[int]:
        decoder = ContainerDecoder(encoding)
        given_sizes = [decoder.push(part).size for part in pieces(BYTES[encoding], 700)]
        return [*given_sizes, decoder.finish().size]

    assert sizes() == sizes()


def test_live_webm_is_decoded_as_it_comes() -> None:
    decoder = ContainerDecoder(Encoding.WEBM_OPUS)
    half = decoder.push(BYTES[Encoding.WEBM_OPUS][: len(BYTES[Encoding.WEBM_OPUS]) // 2])
    decoder.close()
    assert half.size > 0.4 * SOUND.size


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_two_equal_channels_become_one(encoding: Encoding) -> None:
    out = decode(encoding, encoded(SOUND, RATE_HZ, encoding, channels=2))
    assert out.size == SOUND.size
    np.testing.assert_allclose(out[2 * ONSET : -2000], SOUND[2 * ONSET : -2000], atol=0.03)


@pytest.mark.parametrize("encoding", CONTAINERS)
@pytest.mark.parametrize("step", [500, 50_000])
def test_garbage_is_refused(encoding: Encoding, step: int) -> None:
    with pytest.raises(InvalidRequest) as error:
        decode(encoding, *pieces(GARBAGE[:50_000], step))
    assert error.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize("encoding", [Encoding.OGG_OPUS, Encoding.WEBM_OPUS])
def test_endless_garbage_after_good_audio_is_refused(encoding: Encoding) -> None:
    with pytest.raises(InvalidRequest) as error:
        decode(encoding, BYTES[encoding], *pieces(GARBAGE, 100_000))
    assert error.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize(("announced", "sent"), list(permutations(CONTAINERS, 2)))
def test_another_container_than_announced_is_refused(announced: Encoding, sent: Encoding) -> None:
    with pytest.raises(InvalidRequest, match="announces"):
        decode(announced, *pieces(BYTES[sent], 1000))


def test_another_codec_than_announced_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="another codec"):
        decode(Encoding.OGG_OPUS, encode(SOUND, RATE_HZ, "ogg", "flac"))


def test_a_codec_that_nobody_knows_is_refused() -> None:
    data = BYTES[Encoding.WEBM_OPUS].replace(b"A_OPUS", b"A_NONE")
    with pytest.raises(InvalidRequest) as error:
        decode(Encoding.WEBM_OPUS, data)
    assert error.value.reason is Reason.BAD_ENCODING


def test_more_than_two_channels_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="one or two channels"):
        decode(Encoding.FLAC, encoded(SOUND, RATE_HZ, Encoding.FLAC, channels=6))


def test_a_rate_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="8 to 48 kHz"):
        decode(Encoding.FLAC, encoded(SOUND, 96_000, Encoding.FLAC))


@pytest.mark.parametrize("encoding", CONTAINERS)
@pytest.mark.parametrize("step", [333, 10**6])
def test_a_second_chained_stream_is_refused(encoding: Encoding, step: int) -> None:
    with pytest.raises(InvalidRequest, match="one stream only"):
        decode(encoding, *pieces(BYTES[encoding] * 2, step))


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_a_header_cut_off_is_refused(encoding: Encoding) -> None:
    with pytest.raises(InvalidRequest) as error:
        decode(encoding, BYTES[encoding][:30])
    assert error.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize("encoding", [Encoding.FLAC, Encoding.WEBM_OPUS])
def test_a_stream_cut_off_gives_the_audio_before_the_cut(encoding: Encoding) -> None:
    data = BYTES[encoding]
    out = decode(encoding, data[: len(data) * 3 // 4])
    assert SOUND.size / 2 < out.size < SOUND.size
    np.testing.assert_array_equal(out[:20_000], WHOLE[encoding][:20_000])


def test_a_decompression_bomb_is_refused() -> None:
    bomb = encode(np.zeros(150 * RATE_HZ, np.float32), RATE_HZ, "flac", "flac")
    assert len(bomb) < 50_000
    with pytest.raises(InvalidRequest, match="more audio"):
        decode(Encoding.FLAC, bomb)


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_no_bytes_at_all_are_no_audio_and_no_error(encoding: Encoding) -> None:
    assert decode(encoding).size == 0
    assert decode(encoding, b"").size == 0


@pytest.mark.parametrize("data", [BYTES[Encoding.OGG_OPUS][:900], BYTES[Encoding.OGG_OPUS]])
def test_closing_ends_the_process(data: bytes) -> None:
    before = decoders()
    decoder = ContainerDecoder(Encoding.OGG_OPUS)
    assert decoders() == before, "none before the first byte"
    decoder.push(data)
    assert decoders() == before + 1
    decoder.close()
    decoder.close()
    assert decoders() == before


def test_finishing_and_failing_end_the_process() -> None:
    before = decoders()
    decoder = ContainerDecoder(Encoding.OGG_OPUS)
    decoder.push(BYTES[Encoding.OGG_OPUS])
    decoder.finish()
    decoder = ContainerDecoder(Encoding.WEBM_OPUS)
    with pytest.raises(InvalidRequest):
        decoder.push(GARBAGE[:50_000])
    assert decoders() == before


def test_a_decoder_closed_while_it_works_does_not_answer() -> None:
    decoder = ContainerDecoder(Encoding.OGG_OPUS)
    decoder.push(BYTES[Encoding.OGG_OPUS][:900])
    decoder.close()
    with pytest.raises(InvalidRequest):
        decoder.push(BYTES[Encoding.OGG_OPUS][900:])


def test_the_nursery_is_started_again_when_it_has_died_before_its_decoders() -> None:
    running = ContainerDecoder(Encoding.OGG_OPUS)
    running.push(BYTES[Encoding.OGG_OPUS][:1000])
    for child in children(os.getpid()):
        if "interp.intake.nursery" in command(child):
            os.kill(child, signal.SIGKILL)
    while any("interp.intake.nursery" in command(child) for child in children(os.getpid())):
        time.sleep(0.02)
    assert decode(Encoding.OGG_OPUS, BYTES[Encoding.OGG_OPUS]).size == SOUND.size
    rest = running.push(BYTES[Encoding.OGG_OPUS][1000:])
    assert rest.size > 0
    running.close()


def test_one_broken_stream_leaves_another_alone() -> None:
    good, bad = ContainerDecoder(Encoding.OGG_OPUS), ContainerDecoder(Encoding.OGG_OPUS)
    parts = pieces(BYTES[Encoding.OGG_OPUS], 1000)
    samples = [good.push(part) for part in parts[:5]]
    with pytest.raises(InvalidRequest):
        decode(Encoding.OGG_OPUS, GARBAGE[:100_000])
    bad.close()
    samples += [good.push(part) for part in parts[5:]]
    np.testing.assert_array_equal(
        np.concatenate([*samples, good.finish()]), WHOLE[Encoding.OGG_OPUS]
    )


@pytest.mark.parametrize("encoding", CONTAINERS)
def test_a_decoder_that_is_killed_from_outside_is_replaced(encoding: Encoding) -> None:
    decoder = ContainerDecoder(encoding)
    samples = []
    for index, part in enumerate(pieces(BYTES[encoding], 3_000)):
        samples.append(decoder.push(part))
        if index % 2 == 0:
            assert kill_decoders()
    kill_decoders()
    samples.append(decoder.finish())
    np.testing.assert_array_equal(np.concatenate(samples), WHOLE[encoding])


def test_the_same_when_who_looks_after_it_is_killed_too() -> None:
    decoder = ContainerDecoder(Encoding.OGG_OPUS)
    half = decoder.push(BYTES[Encoding.OGG_OPUS][:5_000])
    nurseries = [each for each in children(os.getpid()) if "nursery" in command(each)]
    for pid in (*nurseries, *(each for nursery in nurseries for each in children(nursery))):
        os.kill(pid, signal.SIGKILL)
    rest = decoder.push(BYTES[Encoding.OGG_OPUS][5_000:])
    out = np.concatenate([half, rest, decoder.finish()])
    np.testing.assert_array_equal(out, WHOLE[Encoding.OGG_OPUS])


def test_one_that_is_killed_after_too_much_to_tell_it_again_is_our_loss() -> None:
    noise = np.random.default_rng(2).uniform(-0.5, 0.5, 60 * RATE_HZ).astype(np.float32)
    data = encode(noise, RATE_HZ, "flac", "flac")
    assert len(data) > MAX_BYTES
    decoder = ContainerDecoder(Encoding.FLAC)
    for part in pieces(data, 200_000):
        decoder.push(part)
    kill_decoders()
    with pytest.raises(Unavailable) as error:
        decoder.finish()
    assert error.value.reason is Reason.REPLICA_LOST
    assert error.value.retry_after_ms


@pytest.mark.parametrize("number", [signal.SIGPROF, signal.SIGSEGV])
def test_one_that_ends_by_its_limits_or_a_fault_is_not_told_again(number: signal.Signals) -> None:
    decoder = ContainerDecoder(Encoding.OGG_OPUS)
    decoder.push(BYTES[Encoding.OGG_OPUS][:5_000])
    assert kill_decoders(number)
    with pytest.raises(InvalidRequest) as error:
        decoder.push(BYTES[Encoding.OGG_OPUS][5_000:])
    assert error.value.reason is Reason.BAD_ENCODING


def test_the_nursery_keeps_nothing_of_decoders_that_ended() -> None:
    decode(Encoding.OGG_OPUS, BYTES[Encoding.OGG_OPUS])
    (nursery,) = [each for each in children(os.getpid()) if "nursery" in command(each)]
    decoders()
    before = len(os.listdir(f"/proc/{nursery}/fd")), len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        decode(Encoding.OGG_OPUS, BYTES[Encoding.OGG_OPUS])
    decoders()
    assert (len(os.listdir(f"/proc/{nursery}/fd")), len(os.listdir("/proc/self/fd"))) == before
