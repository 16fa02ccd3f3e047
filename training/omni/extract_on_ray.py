"""The same extraction by Ray Data: on all cores and nodes, in the order of the entries.

Recordings and codec are on a disk that all nodes see. Ray is started, or joined, already.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import ray.data

from interp.core.settings import settings_from
from interp.models.omni.grid import AUDIO_ROWS
from training.data.manifest import Entry
from training.omni.extract import (
    HEARD_TYPE,
    SPOKEN_TYPE,
    Extracted,
    Extraction,
    Extractor,
)

BLOCK_ENTRIES = 32


class _ExtractorRow:
    """An `Extractor` as Ray Data calls it: rows of plain values in, and out."""

    def __init__(self, job: Extraction) -> None:
        self._extractor = Extractor(job)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        entry = settings_from(Entry, json.loads(row["entry"]), "")
        found = self._extractor.extract(entry)
        heard, spoken = found.heard.tobytes(), found.spoken.tobytes()
        return {"heard": heard, "dim": found.heard.shape[1], "spoken": spoken}


def extracted_on_ray(
    entries: Sequence[Entry], job: Extraction, workers: int
) -> Iterator[Extracted]:
    """As `extract.extracted`, by so many workers; entries come as they are done, in order."""
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    rows = [{"entry": json.dumps(asdict(entry))} for entry in entries]
    blocks = max(1, len(rows) // BLOCK_ENTRIES)
    data = ray.data.from_items(rows, override_num_blocks=blocks).map(
        _ExtractorRow,  # type: ignore[arg-type]
        fn_constructor_args=(job,),
        concurrency=workers,
        num_cpus=1,
    )
    for row in data.iter_rows():
        yield Extracted(
            np.frombuffer(row["heard"], HEARD_TYPE).reshape(-1, row["dim"]),
            np.frombuffer(row["spoken"], SPOKEN_TYPE).reshape(-1, AUDIO_ROWS),
        )
