import pytest
import torch
from torch import Tensor, nn

from interp.models.stream_conv import Convolution, Residual, StreamLayer, Upsampling

torch.set_num_threads(1)


def streamed(layer: StreamLayer, x: Tensor, pieces: list[int]) -> Tensor:
    state = layer.init_state()
    parts = torch.split(x, pieces, -1)
    out = [layer.step(part, state, final=False) for part in parts]
    out.append(layer.step(x[..., :0], state, final=True))
    return torch.cat(out, -1)


@pytest.mark.parametrize("stride", [2, 3, 4, 7, 8])
@pytest.mark.parametrize("pieces", [[5], [1, 1, 3], [2, 0, 3]])
@torch.inference_mode()
def test_upsampling_in_pieces_is_that_of_the_whole(stride: int, pieces: list[int]) -> None:
    conv = nn.ConvTranspose1d(
        3, 2, 2 * stride, stride, padding=-(-stride // 2), output_padding=stride % 2
    )
    x = torch.randn(1, 3, 5)
    torch.testing.assert_close(streamed(Upsampling(conv), x, pieces), conv(x))


@pytest.mark.parametrize("dilation", [1, 3, 9])
@pytest.mark.parametrize("pieces", [[40], [1, 39], [20, 0, 20], [3] * 13 + [1]])
@torch.inference_mode()
def test_convolution_in_pieces_is_that_of_the_whole(dilation: int, pieces: list[int]) -> None:
    conv = nn.Conv1d(4, 4, 7, padding=3 * dilation, dilation=dilation, groups=4)
    x = torch.randn(1, 4, 40)
    torch.testing.assert_close(streamed(Convolution(conv), x, pieces), conv(x))


@torch.inference_mode()
def test_the_skip_of_a_residual_waits_for_its_layers() -> None:
    convs = [nn.Conv1d(4, 4, 7, padding=9, dilation=3), nn.Conv1d(4, 4, 1)]
    x = torch.randn(1, 4, 30)
    residual = Residual([Convolution(conv) for conv in convs])
    torch.testing.assert_close(streamed(residual, x, [7] * 4 + [2]), x + convs[1](convs[0](x)))


def test_a_convolution_that_changes_the_length_is_refused() -> None:
    with pytest.raises(AssertionError, match="length"):
        Convolution(nn.Conv1d(4, 4, 7, padding=2))
    with pytest.raises(AssertionError, match="length"):
        Convolution(nn.Conv1d(4, 4, 4, stride=2))
