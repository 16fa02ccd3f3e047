"""SimulEval's segments as JSON, as its remote evaluation sends and takes them."""

import json
from dataclasses import dataclass

import numpy as np

from interp.client.blocking import Said
from interp.core.audio import TARGET_RATE_HZ, Samples
from interp.core.events import Output


@dataclass(frozen=True, slots=True, eq=False)
class SourceSegment:
    """The next samples [sample] of the source at rate_hz. finished: and the last."""

    samples: Samples
    rate_hz: int
    finished: bool


def read_segment(content: bytes) -> SourceSegment:
    """A speech segment or an empty one. Raises ValueError for anything else."""
    fields = json.loads(content)
    if not isinstance(fields, dict):
        raise ValueError("a segment is a JSON object")
    finished = bool(fields.get("finished", False))
    match fields.get("data_type"):
        case None:
            return SourceSegment(np.zeros(0, np.float32), 0, finished)
        case "speech":
            samples = np.array(fields.get("content", []), np.float32)
            rate_hz = fields.get("sample_rate")
            if samples.ndim != 1 or not isinstance(rate_hz, int):
                raise ValueError("a speech segment has a list of samples and their rate")
            return SourceSegment(samples, rate_hz, finished)
    raise ValueError("the source of this system is speech")


def target_segment(said: Said, output: Output, *, finished: bool) -> str:
    """What was said as a text or speech segment; as an empty one where that is nothing."""
    fields: dict[str, object] = {"index": 0, "tgt_lang": None, "config": {}, "finished": finished}
    if output is Output.SPEECH and said.speech.size:
        fields |= {"data_type": "speech", "sample_rate": TARGET_RATE_HZ}
        return json.dumps({**fields, "content": said.speech.tolist(), "is_empty": False})
    if output is Output.TEXT and said.words:
        text = " ".join(said.words)
        return json.dumps({**fields, "data_type": "text", "content": text, "is_empty": False})
    return json.dumps({**fields, "data_type": None, "content": [], "is_empty": True})
