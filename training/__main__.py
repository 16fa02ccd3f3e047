"""`python -m training`: the recipe of the OmniLM, from pairs of files to a model folder."""

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import ray
import soundfile
import torch

from interp.core.audio import TARGET_RATE_HZ
from interp.core.errors import InterpError
from interp.intake.file import read_audio
from interp.models.device import device_of
from interp.models.omni.asking import Question, ask, spoken
from interp.models.omni.generate import Manner
from interp.models.omni.hearing import hearer
from interp.models.omni.imported import imported
from interp.models.omni.prompts import Task
from interp.models.omni.release import load_omni, save_omni
from interp.models.omni.settings import Sampling
from interp.models.omni.tokens import BYTE_PAIRS, vocabulary_file
from interp.models.settings import AUTO
from interp.models.snac import Codec
from interp.models.store import WeightsError
from training.data import steps
from training.data.filters import Limits, fit
from training.data.manifest import read_manifest, statistics, write_manifest
from training.data.readers import READERS
from training.data.teacher import StudentTeacher
from training.data.tones import write_tones
from training.omni.bar import Held, Speaking, beside, distinct, table
from training.omni.config import OmniRun
from training.omni.corpus import Corpus
from training.omni.evaluate import Score, aloud, offline, simultaneous
from training.omni.extract_on_ray import extracted_on_ray
from training.omni.judges import judge
from training.omni.prepare import Preparing, prepare
from training.omni.stages import ablate, read_stages, train_stage
from training.on_ray import Workers, train_on_ray
from training.parallel import joined, launched_by_torchrun
from training.speaker.recite import snac_decoder
from training.weights import store
from training.whisper import steps as whisper_steps

CARD = "README.md"
TEACHERS = ("firefox-en-pt", "firefox-pt-en")
"""Who translates in the cascade that a model is measured beside."""


def main(words: list[str] | None = None) -> int:
    """Run one step; 0 when it did what was asked, 1 when it could not, 2 for bad usage."""
    args = _parser().parse_args(words)
    try:
        args.run(args)
    except (InterpError, WeightsError, OSError, ValueError) as error:
        print(f"training {args.step}: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    found = parser.add_subparsers(dest="step", required=True)
    for name, (text, add) in STEPS.items():
        add(found.add_parser(name, help=text, description=text))
    return parser


def _add_manifest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpus", type=Path, help="its folder, or a file for tsv")
    parser.add_argument("--reader", choices=[*READERS], required=True)
    parser.add_argument("--source", required=True, help="language spoken, as en")
    parser.add_argument("--target", required=True, help="language of the translations, as pt")
    parser.add_argument("--out", type=Path, required=True, help="manifest, beside its audio")
    parser.set_defaults(run=_manifest)


def _manifest(args: argparse.Namespace) -> None:
    found = READERS[args.reader](args.corpus, args.source, args.target)
    kept, dropped = fit(found, Limits())
    write_manifest(args.out, kept)
    print("\n".join(statistics(read_manifest(args.out))))
    for reason, count in dropped.items():
        print(f"left out, {reason}: {count}")


def _add_tones(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=400, help="entries")
    parser.set_defaults(run=lambda args: print(write_tones(args.out, args.count)))


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hears", default="whisper-base", help="a Whisper, or mel for plain bands")
    parser.add_argument("--codec", type=Path, help="folder of its weights, to have speech as well")
    parser.add_argument(
        "--pieces", default="4000", help="how many, or a pieces.model or tokenizer.json to use"
    )
    parser.add_argument("--distorted", type=float, default=0.0, help="part heard through noise")
    parser.add_argument("--paused", type=float, default=0.0, help="part that silence follows")
    _add_ray(parser)
    parser.set_defaults(run=_prepare)


def _prepare(args: argparse.Namespace) -> None:
    pieces = int(args.pieces) if args.pieces.isdecimal() else Path(args.pieces)
    job = Preparing(
        args.manifest, args.out, args.hears, args.codec, pieces, args.distorted, args.paused
    )
    if not args.ray_workers:
        print(prepare(job))
        return
    ray.init(address=args.ray_address, include_dashboard=False)
    print(prepare(job, partial(extracted_on_ray, workers=args.ray_workers)))


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="gpt-omni/mini-omni, mini-omni2, or Qwen2-0.5B")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_import)


def _import(args: argparse.Namespace) -> None:
    model = imported(args.folder)
    save_omni(args.out, model.lm, model.card, torch.float32)
    shutil.copyfile(args.folder / BYTE_PAIRS, args.out / BYTE_PAIRS)
    count = sum(parameter.numel() for parameter in model.lm.parameters())
    print(f"{args.out}: {count / 1e6:.1f} M parameters")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("configs", nargs="+", type=Path, help="stages, in order")
    _add_ray(parser)
    parser.set_defaults(run=_train)


