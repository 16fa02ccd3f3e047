"""Several processes that write the shards of a folder that are missing."""

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from training.data.shards import shard_index


@dataclass(frozen=True, slots=True)
class Job:
    """One shard to be written: its index, its texts, and the number of the first of these."""

    index: Path
    texts: tuple[str, ...]
    first: int


def write_missing(
    folder: Path, texts: Sequence[str], size: int, write: Callable[[Job], float], workers: int
) -> float:
    """Have `write` make each shard of `size` texts that is not complete; seconds of speech added.

    write: gives the seconds of a shard; it is pickled for the processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [
        Job(index, tuple(texts[first : first + size]), first)
        for first in range(0, len(texts), size)
        if not (index := shard_index(folder, first // size)).exists()
    ]
    spoken_s = 0.0
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        progress = tqdm(pool.imap_unordered(write, jobs), total=len(jobs), unit="shard")
        for seconds in progress:
            spoken_s += seconds
            progress.set_postfix(hours=f"{spoken_s / 3600:.2f}")
    return spoken_s
