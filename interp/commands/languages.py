"""`interp languages`: what is heard, what it is written in, and what a voice speaks."""

import argparse
import json
from collections import defaultdict

from rich.console import Console
from rich.table import Table

from interp import app
from interp.commands.settings import deployment_of
from interp.core.errors import NotServed, Reason
from interp.core.languages import AUTO, language_of, name_of


def run(args: argparse.Namespace) -> int:
    """A line per language that is heard. Raises InterpError for one that is not."""
    wanted = None if args.source is None else language_of(args.source)
    settings = deployment_of(args).models
    models = app.models(settings, speaking=True)
    spoken = {voice.language for voice in models.voices}
    targets: dict[str, list[str]] = defaultdict(list)
    for pair in sorted(models.pairs):
        if wanted in (None, pair.source):
            targets[pair.source].append(pair.target)
    if not targets:
        raise NotServed(
            Reason.PAIR_NOT_SERVED, f"{args.source} is not heard; `interp languages` has what is"
        )
    if args.json:
        for source, into in targets.items():
            row = {"source": source, "name": _heard(source), "targets": into}
            print(json.dumps({**row, "spoken": [to for to in into if to in spoken]}))
        return 0
    table = Table("code", "heard", "written in", "spoken in", box=None)
    for source, into in sorted(targets.items(), key=lambda row: (row[0] != AUTO, name_of(row[0]))):
        said = [name_of(to) for to in into if to in spoken]
        table.add_row(source, _heard(source), ", ".join(map(name_of, into)), ", ".join(said))
    Console().print(table)
    return 0


def _heard(source: str) -> str:
    return "(whatever is spoken)" if source == AUTO else name_of(source)
