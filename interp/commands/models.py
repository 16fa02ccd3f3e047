"""`interp models`: which weights are here, fetching them, checking them."""

import argparse

from rich.console import Console
from rich.progress import DownloadColumn, Progress
from rich.table import Table

from interp import app


def add(parser: argparse.ArgumentParser) -> None:
    """The options."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="known models and where they are").set_defaults(run=run_list)
    for action, run, text in (
        ("pull", run_pull, "fetch a model to this machine"),
        ("verify", run_verify, "check a model's files against their published hashes"),
    ):
        sub = actions.add_parser(action, help=text)
        sub.add_argument("name", help="see `interp models list`")
        sub.set_defaults(run=run)


def run_list(args: argparse.Namespace) -> int:
    """A line per known model."""
    table = Table("model", "kind", "MB", "licence", "here")
    for status in app.store().list():
        model = status.model
        place = ", ".join(status.places) if status.present else "-"
        table.add_row(model.name, model.kind, f"{model.size / 1e6:.0f}", model.licence, place)
    Console().print(table)
    return 0


def run_pull(args: argparse.Namespace) -> int:
    """Fetch what is missing, with a progress bar."""
    with Progress(*Progress.get_default_columns(), DownloadColumn()) as bar:
        tasks = {}

        def progress(file: str, done: int, size: int) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=size)
            bar.update(tasks[file], completed=done)

        app.store().pull(args.name, progress)
    print(f"{args.name}: here and verified")
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Hash every file."""
    app.store().verify(args.name)
    print(f"{args.name}: verified")
    return 0
