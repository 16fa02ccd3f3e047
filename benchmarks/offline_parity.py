"""Is our offline policy as good as openai-whisper's own greedy translation, on the same weights?

`python -m benchmarks.offline_parity MANIFEST [--limit N]` gives sacreBLEU and CPU time of both.
"""

import argparse
import csv
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
import whisper
from whisper.model import ModelDimensions, Whisper

from interp import app, environment
from interp.core.audio import Samples
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.events import TargetText
from interp.engine.models import Models
from interp.engine.recording import interpret
from interp.evaluate.score.quality import bleu, chrf
from interp.intake.file import read_audio
from interp.models.settings import ModelSettings
from interp.models.whisper.checkpoint import load_whisper


def openai_whisper() -> Whisper:
    """The whisper package's own model with the same tensors."""
    (file,) = environment.store().open("whisper-base")
    checkpoint = load_whisper(file)
    model = Whisper(ModelDimensions(**asdict(checkpoint.dims)))
    model.load_state_dict(checkpoint.state_dict)
    return model.eval()


def whisper_text(model: Whisper, samples: Samples) -> str:
    """Greedy translation of the padded window, as `whisper.decode` does it."""
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples))
    options = whisper.DecodingOptions(
        task="translate", language="fr", without_timestamps=True, fp16=False
    )
    return str(whisper.decode(model, mel, options).text)


def our_text(models: Models, samples: Samples) -> str:
    """The offline policy through gate and session."""
    clock = VirtualClock()
    session = app.session(SessionConfig("fr", "en", policy="offline"), models, clock)
    events = interpret(session, samples, clock)
    words = [w.text for e in events if isinstance(e, TargetText) for w in e.words]
    return "".join(words).strip()


def measured(
    texts: Callable[[], list[str]], references: list[str], seconds: float
) -> dict[str, float]:
    """Scores of what `texts` gives, and its CPU seconds per second of speech."""
    started_s = time.process_time()
    said = texts()
    cpu = (time.process_time() - started_s) / seconds
    result = {"bleu": bleu(said, references).value, "chrf": chrf(said, references).value}
    return {**{name: round(value, 2) for name, value in result.items()}, "cpu_s_per_s": cpu}


def main() -> None:
    """Print a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    with args.manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[: args.limit]
    audio = [read_audio(args.manifest.parent / row["audio"]) for row in rows]
    references = [row["reference"] for row in rows]
    theirs, ours = openai_whisper(), app.models(ModelSettings(threads=1), speaking=False)
    torch.set_num_threads(1)
    seconds = sum(samples.size for samples in audio) / 16_000
    result: dict[str, object] = {"benchmark": "offline_parity", "files": len(rows)}
    with torch.inference_mode():
        result["openai_whisper"] = measured(
            lambda: [whisper_text(theirs, samples) for samples in audio], references, seconds
        )
        result["interp_offline"] = measured(
            lambda: [our_text(ours, samples) for samples in audio], references, seconds
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
