from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from interp.core.audio import SNAC_FRAME_SAMPLES, Samples
from interp.models.snac import Codec, Codes, DecodeState, SnacConfig, build_snac, write_weights
from interp.models.store import FileContent, WeightsError
from interp.models.stream_conv import StreamState

torch.set_num_threads(1)

SMALL = SnacConfig(encoder_dim=4, decoder_dim=32, codebook_size=64, noise=False)
NOISY = SnacConfig(encoder_dim=4, decoder_dim=32, codebook_size=64, noise=True)
OURS = SnacConfig(
    encoder_dim=4,
    encoder_rates=(4, 4, 4, 8),
    decoder_dim=32,
    decoder_rates=(8, 4, 4, 4),
    codebook_size=64,
    noise=False,
)
VOICED = replace(OURS, voiced=True)
TOLERANCE = 1e-5  # rounding only; the signal is of the order of 0.5


def codec(config: SnacConfig = SMALL, noise_seed: int | None = None) -> Codec:
    torch.manual_seed(0)
    return Codec(build_snac(config), config, noise_seed)


def random_codes(frames: int, seed: int = 0) -> Codes:
    rng = np.random.default_rng(seed)
    return Codes(*(rng.integers(0, SMALL.codebook_size, frames * n) for n in (1, 2, 4)))


def streamed(codec: Codec, codes: Codes, pieces: Sequence[int]) -> Samples:
    state = codec.init_state()
    out, start = [], 0
    for frames in pieces:
        out.append(codec.decode(codes.part(start, start + frames), state))
        start += frames
    out.append(codec.decode(codes.part(start, codes.frames), state, final=True))
    return np.concatenate(out)


def held_values(state: StreamState) -> int:
    return state.held.numel() + sum(held_values(part) for part in state.parts)


@pytest.mark.parametrize("config", [SMALL, OURS, VOICED])
def test_whole_decoding_is_that_of_the_snac_package(config: SnacConfig) -> None:
    torch.manual_seed(0)
    model = build_snac(config).eval().double()
    codes = random_codes(9)
    lists = [torch.from_numpy(level)[None] for level in (codes.coarse, codes.mid, codes.fine)]
    with torch.inference_mode():
        wanted = model.decode(lists)[0, 0].numpy()  # type: ignore[operator]
    heard = codec(config).decode_whole(codes)
    assert float(np.abs(wanted).max()) > 0.1
    atol = 1e-3 if config.voiced else TOLERANCE  # rounding of the pitch grows with the phase
    np.testing.assert_allclose(heard, wanted, atol=atol)


@pytest.mark.parametrize("seed", range(6))
def test_any_split_gives_the_samples_of_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = codec((SMALL, OURS, VOICED)[seed % 3])
    frames = int(rng.integers(1, 24))
    codes = random_codes(frames, seed)
    pieces: list[int] = []
    while sum(pieces) < frames:
        pieces.append(int(rng.integers(0, min(5, frames - sum(pieces)) + 1)))
    heard = streamed(one, codes, pieces)
    np.testing.assert_allclose(heard, one.decode_whole(codes), atol=TOLERANCE)


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 7])
def test_a_stream_of_f_frames_gives_2048_f_samples(frames: int) -> None:
    assert len(streamed(codec(), random_codes(frames), [1] * frames)) == frames * SNAC_FRAME_SAMPLES


@pytest.mark.parametrize(("config", "noise_seed"), [(OURS, None), (VOICED, 3)])
def test_samples_are_at_most_three_frames_behind(
    config: SnacConfig, noise_seed: int | None
) -> None:
    one = codec(config, noise_seed)
    assert 0 < one.lag_samples < 3 * SNAC_FRAME_SAMPLES
    state = one.init_state()
    given = sum(len(one.decode(random_codes(1), state)) for _ in range(10))
    assert given == 10 * SNAC_FRAME_SAMPLES - one.lag_samples


def test_a_settled_sample_does_not_depend_on_later_frames() -> None:
    one = codec()
    codes, other = random_codes(12), random_codes(12, seed=1)
    first = one.decode(codes.part(0, 8), one.init_state())
    joined = Codes(
        *(
            np.concatenate((a[: 8 * n], b[8 * n :]))
            for n, a, b in zip(
                (1, 2, 4),
                (codes.coarse, codes.mid, codes.fine),
                (other.coarse, other.mid, other.fine),
                strict=True,
            )
        )
    )
    np.testing.assert_allclose(one.decode_whole(joined)[: len(first)], first, atol=TOLERANCE)


