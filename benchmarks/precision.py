"""How long do the linear layers of Whisper `base` take in each precision, and how far are they off?

python -m benchmarks.precision [--rows 1 5 20 50 225 520]
One thread; milliseconds are the best of many, in turn. Errors are root mean squares against
float64, of random weights and rows, in percent of the result's.
"""

import argparse
import time
from collections.abc import Mapping

import torch
from torch import Tensor

from benchmarks.report import print_report
from interp.models.linear import Linear, linear
from interp.models.precision import Precision
from interp.models.precision_choice import fastest

SHAPES = ((512, 1536), (512, 512), (512, 2048), (2048, 512), (512, 6144))
ROUNDS = 40


def best_ms(layers: Mapping[Precision, Linear], x: Tensor) -> dict[Precision, float]:
    """The shortest of each, taken in turn."""
    best = dict.fromkeys(layers, float("inf"))
    for _ in range(ROUNDS):
        for name, layer in layers.items():
            started_s = time.perf_counter()
            layer(x)
            best[name] = min(best[name], 1000 * (time.perf_counter() - started_s))
    return best


@torch.inference_mode()
def row(inner: int, outer: int, rows: int) -> dict[str, float]:
    """One shape with so many rows."""
    random = torch.Generator().manual_seed(0)
    weight = torch.randn(outer, inner, generator=random)
    bias = torch.randn(outer, generator=random)
    x = torch.randn(rows, inner, generator=random)
    kinds = (Precision.FLOAT32, Precision.FLOAT16, Precision.INT8)
    layers = {kind: linear(weight, bias, kind) for kind in kinds}
    true = x.double() @ weight.double().T + bias
    found: dict[str, float] = {"in": inner, "out": outer, "rows": rows}
    for kind, ms in best_ms(layers, x).items():
        found[f"{kind}_ms"] = round(ms, 3)
        error = (layers[kind](x) - true).square().mean().sqrt() / true.square().mean().sqrt()
        found[f"{kind}_off_percent"] = round(100 * float(error), 3)
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 5, 20, 50, 225, 520])
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for inner, outer in SHAPES:
        for count in args.rows:
            rows.append(row(inner, outer, count))
            print(rows[-1], flush=True)
    print_report("precision", [{"chosen": fastest(), "rows": rows}])


if __name__ == "__main__":
    main()
