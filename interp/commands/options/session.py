"""Options that several commands share: languages and policy, and where events go."""

import argparse
from pathlib import Path

from interp.client.glossary_file import read_glossary
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Output
from interp.core.glossary import NO_TERMS, Glossary
from interp.core.languages import language_of


def add_session(parser: argparse.ArgumentParser) -> None:
    """What makes a SessionConfig."""
    group = parser.add_argument_group("session")
    group.add_argument(
        "--from",
        dest="source",
        default="fr",
        metavar="LANGUAGE",
        help="spoken language: a tag or a name, see `interp languages`; auto: whatever is spoken",
    )
    group.add_argument(
        "--to", dest="target", default="en", metavar="LANGUAGE", help="wanted language"
    )
    group.add_argument(
        "--policy", default=DEFAULT_POLICY, help="when to write; see docs/policies.md"
    )
    group.add_argument(
        "--glossary", type=Path, metavar="FILE", help="terms that shall be written: .csv or .tbx"
    )
    group.add_argument(
        "--slides",
        type=Path,
        metavar="FILE",
        help="what is shown: a PDF, an image, or a video with slides in its picture, such as the"
        " recording itself; their names and terms are heard more surely",
    )
    group.add_argument("--source-text", action="store_true", help="also write what was said")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Where events go."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON object a line")
    group.add_argument(
        "--captions",
        metavar="FILE",
        help="save captions: a file in .srt, .vtt, .ttml, .txt or .json, or such a suffix alone"
        " for a file beside each recording",
    )
    group.add_argument("--bilingual", action="store_true", help="captions with what was said above")
    group.add_argument(
        "--speech", type=Path, metavar="FILE", help="speak the translation into this WAV file"
    )
    group.add_argument(
        "--under",
        type=float,
        metavar="DB",
        help="the original in that WAV file too, so much quieter while the translation is spoken",
    )


def whole_number(text: str) -> int:
    """An argument that is a number from 0 on."""
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


def session_config(args: argparse.Namespace, *, speech: bool) -> SessionConfig:
    """What the session options say."""
    outputs = {Output.TEXT}
    if args.source_text or args.bilingual:
        outputs.add(Output.SOURCE_TEXT)
    if speech:
        outputs.add(Output.SPEECH)
    return SessionConfig(
        args.source, args.target, frozenset(outputs), args.policy, glossary=_glossary(args)
    )


def _glossary(args: argparse.Namespace) -> Glossary:
    """Raises InvalidRequest, OSError."""
    if args.glossary is None:
        return NO_TERMS
    return read_glossary(args.glossary, language_of(args.source), language_of(args.target))
