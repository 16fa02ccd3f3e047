"""What each command may be told, what it takes where it is told nothing, and what it refuses."""

import argparse
from pathlib import Path

import pytest

from interp.commands.options.parser import ALIASES, COMMANDS, command_parser
from interp.commands.options.session import session_config, whole_number
from interp.core.config import DEFAULT_POLICY
from interp.core.errors import InvalidRequest
from interp.core.events import Output
from interp.core.glossary import NO_TERMS


def parsed(*words: str) -> argparse.Namespace:
    return command_parser(words[0]).parse_args(words)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        parsed(*words)
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "option", "value"),
    [
        ("demo", "source", "fr"),
        ("demo", "target", "en"),
        ("demo", "policy", DEFAULT_POLICY),
        ("demo", "out", Path("out/demo")),
        ("demo", "local", False),
        ("demo", "page", False),
        ("translate a.wav", "source", "fr"),
        ("translate a.wav", "target", "en"),
        ("translate a.wav", "policy", DEFAULT_POLICY),
        ("translate a.wav", "captions", None),
        ("translate a.wav", "speech", None),
        ("translate a.wav", "under", None),
        ("translate a.wav", "mux", None),
        ("translate a.wav", "original", "second"),
        ("translate a.wav", "track", None),
        ("translate a.wav", "realtime", False),
        ("translate a.wav", "model", None),
        ("translate a.wav", "voices", None),
        ("translate a.wav", "threads", None),
        ("stream -", "server", "127.0.0.1:50051"),
        ("stream -", "rate", 16_000),
        ("stream -", "chunk_ms", 100),
        ("stream -", "resume_window", 30.0),
        ("stream -", "key", None),
        ("stream -", "tls_authority", ""),
        ("stream -", "tls_certificate", ""),
        ("stream -", "tls_key", ""),
        ("stream -", "play", False),
        ("stream -", "source_text", False),
        ("serve", "address", None),
        ("serve", "metrics_address", None),
        ("serve", "page_address", None),
        ("serve", "riva", False),
        ("serve", "local", False),
        ("serve", "catch_up_ms", None),
        ("serve", "config", None),
        ("say Hello --out a.wav", "language", "en"),
        ("say Hello --out a.wav", "seed", None),
        ("say Hello --out a.wav", "rate", 1.0),
        ("say Hello --out a.wav", "stream", False),
        ("languages", "source", None),
        ("languages", "json", False),
        ("health", "server", "127.0.0.1:50051"),
        ("health", "timeout_s", 3.0),
        ("config show", "config", None),
    ],
)
def test_what_is_not_said_has_a_known_value(words: str, option: str, value: object) -> None:
    assert getattr(parsed(*words.split()), option) == value