def _train(args: argparse.Namespace) -> None:
    stages = read_stages(args.configs)
    train_one = _ray_trainer(args) if args.ray_workers else _train_here
    for path, stage in zip(args.configs, stages, strict=True):
        print(f"{path.stem}: {json.dumps(train_one(stage))}")


def _train_here(stage: OmniRun) -> dict[str, float]:
    if not launched_by_torchrun():
        return train_stage(stage).evaluate()
    with joined(stage.run.device):
        return train_stage(stage).evaluate()


def _ray_trainer(args: argparse.Namespace) -> Callable[[OmniRun], dict[str, float]]:
    ray.init(address=args.ray_address, include_dashboard=False)
    workers = Workers(args.ray_workers)
    return lambda stage: train_on_ray(
        stage, workers, lambda processes: print(f"workers: {processes}")
    )


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_model(parser)
    parser.add_argument("--data", type=Path, required=True, help="folder of `prepare`")
    parser.add_argument("--tasks", default="asr,t2tt,s2tt", help="offline, as asr,t2tt,a2a")
    parser.add_argument("--codec", type=Path, help="to hear those that speak")
    parser.add_argument("--judge", default="whisper-base", help="who hears them: a Whisper, tones")
    parser.add_argument("--k", default="", help="of wait-k, as 1,3,5, for models of stage 4")
    parser.add_argument("--unit-frames", type=int, default=6, help="that k counts")
    parser.add_argument("--limit", type=int, default=64, help="entries, the first of the folder")
    parser.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> None:
    model, corpus = load_omni(args.model, device_of(args.device)), Corpus(args.data)
    of = range(min(args.limit, len(corpus.entries)))
    scores: list[Score] = []
    for task in (Task(name) for name in args.tasks.split(",") if name):
        numbers = corpus.able(task, of)
        if not task.speaks or task.writes:
            scores.append(offline(model, corpus, task, numbers))
        if task.speaks and args.codec:
            decode, listener = snac_decoder(args.codec), judge(args.judge)
            scores.append(aloud(model, corpus, task, numbers, decode, listener))
    for k in filter(None, args.k.split(",")):
        numbers = corpus.able(Task.S2TT, of)
        scores.append(simultaneous(model, corpus, Task.S2TT, numbers, int(k), args.unit_frames))
    for one in scores:
        lag = f", LAAL {one.lag_ms:.0f} ms" if one.lag_ms else ""
        between = f"{one.low:.1f} to {one.high:.1f}"
        print(
            f"{one.name:>14}  {one.metric} {one.value:.1f}{lag}  ({between}, {one.entries} entries)"
        )
    print(json.dumps([asdict(one) for one in scores]))


def _add_table(parser: argparse.ArgumentParser) -> None:
    _add_model(parser)
    parser.add_argument("--unseen", type=Path, nargs="+", required=True, help="prepared folders")
    parser.add_argument("--real", type=Path, help="prepared: recordings of people")
    parser.add_argument("--codec", type=Path, help="to hear what it says")
    parser.add_argument("--judge", default="whisper-base", help="who hears it")
    parser.add_argument("--k", default="1,3,5", help="of wait-k")
    parser.add_argument("--unit-frames", type=int, default=6, help="that k counts")
    parser.add_argument("--limit", type=int, default=200, help="entries of a task")
    parser.add_argument(
        "--beside", type=Path, nargs="*", default=(), help="manifests that a cascade is asked too"
    )
    parser.set_defaults(run=_table)


def _table(args: argparse.Namespace) -> None:
    model = load_omni(args.model, device_of(args.device))
    unseen = dict(zip(distinct(args.unseen), map(Corpus, args.unseen), strict=True))
    held = Held(unseen, Corpus(args.real) if args.real else None, args.limit)
    speaking = Speaking(snac_decoder(args.codec), judge(args.judge)) if args.codec else None
    waits = [int(k) for k in args.k.split(",") if k]
    for line in table(model, held, waits, args.unit_frames, speaking):
        print(line, flush=True)
    if not args.beside:
        return
    listener, teachers = judge(args.judge), [StudentTeacher(name) for name in TEACHERS]
    for manifest in args.beside:
        print(f"{manifest}:")
        for line in beside(manifest, listener, teachers, args.limit):
            print(line, flush=True)


