"""`python -m training data`: make a set, join several, release one, make it again."""

import argparse
from pathlib import Path

from interp.core.settings import read_settings
from training.data.filters import Limits, fit
from training.data.making import Making, make
from training.data.manifest import join, read_manifest, statistics, write_manifest
from training.data.release import rebuild, release
from training.data.teacher import StudentTeacher


def add(parser: argparse.ArgumentParser) -> None:
    """Its four steps."""
    steps = parser.add_subparsers(dest="data_step", required=True)
    made = steps.add_parser("make", help="sentences, translated and spoken, as a config says")
    made.add_argument("config", type=Path)
    made.set_defaults(run=_make)
    joined = steps.add_parser("join", help="one manifest of several")
    joined.add_argument("manifests", nargs="+", type=Path)
    joined.add_argument("--out", type=Path, required=True, help="manifest")
    joined.set_defaults(run=_join)
    released = steps.add_parser("release", help="the manifest that makes the set again anywhere")
    released.add_argument("manifest", type=Path)
    released.add_argument("--out", type=Path, required=True)
    released.set_defaults(run=_release)
    rebuilt = steps.add_parser("rebuild", help="say and check a released set")
    rebuilt.add_argument("release", type=Path, help="folder of `release`")
    rebuilt.add_argument("--out", type=Path, required=True)
    rebuilt.add_argument("--corpora", type=Path, help="folder of speech that no engine makes")
    rebuilt.set_defaults(run=_rebuild)


def _make(args: argparse.Namespace) -> None:
    path = make(read_settings(args.config, Making), StudentTeacher())
    kept, dropped = fit(read_manifest(path), Limits())
    write_manifest(path, kept)
    print("\n".join(statistics(kept)))
    for reason, count in dropped.items():
        print(f"left out, {reason}: {count}")


def _join(args: argparse.Namespace) -> None:
    print("\n".join(statistics(join(args.manifests, args.out))))


def _release(args: argparse.Namespace) -> None:
    about = release(args.manifest, args.out)
    print(f"{args.out}: {about.entries} entries, by {', '.join(about.engines) or 'no engine'}")


def _rebuild(args: argparse.Namespace) -> None:
    print(f"{rebuild(args.release, args.out, args.corpora)} recordings, all as they were released")
