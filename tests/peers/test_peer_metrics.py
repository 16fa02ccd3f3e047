"""Our figures against the field's tools, run as they are published, in an environment of theirs."""

import csv
import json
import random
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.peer_environment import environment
from interp.core import latency
from interp.core.latency import Timeline
from interp.core.latency_atd import average_token_delay, average_token_delay_of_speech
from interp.evaluate.record.exports import write_omnisteval, write_simuleval, write_simulstream
from interp.evaluate.record.log import EmissionLog, Instance
from interp.evaluate.record.timelines import TimeModel
from interp.evaluate.score.scores import ScoreConfig, score
from tests.fakes.runs import CONFIG, joined, made_run

pytestmark = [pytest.mark.peers, pytest.mark.timeout(900)]

CASES = 10_000
QUICK = ScoreConfig(resamples=10)


@pytest.fixture(scope="module")
def peers() -> Path:
    # simulstream asks for torch, which its scorers never import; mweralign for sentencepiece.
    return environment(
        "metrics",
        ["simuleval==1.1.4", "omnisteval==0.1.10", "sentencepiece"],
        ["simulstream==1.0.0", "mweralign==1.4.1"],
    )


def made_case(rng: random.Random, index: int) -> dict[str, Any]:
    """A log line with repeated, early and late delays, whole or broken milliseconds."""
    units = rng.randint(1, 30)
    grid = rng.choice([1, 40, 300, 320, 1000])
    broken = rng.random() < 0.3
    delay, compute, delays, elapsed = 0.0, 0.0, [], []
    for _ in range(units):
        delay += rng.choice([0, 0, 1, 1, 2, 5]) * grid + (rng.random() if broken else 0)
        compute += rng.uniform(0, 400)
        delays.append(max(delay, 1.0))
        elapsed.append(delays[-1] + compute)
    length = max(1.0, rng.choice([delays[-1], delays[-1] * rng.uniform(0.3, 1.6), delays[0]]))
    reference = " ".join("w" for _ in range(rng.randint(1, 30)))
    return {
        "index": index,
        "prediction": " ".join("w" for _ in delays),
        "delays": delays,
        "elapsed": elapsed,
        "durations": [rng.choice([100.0, 300.0, 600.0, rng.uniform(1, 999)]) for _ in delays],
        "reference": reference if rng.random() < 0.95 else "",
        "source_length": length,
        "time_to_recording_end": length * rng.uniform(0.8, 4),
    }


def ours(case: dict[str, Any]) -> dict[str, float | None]:
    values: dict[str, float | None] = {}
    units = len(case["reference"].split(" "))
    for end, times in (("delay", case["delays"]), ("elapsed", case["elapsed"])):
        line = Timeline(times, case["source_length"], units)
        long = replace(line, recording_end_ms=case["time_to_recording_end"])
        elapsed = times if end == "elapsed" else None
        values |= {
            f"AL:{end}": latency.average_lagging(line),
            f"LAAL:{end}": latency.length_adaptive_average_lagging(line),
            f"AP:{end}": latency.average_proportion(line),
            f"DAL:{end}": latency.differentiable_average_lagging(line),
            f"YAAL:{end}": latency.yet_another_average_lagging(line),
            f"LongYAAL:{end}": latency.yet_another_average_lagging(long),
            f"StartOffset:{end}": latency.start_offset(line),
            f"EndOffset:{end}": latency.end_offset(line),
            f"ATD:{end}": average_token_delay(case["delays"], elapsed),
            f"Speech-ATD:{end}": average_token_delay_of_speech(
                case["delays"], case["durations"], elapsed
            ),
        }
    return values


def differences(mine: Mapping[str, float | None], theirs: Mapping[str, float | None]) -> list[str]:
    """Metrics that differ by more than 1e-9, relative above 1."""
    found = []
    for name, value in theirs.items():
        own = mine[name]
        if (own is None) != (value is None):
            found.append(name)
        elif own is not None and value is not None and abs(own - value) > 1e-9 * max(1, abs(value)):
            found.append(f"{name}: {own} {value}")
    return found


