"""SimulEval and simulstream, as they are published, run our service through the bridges.

What they log must be what `interp eval` logs: the same words at the same delays.
"""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import soundfile
import yaml

from benchmarks.peer_environment import environment
from interp.cli import main
from interp.core.audio import SAMPLES_PER_MS
from interp.evaluate.record.log import EmissionLog
from interp.evaluate.record.run_folder import read_config
from interp.evaluate.record.timelines import LatencyUnit, target_units
from interp.evaluate.run.runner import read_points
from interp.evaluate.score.scores import ScoreConfig, Scores, score
from interp.intake.file import read_audio
from tests.client.gateway_thread import gateway_in_thread
from tests.fakes.replica import FakeReplica

pytestmark = [
    pytest.mark.peers,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]

REPOSITORY = Path(__file__).parents[2]
BRIDGES = REPOSITORY / "interp" / "bridges"
REFERENCES = {
    "vm-invalidpassword": "That password is not valid. Please try again.",
    "conf-onlyperson": "You are currently the only person in this conference.",
    "confbridge-conf-begin": "The conference will now begin.",
}
POLICIES = ("alignatt:guard_ms=600,unit_ms=500", "waitk:k=2,unit_ms=480")
METRICS = ("LAAL", "AL", "AP", "DAL", "ATD", "StartOffset", "EndOffset")
REMOTE_CLIENT = """
from simuleval import cli
from simuleval.evaluator import SentenceLevelEvaluator

# The release asks for an attribute of that name, which it has lost.
SentenceLevelEvaluator.instance_iterator = property(lambda self: self.iterator)
cli.main()
"""


@dataclass(frozen=True)
class Data:
    """The recordings as WAV files of whole milliseconds, and the lists that name them."""

    files: tuple[Path, ...]
    source: Path
    target: Path

    @property
    def options(self) -> tuple[str | Path, ...]:
        """For SimulEval: a segment is a frame of the session's clock."""
        return ("--source", self.source, "--target", self.target, "--source-segment-size", "32")


@pytest.fixture(scope="module")
def peers() -> Path:
    # simulstream asks for torch and librosa's own needs, which nothing here comes to use.
    return environment(
        "bridges",
        ["simuleval==1.1.4", "grpcio>=1.80", "grpcio-status>=1.80", "lazy_loader", "websockets"],
        ["simulstream==1.0.0", "librosa==0.11.0"],
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    folder = tmp_path_factory.mktemp("recordings")
    files = tuple(folder / f"{name}.wav" for name in REFERENCES)
    for file in files:
        samples = read_audio(REPOSITORY / "tests" / "data" / "fr" / f"{file.stem}.flac")
        whole = samples[: samples.size - samples.size % SAMPLES_PER_MS]
        soundfile.write(file, whole, 16_000, subtype="PCM_16")
    lists = Data(files, folder / "source.txt", folder / "target.txt")
    lists.source.write_text("".join(f"{file}\n" for file in files))
    lists.target.write_text("".join(f"{text}\n" for text in REFERENCES.values()))
    return lists


@pytest.fixture(scope="module")
def runs(data: Data, tmp_path_factory: pytest.TempPathFactory) -> dict[str, EmissionLog]:
    """What `interp eval` logs, by policy."""
    out = tmp_path_factory.mktemp("eval") / "run"
    command = ["eval", "--source", data.source, "--target", data.target, "--out", out]
    policies = [option for policy in POLICIES for option in ("--policy", policy)]
    assert main([str(option) for option in (*command, *policies, "--workers", "0")]) == 0
    logs = read_points([out / path for path in read_config(out).logs])
    return {log.config.policy: log for log in logs}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """host:port of `interp serve` with real weights, on Ray."""
    program = Path(sys.executable).with_name("interp")
    # No passing over of decisions: how late one comes is the machine's affair, not this test's.
    options = ("--threads", "1", "--lanes", "4", "--catch-up-ms", "0")
    with running([program, "serve", "--address", "127.0.0.1:0", *options]) as said:
        yield address_in(said)


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def address_in(process: subprocess.Popen[str]) -> str:
    """The first host:port that it prints."""
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"\S+:\d+$", line.strip()):
            return found[0]
    raise AssertionError("it ended without saying where it listens")


def tool(peers: Path, name: str, *arguments: str | Path) -> str:
    """What a tool prints, with this project beside it."""
    done = subprocess.run(
        [peers / name, *arguments], env=peer_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def peer_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "instances.log").read_text().splitlines()]


def scored(folder: Path) -> dict[str, float]:
    with (folder / "scores.tsv").open() as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    return {name: float(value) for name, value in row.items()}


