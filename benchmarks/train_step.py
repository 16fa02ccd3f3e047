"""What does a step of the OmniLM's training cost, in float32 and with products in bfloat16?

CPU time of one thread, made-up rows of text and of speech, no data read.
`python -m benchmarks.train_step training/configs/omni_small/3_multimodal.toml ...`
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from benchmarks.report import print_report
from interp.core.settings import read_settings
from interp.models.omni.config import OmniConfig
from interp.models.omni.lm import OmniLM
from interp.models.omni.prompts import Task
from training.averaged import AveragedLearner, Measured
from training.omni.batch import collate, lost
from training.omni.config import OmniRun
from training.omni.corpus import About
from training.omni.rows import Row, Sample, turn_row
from training.run import RunConfig

ROWS, WORDS, HEARD, PIECES = 32, 14, 40, 1_500
"""Of a step: rows, pieces of each text, frames of speech; and of the vocabulary."""
WARM_UP, STEPS = 2, 5


class MadeUp(AveragedLearner[OmniLM]):
    """Learns the same rows again and again."""

    def __init__(self, run: RunConfig, lm: OmniConfig, rows: list[Row]) -> None:
        super().__init__(run, OmniLM(lm))
        self._batch = collate(rows, lm.layout, lm.source_dim, self.device)

    def measure(self, net: OmniLM, rng: np.random.Generator) -> Measured:
        """As AveragedLearner.measure."""
        return Measured(lost(net, [self._batch]).total, {})

    def export(self, folder: Path) -> None:
        """Nothing is kept."""


def row_of(lm: OmniConfig, task: Task, rng: np.random.Generator) -> Row:
    """One made-up row of a task."""
    text = tuple(int(piece) for piece in rng.integers(0, PIECES, WORDS))
    source = torch.randn(HEARD, lm.source_dim) if task.hears else None
    asked = () if task.hears else text
    return turn_row(lm.layout, Sample(task, asked, source, text, language=0))


def cost_ms(run: RunConfig, lm: OmniConfig, task: Task) -> float:
    """CPU time of a step."""
    rng = np.random.default_rng(0)
    learner = MadeUp(run, lm, [row_of(lm, task, rng) for _ in range(ROWS)])
    for _ in range(WARM_UP):
        learner.train_step()
    started_s = time.process_time()
    for _ in range(STEPS):
        learner.train_step()
    return 1000 * (time.process_time() - started_s) / STEPS


def main() -> None:
    """Print a line per model, task and precision, and a JSON line last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configs", nargs="+", type=Path, help="stages, whose sizes are taken")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for path in args.configs:
        config = read_settings(path, OmniRun)
        lm = config.model.lm(About("whisper-base", 1_024, ("en", "pt")), PIECES)
        for task in (Task.T2TT, Task.S2TT):
            for bfloat16 in (False, True):
                run = replace(config.run, bfloat16=bfloat16)
                row = {"config": str(path), "task": task.value, "bfloat16": bfloat16}
                rows.append(row | {"step_cpu_ms": round(cost_ms(run, lm, task))})
                print(rows[-1])
    print_report("train_step", rows)


if __name__ == "__main__":
    main()