@pytest.mark.parametrize(("config", "noise_seed"), [(SMALL, None), (VOICED, None), (VOICED, 3)])
def test_what_a_stream_holds_does_not_grow(config: SnacConfig, noise_seed: int | None) -> None:
    one = codec(config, noise_seed)
    state = one.init_state()
    held: list[int] = []
    for _ in range(30):
        one.decode(random_codes(1), state)
        held.append(held_values(state.stream))
    assert held[5] == held[-1]


def test_two_streams_do_not_mix() -> None:
    one = codec()
    first, second = random_codes(6, seed=1), random_codes(6, seed=2)
    states: tuple[DecodeState, DecodeState] = (one.init_state(), one.init_state())
    parts: tuple[list[Samples], list[Samples]] = ([], [])
    for frame in range(6):
        for codes, state, part in zip((first, second), states, parts, strict=True):
            part.append(one.decode(codes.part(frame, frame + 1), state, final=frame == 5))
    for codes, part in zip((first, second), parts, strict=True):
        np.testing.assert_allclose(np.concatenate(part), one.decode_whole(codes), atol=TOLERANCE)


@pytest.mark.parametrize("config", [NOISY, VOICED])
def test_there_is_no_noise_unless_it_is_asked_for(config: SnacConfig) -> None:
    codes = random_codes(5)
    quiet, again = codec(config), codec(config)
    noisy = codec(config, noise_seed=3)
    np.testing.assert_array_equal(quiet.decode_whole(codes), again.decode_whole(codes))
    assert float(np.abs(noisy.decode_whole(codes) - quiet.decode_whole(codes)).max()) > 1e-3


@pytest.mark.parametrize("config", [NOISY, VOICED])
def test_noise_is_the_same_for_any_split(config: SnacConfig) -> None:
    codes = random_codes(7)
    noisy = codec(config, noise_seed=3)
    heard = streamed(noisy, codes, [1, 2, 1, 3])
    np.testing.assert_allclose(heard, noisy.decode_whole(codes), atol=TOLERANCE)


def test_an_ended_stream_takes_no_more_frames() -> None:
    one = codec()
    state = one.init_state()
    one.decode(random_codes(1), state, final=True)
    with pytest.raises(ValueError, match="ended"):
        one.decode(random_codes(1), state)


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (1, 1), (2048, 1), (2049, 2)])
def test_speech_is_padded_to_whole_frames(samples: int, frames: int) -> None:
    assert codec().encode(np.zeros(samples, np.float32)).frames == frames


def test_lists_of_codes_must_fit_together() -> None:
    with pytest.raises(ValueError, match="F, 2 F, 4 F"):
        Codes(np.zeros(2, np.int64), np.zeros(4, np.int64), np.zeros(7, np.int64))


def test_written_weights_decode_as_before(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = build_snac(OURS)
    write_weights(model, OURS, tmp_path, torch.float16)
    codes = random_codes(5)
    read = Codec.load(tmp_path)
    assert read.config == OURS
    np.testing.assert_allclose(
        read.decode_whole(codes), Codec(model, OURS).decode_whole(codes), atol=0.02
    )


def test_a_pickle_is_read_under_a_known_hash_only(tmp_path: Path) -> None:
    write_weights(build_snac(SMALL), SMALL, tmp_path, torch.float32)
    (tmp_path / "model.safetensors").unlink()
    torch.save(build_snac(SMALL).state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="known hash"):
        Codec.load(tmp_path)
    data = (tmp_path / "pytorch_model.bin").read_bytes()
    file = FileContent("pytorch_model.bin", data, pinned=True)
    assert Codec.from_file(file, SMALL).decode_whole(random_codes(1)).shape == (2048,)


def test_weights_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="neither"):
        Codec.load(tmp_path)
    write_weights(build_snac(SMALL), SMALL, tmp_path, torch.float32)
    data = (tmp_path / "model.safetensors").read_bytes()
    with pytest.raises(WeightsError, match="does not fit"):
        Codec.from_file(FileContent("model.safetensors", data), OURS)
    (tmp_path / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(WeightsError, match="safetensors"):
        Codec.load(tmp_path)
    (tmp_path / "config.json").write_text('{"encoder_dimension": 4}')
    with pytest.raises(WeightsError, match=r"config\.json"):
        Codec.load(tmp_path)


@pytest.mark.parametrize(
    "config",
    [
        SnacConfig(sampling_rate=44_100, encoder_dim=4, decoder_dim=32),
        SnacConfig(encoder_dim=4, decoder_dim=32, vq_strides=(8, 4, 2, 1)),
        SnacConfig(encoder_dim=4, decoder_dim=64, attn_window_size=32),
    ],
)
def test_a_snac_of_another_layout_is_refused(config: SnacConfig) -> None:
    with pytest.raises(WeightsError):
        Codec(build_snac(config), config)