def test_ten_thousand_random_logs_score_as_omnisteval_and_simuleval_score_them(
    peers: Path,
) -> None:
    rng = random.Random(11)
    cases = [made_case(rng, index) for index in range(CASES)]
    answer = subprocess.run(
        [peers / "python", Path(__file__).with_name("peer_scores.py")],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(answer.stdout)
    compared = 0
    for case, omni, simul in zip(cases, theirs["omnisteval"], theirs["simuleval"], strict=True):
        mine = ours(case)
        assert differences(mine, omni) == []
        assert differences(mine, simul) == []
        compared += len(omni) + len(simul)
    assert compared == 27 * CASES
    for start, expected in zip(range(0, CASES, 20), theirs["degeneracy"], strict=True):
        found = latency.degeneracy(
            [
                Timeline(case["delays"], case["source_length"], len(case["reference"].split(" ")))
                for case in cases[start : start + 20]
            ]
        )
        assert found is not None
        assert found.written_early == pytest.approx(expected["swf"], abs=1e-9)
        assert found.expected_early == pytest.approx(expected["efsw"], abs=1e-9)
        assert found.gap == pytest.approx(expected["dsptv"], abs=1e-9)
        assert found.degenerate == bool(expected["degenerate_policy"])


def told(program: Path, *arguments: str | Path) -> str:
    """What a peer's program prints. Raises CalledProcessError where it fails."""
    finished = subprocess.run([program, *arguments], check=True, capture_output=True, text=True)
    return finished.stdout


def omnisteval_scores(peers: Path, mode: str, folder: Path, *more: str | Path) -> dict[str, str]:
    """What `omnisteval` writes to scores.tsv, four decimals."""
    out = folder / "out"
    texts = ("--hypothesis_file", folder / "hypothesis.jsonl")
    references = ("--ref_sentences_file", folder / "references.txt")
    options = (*texts, *references, "--word_level", "--output_folder", out)
    told(peers / "omnisteval", mode, *options, *more)
    with (out / "scores.tsv").open() as file:
        return {row["metric"]: row["value"] for row in csv.DictReader(file, delimiter="\t")}


def test_omnisteval_shortform_prints_our_scores(peers: Path, tmp_path: Path) -> None:
    run = made_run(21, 205)
    write_omnisteval(run, tmp_path)
    printed = omnisteval_scores(peers, "shortform", tmp_path)
    mine = score(run, QUICK)
    assert printed["BLEU"] == f"{mine.quality_of('BLEU').estimate.value:.4f}"
    assert printed["chrF"] == f"{mine.quality_of('chrF').estimate.value:.4f}"
    for name in ("AL", "LAAL", "AP", "DAL", "YAAL"):
        assert printed[f"{name} (CU)"] == f"{mine.lag(name).estimate.value:.4f}"
        aware = mine.lag(name, TimeModel.OVERLAPPED).estimate.value
        assert printed[f"{name} (CA)"] == f"{aware:.4f}"
    assert mine.degeneracy is not None
    assert printed["Degeneracy Test Value"] == f"{mine.degeneracy.gap:.4f}"


DOCS = Path(__file__).parents[2] / "docs" / "evaluation.md"
EXPORT = "runs/first/exports/omnisteval/waitk-k=3"


@pytest.mark.parametrize("mode", ["shortform", "longform"])
def test_the_commands_of_the_documentation_print_our_scores(
    mode: str, peers: Path, tmp_path: Path
) -> None:
    short = made_run(21, 20)
    talk = joined(made_run(30, 20))
    run = short if mode == "shortform" else EmissionLog(CONFIG, (talk,))
    write_omnisteval(run, tmp_path / EXPORT)
    (line,) = re.findall(f"^omnisteval {mode} .*$", DOCS.read_text("utf-8"), re.MULTILINE)
    program, *words = shlex.split(line)
    subprocess.run([peers / program, *words], cwd=tmp_path, check=True, capture_output=True)
    with (tmp_path / "runs" / "first" / "omnisteval" / "scores.tsv").open() as file:
        printed = {row["metric"]: row["value"] for row in csv.DictReader(file, delimiter="\t")}
    mine = score(run, QUICK)
    name = "LAAL" if mode == "shortform" else "LongLAAL"
    for times, model in (("CU", TimeModel.DELAY), ("CA", TimeModel.OVERLAPPED)):
        expected = mine.lag(name, model).estimate.value
        assert printed[f"{name} ({times})"] == f"{expected:.4f}"
    assert printed["BLEU"] == f"{mine.quality_of('BLEU').estimate.value:.4f}"


@pytest.mark.parametrize("form", ["short", "long"])
def test_the_kept_vectors_are_what_omnisteval_prints(
    form: str, peers: Path, tmp_path: Path
) -> None:
    kept = Path(__file__).parents[1] / "data" / "omnisteval" / form
    shutil.copytree(kept, tmp_path / form)
    more = ("--speech_segmentation", kept / "segmentation.yaml") if form == "long" else ()
    printed = omnisteval_scores(peers, f"{form}form", tmp_path / form, *more)
    with (kept / "scores.tsv").open() as file:
        assert printed == {
            row["metric"]: row["value"] for row in csv.DictReader(file, delimiter="\t")
        }


def test_omnisteval_longform_resegments_and_scores_as_we_do(peers: Path, tmp_path: Path) -> None:
    talks = tuple(joined(made_run(30 + talk, 40), talk) for talk in range(3))
    run = EmissionLog(CONFIG, talks)
    write_omnisteval(run, tmp_path)
    printed = omnisteval_scores(
        peers, "longform", tmp_path, "--speech_segmentation", str(tmp_path / "segmentation.yaml")
    )
    mine = score(run, QUICK)
    written = (tmp_path / "out" / "instances.resegmented.jsonl").read_text().splitlines()
    assert [json.loads(line)["prediction"] for line in written] == [
        sentence.hypothesis for sentence in mine.sentences
    ]
    assert printed["BLEU"] == f"{mine.quality_of('BLEU').estimate.value:.4f}"
    for name in ("AL", "LAAL", "AP", "DAL", "YAAL"):
        long = f"Long{name}"
        assert printed[f"{long} (CU)"] == f"{mine.lag(long).estimate.value:.4f}"
        aware = mine.lag(long, TimeModel.OVERLAPPED).estimate.value
        assert printed[f"{long} (CA)"] == f"{aware:.4f}"


def test_simuleval_scores_our_log_as_we_do(peers: Path, tmp_path: Path) -> None:
    run = EmissionLog(CONFIG, tuple(i for i in made_run(22, 205).instances if i.words))
    write_simuleval(run, tmp_path)
    metrics = ("LAAL", "AL", "AP", "DAL", "ATD", "StartOffset", "EndOffset")
    scoring = ("--score-only", "--output", tmp_path, "--latency-metrics", *metrics)
    names, values = told(peers / "simuleval", *scoring).splitlines()
    printed = dict(zip(names.split(), values.split()[1:], strict=True))
    mine = score(run, QUICK)
    assert float(printed["BLEU"]) == pytest.approx(mine.quality_of("BLEU").estimate.value, abs=6e-4)
    for name in metrics:
        assert float(printed[name]) == pytest.approx(mine.lag(name).estimate.value, abs=6e-4)


def off_grid(talk: Instance) -> Instance:
    """All of it 7 ms later: simulstream counts in seconds, where 'until the end' is up to luck."""
    return replace(
        talk,
        source_length_ms=talk.source_length_ms + 7,
        steps=tuple(replace(step, delay_ms=step.delay_ms + 7) for step in talk.steps),
        words=tuple(
            replace(word, delay_ms=word.delay_ms + 7, elapsed_ms=(word.elapsed_ms or 0) + 7)
            for word in talk.words
        ),
    )


def test_simulstream_reads_our_log_and_agrees_on_stream_laal(peers: Path, tmp_path: Path) -> None:
    talks = tuple(
        off_grid(joined(made_run(50 + talk, 40, accuracy=0.9), talk)) for talk in range(2)
    )
    write_simulstream(EmissionLog(CONFIG, talks), tmp_path)
    entries = [
        {"wav": talk.source, "offset": s.start_ms / 1000, "duration": s.duration_ms / 1000}
        for talk in talks
        for s in talk.segments
    ]
    (tmp_path / "audio.yaml").write_text(yaml.safe_dump(entries))
    (tmp_path / "references.txt").write_text(
        "".join(f"{s.text}\n" for talk in talks for s in talk.segments)
    )
    log = ("--eval-config", tmp_path / "config.yaml", "--log-file", tmp_path / "log.jsonl")
    stats = json.loads(told(peers / "simulstream_stats", *log).removeprefix("Stats: "))
    mine = score(EmissionLog(CONFIG, talks), QUICK)
    assert stats["real_time_factor"]["value"] == pytest.approx(mine.figure("RTF").estimate.value)
    assert stats["normalized_erasure"]["value"] == 0
    data = ("--reference", tmp_path / "references.txt")
    audio = ("--audio-definition", tmp_path / "audio.yaml")
    stream_laal = ("--scorer", "stream_laal")
    printed = told(peers / "simulstream_score_latency", *stream_laal, *log, *data, *audio)
    # Its computation-aware delay adds the compute of that step only, as these runs record it.
    for name, model in (
        ("ideal_latency", TimeModel.DELAY),
        ("computational_aware_latency", TimeModel.RECORDED),
    ):
        seconds = float(re.findall(rf"{name}=([-0-9.e]+)", printed)[0])
        assert 1000 * seconds == pytest.approx(mine.lag("StreamLAAL", model).estimate.value)
