"""Marian's container, written by the tests and read back."""

import numpy as np
import pytest

from interp.models.marian.checkpoint import load_marian
from interp.models.marian.container import read_marian
from interp.models.store import FileContent, WeightsError
from tests.fakes.tiny_marian import TINY, quantised, tiny_arrays, tiny_config, write_container

LINEAR = frozenset({"Wemb", "encoder_l1_ffn_W1", "decoder_l2_rnn_W"})


@pytest.fixture(scope="module")
def model() -> bytes:
    return write_container(tiny_config(TINY), tiny_arrays(TINY), packed=LINEAR)


def test_floats_and_packed_weights_come_out_in_marians_shapes(model: bytes) -> None:
    arrays, read = tiny_arrays(TINY), read_marian(model).arrays
    assert read.keys() == arrays.keys()
    for name, array in arrays.items():
        expected = quantised(name, array) if name in LINEAR else array
        np.testing.assert_allclose(read[name], expected, rtol=1e-6)


def test_linear_weights_of_a_checkpoint_are_out_by_in(model: bytes) -> None:
    checkpoint = load_marian(FileContent("model.bin", model))
    assert checkpoint.dims == TINY
    assert checkpoint.tensors["encoder_l1_ffn_W1"].shape == (TINY.hidden, TINY.dim)
    np.testing.assert_allclose(
        checkpoint.tensors["encoder_l1_ffn_W2"].numpy(), tiny_arrays(TINY)["encoder_l1_ffn_W2"].T
    )


@pytest.mark.parametrize("cut", [0, 7, 40, 3000, -1])
def test_a_cut_file_is_refused(model: bytes, cut: int) -> None:
    with pytest.raises(WeightsError):
        load_marian(FileContent("model.bin", model[:cut]))


def test_a_model_of_another_form_is_refused_by_what_differs() -> None:
    config = tiny_config(TINY) | {"dec-cell": "gru"}
    model = write_container(config, tiny_arrays(TINY), packed=frozenset())
    with pytest.raises(WeightsError, match="dec-cell is 'gru'"):
        load_marian(FileContent("model.bin", model))


def test_a_tensor_that_lacks_is_named() -> None:
    arrays = tiny_arrays(TINY)
    del arrays["decoder_l2_rnn_Wf"]
    model = write_container(tiny_config(TINY), arrays, packed=frozenset())
    with pytest.raises(WeightsError, match="lacks decoder_l2_rnn_Wf"):
        load_marian(FileContent("model.bin", model))
