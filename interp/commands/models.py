"""`interp models`: which weights are here, fetching them, checking them."""

import argparse

from rich.console import Console
from rich.progress import DownloadColumn, Progress
from rich.table import Table

from interp import environment


def run(args: argparse.Namespace) -> int:
    """One of the actions."""
    match args.action:
        case "list":
            _list()
        case "pull":
            _pull(args.name)
        case _:
            environment.store().verify(args.name)
            print(f"{args.name}: verified")
    return 0


def _list() -> None:
    """A line per known model."""
    table = Table("model", "kind", "MB", "licence", "here")
    for status in environment.store().list():
        model = status.model
        place = ", ".join(status.places) if status.present else "-"
        table.add_row(model.name, model.kind, f"{model.size / 1e6:.0f}", model.licence, place)
    Console().print(table)


def _pull(name: str) -> None:
    """Fetch what is missing, with a progress bar."""
    with Progress(*Progress.get_default_columns(), DownloadColumn()) as bar:
        tasks = {}

        def progress(file: str, done: int, size: int) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=size)
            bar.update(tasks[file], completed=done)

        environment.store().pull(name, progress)
    print(f"{name}: here and verified")