@pytest.mark.parametrize(
    ("words", "option", "value"),
    [
        ("demo --from en", "source", "en"),
        ("demo --to pt", "target", "pt"),
        ("demo --out here", "out", Path("here")),
        ("demo --page", "page", True),
        ("translate a.wav b.wav", "files", [Path("a.wav"), Path("b.wav")]),
        ("translate a.mkv --track 2", "track", 2),
        ("translate a.mkv --mux b.mkv --original duck", "original", "duck"),
        ("translate a.wav --under -12", "under", -12.0),
        ("translate a.wav --voice x --voice y", "voices", [Path("x"), Path("y")]),
        ("stream - --chunk-ms 10", "chunk_ms", 10),
        ("stream - --chunk-ms 2000", "chunk_ms", 2_000),
        ("stream - --rate 8000", "rate", 8_000),
        ("stream - --resume-window 0", "resume_window", 0.0),
        ("stream - --key abc", "key", "abc"),
        ("stream - --key=", "key", ""),
        ("serve --address 0.0.0.0:1", "address", "0.0.0.0:1"),
        ("serve --gpus-per-replica 0.5", "gpus_per_replica", 0.5),
        ("serve --catch-up-ms 0", "catch_up_ms", 0),
        ("say Hi --out a.wav --seed 3", "seed", 3),
        ("say Hi --out a.wav --rate 0.6", "rate", 0.6),
        ("models pull whisper-base", "name", "whisper-base"),
        ("models verify whisper-base", "action", "verify"),
        ("completion zsh", "shell", "zsh"),
        ("health --timeout-s 0.5", "timeout_s", 0.5),
        ("config show --config a.toml", "config", Path("a.toml")),
    ],
)
def test_what_is_said_is_taken(words: str, option: str, value: object) -> None:
    assert getattr(parsed(*words.split()), option) == value


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("demo --from de", "--from"),
        ("translate", "FILE"),
        ("translate a.wav --track first", "--track"),
        ("translate a.wav --original louder", "--original"),
        ("translate a.wav --under quiet", "--under"),
        ("translate a.wav --threads many", "--threads"),
        ("stream", "FILE"),
        ("stream - --rate fast", "--rate"),
        ("stream - --chunk-ms 9", "10 to 2000 ms"),
        ("stream - --chunk-ms 2001", "10 to 2000 ms"),
        ("stream - --chunk-ms -1", "--chunk-ms"),
        ("stream - --resume-window long", "--resume-window"),
        ("serve --lanes x", "--lanes"),
        ("serve --replicas 1.5", "--replicas"),
        ("serve --replicas 2:", "--replicas"),
        ("serve --replicas 2:x", "--replicas"),
        ("serve --catch-up-ms soon", "--catch-up-ms"),
        ("say Hello", "--out"),
        ("say --out a.wav", "TEXT"),
        ("say Hello --out a.wav --seed -1", "--seed"),
        ("say Hello --out a.wav --seed 1.5", "--seed"),
        ("say Hello --out a.wav --rate slow", "--rate"),
        ("models", "action"),
        ("models pull", "name"),
        ("models fetch whisper-base", "fetch"),
        ("config", "action"),
        ("config write", "write"),
        ("completion", "shell"),
        ("completion fish", "fish"),
        ("health --timeout-s soon", "--timeout-s"),
        ("evaluate manifest.csv", "--out"),
        ("tune manifest.csv --out run", "--max-lag"),
    ],
)
def test_a_wrong_or_missing_value_is_named_and_help_pointed_at(
    words: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(capsys, *words.split())
    first, second = error.splitlines()
    assert named in first
    assert first.startswith(f"interp {words.split()[0]}")
    assert second.endswith("--help says more")


def test_options_are_not_guessed_from_their_beginnings() -> None:
    _, unknown = command_parser("stream").parse_known_args(["stream", "-", "--serv", "a:1"])
    assert "--serv" in unknown


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("trnslate", "translate"),
        ("strem", "stream"),
        ("serv", "serve"),
        ("language", "languages"),
        ("evalute", "evaluate"),
        ("model", "models"),
        ("helth", "health"),
        ("complete", "completion"),
    ],
)
def test_a_command_that_is_not_there_is_met_with_the_nearest(
    word: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"there is no command {word}: did you mean {meant}?" in refused(capsys, word)


def test_a_command_like_no_other_is_met_without_a_guess(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = refused(capsys, "xyzzy")
    assert "there is no command xyzzy" in error
    assert "did you mean" not in error


def test_no_command_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_parser().parse_args([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "nearest"),
    [
        ("--sever", ": did you mean --server?"),
        ("--sever=interpreters.example.org:50051", ": did you mean --server?"),
        ("--polcy", ": did you mean --policy?"),
        ("--bilingal", ": did you mean --bilingual?"),
        ("--qqqqqqqqqq", ""),
    ],
)
def test_the_nearest_option_is_told_whatever_its_value(option: str, nearest: str) -> None:
    assert command_parser("stream").commands["stream"].nearest(option) == nearest


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_in_its_help_what_it_is_for(name: str) -> None:
    shown = " ".join(command_parser(name).commands[name].format_help().split())
    assert shown.startswith(f"usage: interp {name}")
    assert COMMANDS[name] in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_the_whole_help_names_each_command(name: str) -> None:
    assert name in command_parser().format_help()


@pytest.mark.parametrize(("alias", "full"), ALIASES.items())
def test_a_short_name_is_the_same_command(alias: str, full: str) -> None:
    words = ["manifest.csv", "--out", "run"]
    assert parsed(alias, *words) == parsed(full, *words)
    assert parsed(alias, *words).command == full


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("stream", "(default: 127.0.0.1:50051)"),
        ("stream", "(default: 100)"),
        ("stream", "(default: 30.0)"),
        ("health", "(default: 3.0)"),
        ("say", "(default: 1.0)"),
        ("demo", "(default: out/demo)"),
        ("serve", "(default: 6000)"),
        ("serve", "(default: 8)"),
    ],
)
def test_help_names_the_default(command: str, shown: str) -> None:
    assert shown in " ".join(command_parser(command).commands[command].format_help().split())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_no_default_that_says_nothing(command: str) -> None:
    shown = " ".join(command_parser(command).commands[command].format_help().split())
    for nothing in ("(default: None)", "(default: False)", "(default: [])", "==SUPPRESS=="):
        assert nothing not in shown


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("7", 7), (" 12 ", 12)])
def test_a_whole_number_is_one_from_zero_on(text: str, value: int) -> None:
    assert whole_number(text) == value


