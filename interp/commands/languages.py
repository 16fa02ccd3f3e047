"""`interp languages`: what is heard, what it is written in, and what a voice speaks."""

import argparse
import json
from collections import defaultdict

from rich.console import Console
from rich.table import Table

from interp import app
from interp.commands.settings import deployment_of
from interp.core.languages import language_of, name_of


def run(args: argparse.Namespace) -> int:
    """A line per language that is heard."""
    wanted = None if args.source is None else language_of(args.source)
    settings = deployment_of(args).models
    models = app.models(settings, speaking=True)
    spoken = {voice.language for voice in models.voices}
    targets: dict[str, list[str]] = defaultdict(list)
    for pair in sorted(models.pairs):
        if wanted in (None, pair.source):
            targets[pair.source].append(pair.target)
    if args.json:
        for source, into in targets.items():
            row = {"source": source, "name": name_of(source), "targets": into}
            print(json.dumps({**row, "spoken": [to for to in into if to in spoken]}))
        return 0
    table = Table("code", "heard", "written in", "spoken in", box=None)
    for source, into in sorted(targets.items(), key=lambda row: name_of(row[0])):
        said = [name_of(to) for to in into if to in spoken]
        table.add_row(source, name_of(source), ", ".join(map(name_of, into)), ", ".join(said))
    Console().print(table)
    return 0
