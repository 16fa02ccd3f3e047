"""Glossaries as people keep them: CSV, or TBX (ISO 30042), to a session's terms."""

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError, ParserCreate

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
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _bad(path, f"is larger than {MOST_BYTES} bytes")
    if path.suffix.lower() in (".tbx", ".xml"):
        terms = dict.fromkeys(_from_tbx(path, data, source, target))
    else:
        terms = dict.fromkeys(_from_csv(path, data, (source, target)))
    if not terms:
        raise _bad(path, f"holds no term for {source} to {target}")
    try:
        return glossary_of(list(terms))
    except InvalidRequest as error:
        raise _bad(path, f"cannot be taken: {error.message}") from error


def _from_csv(path: Path, data: bytes, pair: tuple[str, str]) -> Iterator[Term]:
    """Lines `source,target,spoken`, with a header (these words, or the pair) or none; a term
    without target stays as it is.

    Cells are parted by what the first line has of comma, semicolon and tab.
    """
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
        first = text.partition("\n")[0]
        parted = next((mark for mark in SEPARATORS if mark in first), SEPARATORS[0])
        if "\0" in text:
            raise ValueError("it holds no text")
        reader = csv.reader(io.StringIO(text, newline=None), strict=True, delimiter=parted)
        rows = [(reader.line_num, row) for row in reader]
    except (ValueError, csv.Error) as error:
        raise _bad(path, f"is no CSV in UTF-8 or UTF-16: {error}") from error
    if first.strip() == f"sep={parted}":  # what Excel takes the mark from
        del rows[0]
    for place, (number, row) in enumerate(rows):
        cells = [" ".join(cell.split()) for cell in row]
        if not any(cells) or (place == 0 and _is_header(cells, pair)):
            continue
        if len(cells) > len(COLUMNS):
            raise _bad(path, f"has {len(cells)} cells in line {number}, not {', '.join(COLUMNS)}")
        said, written, spoken = (*cells, "", "")[: len(COLUMNS)]
        yield Term(said, written or said, spoken)


def _is_header(cells: Sequence[str], pair: tuple[str, str]) -> bool:
    found = tuple(cell.lower() for cell in cells)
    return found == COLUMNS[: len(found)] or tuple(c.split("-")[0] for c in found[:2]) == pair


def _from_tbx(path: Path, data: bytes, source: str, target: str) -> Iterator[Term]:
    """One term for each concept: the first of each language."""
    try:
        _check_plain(path, data)
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ExpatError, ValueError, LookupError) as error:
        raise _bad(path, f"is no XML: {error}") from error
    entries = [node for node in root.iter() if _name(node) in ENTRIES]
    if not entries:
        raise _bad(path, "holds no conceptEntry and no termEntry")
    for entry in entries:
        terms = dict(_terms(entry))
        if source in terms and target in terms:
            yield Term(terms[source], terms[target])


def _check_plain(path: Path, data: bytes) -> None:
    """Raises InvalidRequest where entities are declared, whatever the encoding: one of them may be
    a file, or fill the memory."""

    def declared(*_: object) -> NoReturn:
        raise _bad(path, "declares entities")

    parser = ParserCreate()
    parser.EntityDeclHandler = declared
    parser.Parse(data, True)


def _terms(entry: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Language, as primary subtag, and its first term; the last first, as a dict keeps the last."""
    for section in reversed([node for node in entry.iter() if _name(node) in LANGUAGES]):
        language = section.get(LANG, section.get("lang", "")).split("-")[0].lower()
        term = next((node for node in section.iter() if _name(node) == "term"), None)
        text = " ".join("".join(term.itertext()).split()) if term is not None else ""
        if language and text:
            yield language, text


def _name(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _bad(path: Path, what: str) -> InvalidRequest:
    return InvalidRequest(Reason.BAD_GLOSSARY, f"{path.name} {what}")