@pytest.mark.parametrize("text", ["-1", "1.5", "", "one"])
def test_what_is_no_whole_number_is_an_error_of_value(text: str) -> None:
    with pytest.raises(ValueError, match=text or "invalid"):
        whole_number(text)


@pytest.mark.parametrize(
    ("words", "speech", "outputs"),
    [
        ("", False, {Output.TEXT}),
        ("", True, {Output.TEXT, Output.SPEECH}),
        ("--source-text", False, {Output.TEXT, Output.SOURCE_TEXT}),
        ("--bilingual", False, {Output.TEXT, Output.SOURCE_TEXT}),
        ("--bilingual --source-text", True, {Output.TEXT, Output.SOURCE_TEXT, Output.SPEECH}),
    ],
)
def test_a_session_asks_for_what_the_options_need(
    words: str, speech: bool, outputs: set[Output]
) -> None:
    config = session_config(parsed("stream", "-", *words.split()), speech=speech)
    assert config.outputs == outputs


def test_a_session_takes_languages_and_policy_as_they_are_said() -> None:
    words = ["--from", "pt-BR", "--to", "en", "--policy", "waitk:k=5"]
    config = session_config(parsed("stream", "-", *words), speech=False)
    assert (config.source, config.target, config.policy) == ("pt-BR", "en", "waitk:k=5")
    assert config.glossary == NO_TERMS


def test_a_glossary_is_read_with_the_session(tmp_path: Path) -> None:
    terms = tmp_path / "terms.csv"
    terms.write_text("pont,bridge\nsalle,room\n", encoding="utf-8")
    args = parsed("stream", "-", "--glossary", str(terms))
    found = session_config(args, speech=False).glossary
    assert [(term.source, term.target) for term in found.terms] == [
        ("pont", "bridge"),
        ("salle", "room"),
    ]


def test_a_glossary_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    args = parsed("stream", "-", "--glossary", str(tmp_path / "none.csv"))
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        session_config(args, speech=False)


@pytest.mark.parametrize(
    ("content", "message"),
    [("a,b,c,d\n", "has 4 cells in line 1"), ('a,"b\n', "is no CSV"), ("x" * 1_000_001, "larger")],
    ids=["too many cells", "an open quote", "too long"],
)
def test_a_glossary_with_a_fault_is_refused_and_told_by_its_name(
    content: str, message: str, tmp_path: Path
) -> None:
    terms = tmp_path / "terms.csv"
    terms.write_text(content, encoding="utf-8")
    args = parsed("stream", "-", "--glossary", str(terms))
    with pytest.raises(InvalidRequest, match=rf"terms\.csv.*{message}"):
        session_config(args, speech=False)
