"""Commands, options, modules and files that the docs name are there."""

import argparse
import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from interp.commands.options.parser import ALIASES, command_parser

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FILES = [
    f"/{path.relative_to(ROOT)}"
    for folder in ("interp", "training", "tests", "benchmarks", "deploy", "docs", "data")
    for path in (ROOT / folder).rglob("*.*")
]
COMMANDS = command_parser(whole=True).commands
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Those of a command and of what it has below it."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= set().union(*map(options_of, action.choices.values()))
    return found


def code(page: Path) -> Iterator[str]:
    """Lines of code blocks, with those that go on joined, and code among words."""
    for block, span in CODE.findall(page.read_text(encoding="utf-8")):
        yield from (block or span).replace("\\\n", " ").splitlines()


def named(page: Path, start: str) -> list[list[str]]:
    """Command lines that begin so, as words."""
    lines = [line.removeprefix("$ ").strip() for line in code(page)]
    return [shlex.split(line, comments=True) for line in lines if line.startswith(start)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_and_options_are_those_that_exist(page: Path) -> None:
    for words in named(page, "interp "):
        if words[1].startswith("-"):
            continue
        command = ALIASES.get(words[1], words[1])
        assert command in COMMANDS, words
        known = options_of(COMMANDS[command])
        options = [word.strip("[]").partition("=")[0] for word in words]
        unknown = [name for name in options if re.match("--[a-z]", name) and name not in known]
        assert unknown == [], words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_modules_that_are_run_and_files_that_are_named_are_there(page: Path) -> None:
    modules = [words[2] for words in named(page, "python -m ")]
    # Run by its path, a file does not find the packages beside it.
    assert [words for words in named(page, "python ") if not words[1].startswith("-")] == []
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []
    spans = [line.strip().removeprefix("python ").partition(" ")[0] for line in code(page)]
    paths = [span for span in spans if re.fullmatch(r"[a-z_]+/[\w/.-]*\w\.(py|toml)", span)]
    assert [path for path in paths if not any(file.endswith(f"/{path}") for file in FILES)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_tree_in_the_readme_has_every_package() -> None:
    packages = [path.parent.name for path in (ROOT / "interp").glob("*/__init__.py")]
    tree = PAGES[0].read_text(encoding="utf-8")
    assert [name for name in packages if f"interp/{name}" not in tree] == []


def test_the_pages_name_commands_at_all() -> None:
    assert sum(len(named(page, "interp ")) for page in PAGES) > 50