def _add_infer(parser: argparse.ArgumentParser) -> None:
    _add_model(parser)
    parser.add_argument("--task", choices=[*Task], required=True)
    parser.add_argument("--text", default="", help="for tasks that read")
    parser.add_argument("--audio", type=Path, help="for tasks that hear")
    parser.add_argument("--language", default="", help="of the answer, for tasks that translate")
    parser.add_argument("--codec", type=Path, help="folder of its weights, to hear the answer")
    parser.add_argument("--out", type=Path, help="WAV of the answer")
    parser.add_argument("--lanes", type=int, choices=(1, 2), default=1, help="2: mini-omni's batch")
    parser.add_argument("--temperature", type=float, default=0.0, help="0: the best of each")
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=_infer)


def _infer(args: argparse.Namespace) -> None:
    if args.out and not args.codec:
        raise ValueError("--out needs --codec, which makes codes sound")
    audio = read_audio(args.audio) if args.audio else None
    question = Question(Task(args.task), args.text, audio, args.language, args.lanes)
    model = load_omni(args.model, device_of(args.device))
    ears = hearer(model.card.hears, store()) if audio is not None else None
    sampling = Sampling(temperature=args.temperature, top_k=0)
    answered = ask(model, question, ears, Manner(sampling, sampling, seed=args.seed))
    print(model.tokens.decode(answered.text))
    if len(answered.frames):
        print(f"{len(answered.frames)} frames of speech")
    if args.out:
        soundfile.write(args.out, spoken(answered, Codec.load(args.codec)), TARGET_RATE_HZ)


def _add_ablate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("configs", nargs="+", type=Path, help="stages, in order")
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs")
    parser.set_defaults(run=_ablate)


def _ablate(args: argparse.Namespace) -> None:
    found = ablate(read_stages(args.configs), args.out)
    whole = found[0].held_out | found[0].answered
    for one in found:
        print(f"without {one.without}" if one.without else "all stages")
        for name, value in (one.held_out | one.answered).items():
            print(f"  {name:>20}  {value:8.3f}  {value - whole.get(name, value):+.3f}")
    print(json.dumps([asdict(one) for one in found]))


def _add_release(parser: argparse.ArgumentParser) -> None:
    _add_model(parser)
    parser.add_argument("--data", type=Path, required=True, help="folder it was trained on")
    parser.add_argument("--figures", type=Path, help="what `table` printed, for the card")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_release)


def _release(args: argparse.Namespace) -> None:
    model, corpus = load_omni(args.model), Corpus(args.data)
    save_omni(args.out, model.lm, replace(model.card, lm=model.lm.config), torch.float16)
    words = vocabulary_file(args.model)
    shutil.copyfile(words, args.out / words.name)
    count = sum(parameter.numel() for parameter in model.lm.parameters())
    lines = [
        f"# OmniLM, {count / 1e6:.1f} M parameters",
        "",
        f"Languages: {', '.join(model.card.languages)}. Hears: {model.card.hears}. "
        f"Speaks the codes of: {model.card.codec or 'none'}.",
        "",
        "Trained on:",
        *(f"- {line}" for line in statistics(corpus.entries)),
    ]
    if args.figures:
        lines += ["", "Measured:", "```", args.figures.read_text("utf-8").rstrip(), "```"]
    (args.out / CARD).write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{args.out}: {count / 1e6:.1f} M parameters")


def _add_ray(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ray-workers", type=int, help="on Ray, so many; survives a lost one")
    parser.add_argument("--ray-address", help="an existing Ray (default: one of our own)")


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, required=True, help="run folder, or a released one")
    parser.add_argument("--device", default=AUTO, help="cpu, cuda or auto")


STEPS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "data": ("make, release and rebuild sets of speech and text", steps.add),
    "tones": ("a made-up pair of languages to try the recipe on", _add_tones),
    "manifest": ("entries of a corpus on this machine", _add_manifest),
    "prepare": ("features, codes and pieces of a manifest", _add_prepare),
    "import": ("mini-omni as released, or Qwen2 to start from, as a model folder", _add_import),
    "train": ("stages, one config each, from nothing or where they stopped", _add_train),
    "evaluate": ("word errors and BLEU, offline and at wait-k", _add_evaluate),
    "table": ("what a model to be shipped is held to, as one table", _add_table),
    "infer": ("ask a model: speech or text in, text and speech out", _add_infer),
    "whisper": ("Whisper's decoder, taught to wait", whisper_steps.add),
    "ablate": ("what each stage is worth", _add_ablate),
    "release": ("a model folder with its card, float16", _add_release),
}


if __name__ == "__main__":
    sys.exit(main())
