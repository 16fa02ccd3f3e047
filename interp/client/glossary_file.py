"""Glossaries as people keep them: CSV, or TBX (ISO 30042), to a session's terms."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from interp.core.errors import InvalidRequest, Reason
from interp.core.glossary import Glossary, Term, glossary_of

MOST_BYTES = 1_000_000
COLUMNS = ("source", "target", "spoken")
SEPARATORS = ",;\t"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRIES = ("conceptEntry", "termEntry")
LANGUAGES = ("langSec", "langSet")


def read_glossary(path: Path, source: str, target: str) -> Glossary:
    """The terms of a .csv or .tbx file for a pair of primary subtags.

    Raises InvalidRequest(BAD_GLOSSARY) that says what is wrong, OSError.
    """
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        raise _bad(path, f"is larger than {MOST_BYTES} bytes")
    if path.suffix.lower() == ".tbx":
        terms = list(_from_tbx(path, data, source, target))
    else:
        terms = list(_from_csv(path, data))
    if not terms:
        raise _bad(path, f"holds no term for {source} to {target}")
    return glossary_of(terms)


def _from_csv(path: Path, data: bytes) -> Iterator[Term]:
    """Lines `source,target,spoken`, with a header or none; a term without target stays as it is.

    Cells are parted by what the first line has of comma, semicolon and tab.
    """
    try:
        text = data.decode("utf-8-sig")
        first = text.partition("\n")[0]
        parted = next((mark for mark in SEPARATORS if mark in first), SEPARATORS[0])
        rows = list(csv.reader(io.StringIO(text), strict=True, delimiter=parted))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad(path, f"is no CSV in UTF-8: {error}") from error
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and tuple(cells) == COLUMNS[: len(cells)]):
            continue
        if len(cells) > len(COLUMNS):
            raise _bad(path, f"has {len(cells)} cells in line {number}, not {', '.join(COLUMNS)}")
        said, written, spoken = (*cells, "", "")[: len(COLUMNS)]
        yield Term(said, written or said, spoken)


def _from_tbx(path: Path, data: bytes, source: str, target: str) -> Iterator[Term]:
    """One term for each concept: the first of each language."""
    if b"<!ENTITY" in data.replace(b"\0", b""):  # in UTF-16 too
        raise _bad(path, "declares entities")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise _bad(path, f"is no XML: {error}") from error
    entries = [node for node in root.iter() if _name(node) in ENTRIES]
    if not entries:
        raise _bad(path, "holds no conceptEntry and no termEntry")
    for entry in entries:
        terms = dict(_terms(entry))
        if source in terms and target in terms:
            yield Term(terms[source], terms[target])


def _terms(entry: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Language, as primary subtag, and its first term; the last first, as a dict keeps the last."""
    for section in reversed([node for node in entry.iter() if _name(node) in LANGUAGES]):
        language = section.get(LANG, section.get("lang", "")).split("-")[0].lower()
        term = next((node for node in section.iter() if _name(node) == "term"), None)
        if language and term is not None and term.text:
            yield language, term.text.strip()


def _name(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _bad(path: Path, what: str) -> InvalidRequest:
    return InvalidRequest(Reason.BAD_GLOSSARY, f"{path.name} {what}")