def assert_same(lines: list[dict[str, Any]], run: EmissionLog) -> None:
    """SimulEval's log has our words at our delays."""
    assert len(lines) == len(run.instances)
    for line, instance in zip(lines, run.instances, strict=True):
        units = target_units(instance, LatencyUnit.WORD)
        assert len(units) > 2
        assert line["prediction"] == instance.prediction
        assert line["delays"] == [unit.delay_ms for unit in units]
        assert line["source_length"] == instance.source_length_ms


def assert_same_scores(printed: dict[str, float], mine: Scores) -> None:
    for name in METRICS:
        assert printed[name] == pytest.approx(mine.lag(name).estimate.value, abs=6e-4)
    assert printed["BLEU"] == pytest.approx(mine.quality_of("BLEU").estimate.value, abs=6e-4)


@pytest.mark.weights
@pytest.mark.ray
@pytest.mark.parametrize("policy", POLICIES)
def test_simulevals_own_run_has_our_words_delays_and_scores(
    policy: str,
    peers: Path,
    data: Data,
    runs: dict[str, EmissionLog],
    server: str,
    tmp_path: Path,
) -> None:
    agent = ("--agent", BRIDGES / "simuleval_agent.py", "--server", server, "--policy", policy)
    latency = ("--latency-metrics", *METRICS, "--no-progress-bar")
    tool(peers, "simuleval", *agent, *data.options, *latency, "--output", tmp_path)
    lines = logged(tmp_path)
    assert_same(lines, runs[policy])
    assert_same_scores(scored(tmp_path), score(runs[policy], ScoreConfig(resamples=10)))
    for line in lines:
        assert all(e > d for e, d in zip(line["elapsed"], line["delays"], strict=True))


@pytest.mark.weights
@pytest.mark.ray
def test_simulevals_remote_client_has_our_words_and_delays(
    peers: Path, data: Data, runs: dict[str, EmissionLog], server: str, tmp_path: Path
) -> None:
    shim: list[str | Path] = [peers / "python", "-m", "interp.bridges.remote", "--port", "0"]
    shim += ["--server", server, "--policy", POLICIES[0]]
    with running(shim, env=peer_environment(), stderr=subprocess.STDOUT) as said:
        port = address_in(said).rpartition(":")[2]
        client = ("--remote-eval", "--remote-port", port, "--no-progress-bar")
        types = ("--source-type", "speech", "--target-type", "text")
        loader = ("--dataloader", "speech-to-text", *data.options, "--output", tmp_path)
        tool(peers, "python", "-c", REMOTE_CLIENT, *client, *types, *loader)
    assert_same(logged(tmp_path), runs[POLICIES[0]])


@pytest.mark.weights
@pytest.mark.ray
def test_simulstreams_own_run_has_our_words_and_delays(
    peers: Path, data: Data, runs: dict[str, EmissionLog], server: str, tmp_path: Path
) -> None:
    config = {
        "type": "interp.bridges.simulstream_processor.InterpProcessor",
        "speech_chunk_size": 0.032,
        "server": server,
        "policy": POLICIES[0],
    }
    (tmp_path / "processor.yaml").write_text(yaml.safe_dump(config))
    processor = ("--speech-processor-config", tmp_path / "processor.yaml")
    languages = ("--src-lang", "fr", "--tgt-lang", "en", "--wav-list-file", data.source)
    log = tmp_path / "log.jsonl"
    tool(peers, "simulstream_inference", *processor, *languages, "--metrics-log-file", log)
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    for instance in runs[POLICIES[0]].instances:
        steps = [row for row in rows if row.get("id") == instance.index and "metadata" not in row]
        written = [
            (word, round(1000 * step["total_audio_processed"], 6))
            for step in steps
            for word in step["generated_tokens"]
        ]
        units = target_units(instance, LatencyUnit.WORD)
        assert written == [(unit.text, unit.delay_ms) for unit in units]
        assert not any(step["deleted_tokens"] for step in steps)


def test_simulevals_speech_run_has_speech_when_the_service_spoke(
    peers: Path, data: Data, tmp_path: Path
) -> None:
    with gateway_in_thread(FakeReplica()) as gateway:  # 85 ms of speech per 100 ms of source
        agent = ("--agent", BRIDGES / "simuleval_speech_agent.py", "--server", gateway.address)
        options = ("--no-scoring", "--no-progress-bar", "--output", tmp_path)
        tool(peers, "simuleval", *agent, *data.options, *options)
    lines = logged(tmp_path)
    assert len(lines) == len(data.files)
    for line, file in zip(lines, data.files, strict=True):
        whole_ms = read_audio(file).size // SAMPLES_PER_MS
        due = range(100, whole_ms + 1, 100)
        # Speech spoken at t is heard of when the frame of 32 ms that ends at or after t was sent.
        assert line["delays"] == [min(-(-t // 32) * 32, whole_ms) for t in due]
        assert line["durations"] == pytest.approx([2048 / 24] * len(due))
        assert soundfile.info(line["prediction"]).samplerate == 24_000
