"""Glossaries from files."""

from pathlib import Path

import pytest

from interp.client.glossary_file import MOST_BYTES, read_glossary
from interp.core.errors import InvalidRequest
from interp.core.glossary import Term

TBX = """<?xml version="1.0" encoding="UTF-8"?>
<tbx type="TBX-Basic" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>
<conceptEntry id="c1">
  <langSec xml:lang="en-US"><termSec><term>pound key</term></termSec></langSec>
  <langSec xml:lang="pt"><termSec><term>tecla cardinal</term></termSec>
    <termSec><term>jogo da velha</term></termSec></langSec>
</conceptEntry>
<conceptEntry id="c2"><langSec xml:lang="en"><termSec><term>host</term></termSec></langSec>
</conceptEntry></body></text></tbx>"""
MARTIF = """<martif><text><body><termEntry>
<langSet xml:lang="en"><tig><term>host</term></tig></langSet>
<langSet xml:lang="pt-BR"><tig><term>anfitri\u00e3o</term></tig></langSet>
</termEntry></body></text></martif>"""


def _terms(path: Path, text: str) -> tuple[Term, ...]:
    path.write_text(text, encoding="utf-8")
    return read_glossary(path, "en", "pt").terms


@pytest.mark.parametrize("header", ["", "source,target,spoken\n"])
def test_lines_of_csv_are_terms(tmp_path: Path, header: str) -> None:
    lines = 'pound key,tecla cardinal\nUN,ONU,you en\n\n"Green, Blue",\nDigium\n'
    assert _terms(tmp_path / "a.csv", header + lines) == (
        Term("pound key", "tecla cardinal"),
        Term("UN", "ONU", "you en"),
        Term("Green, Blue", "Green, Blue"),
        Term("Digium", "Digium"),
    )


@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_may_be_parted_otherwise(tmp_path: Path, mark: str) -> None:
    lines = f"source{mark}target\nhost{mark}anfitri\u00e3o\nDigium{mark}\n"
    assert _terms(tmp_path / "a.csv", lines) == (
        Term("host", "anfitri\u00e3o"),
        Term("Digium", "Digium"),
    )


def test_tbx_of_both_editions_gives_the_terms_of_the_pair(tmp_path: Path) -> None:
    assert _terms(tmp_path / "a.tbx", TBX) == (Term("pound key", "tecla cardinal"),)
    assert _terms(tmp_path / "b.tbx", MARTIF) == (Term("host", "anfitri\u00e3o"),)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "a,b,c,d\n", "line 1"),
        ("a.csv", ",b\n", "term 1 lacks"),
        ("a.csv", 'a,"b\n', "no CSV"),
        ("a.csv", "x" * (MOST_BYTES + 1), "larger"),
        ("a.tbx", "<tbx>", "no XML"),
        ("a.csv", "source,target\n\n", "no term for en to pt"),
        ("a.csv", "host,a\nHost,b\n", "a.csv cannot be taken: term 2 stands there twice"),
        ("a.csv", "host,a\0b\n", "no CSV"),
        ("a.csv", "host,a\x07b\n", "control character"),
        ("a.tbx", '<?xml version="1.0" encoding="utf-7"?><tbx/>', "no XML"),
        ("a.tbx", '<?xml version="1.0" encoding="unheard-of"?><tbx/>', "no XML"),
        ("a.tbx", '<!DOCTYPE t [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><t/>', "entities"),
        ("a.tbx", "<tbx/>", "no conceptEntry"),
        ("a.tbx", "<tbx><conceptEntry/></tbx>", "no term for en to pt"),
        ("a.tbx", '<!DOCTYPE t [<!ENTITY a "b">]><t>&a;</t>', "entities"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        _terms(tmp_path / name, text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_entities_do_not_hide_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.tbx"
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE t [<!ENTITY a "b">]><t>&a;</t>'
    path.write_bytes(text.encode(encoding))
    with pytest.raises(InvalidRequest, match="entities"):
        read_glossary(path, "en", "pt")


def test_an_entity_that_grows_is_not_expanded(tmp_path: Path) -> None:
    lines = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 9}">' for i in range(1, 30))
    with pytest.raises(InvalidRequest, match="entities"):
        _terms(tmp_path / "a.tbx", f'<!DOCTYPE t [<!ENTITY a0 "ha">{lines}]><t>&a29;</t>')


def test_a_doctype_that_names_a_file_reads_none(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE martif SYSTEM "file:///etc/passwd">'
    assert _terms(tmp_path / "a.tbx", doctype + MARTIF) == (Term("host", "anfitri\u00e3o"),)


def test_what_people_save_is_read(tmp_path: Path) -> None:
    expected = (Term("pound key", "tecla cardinal"), Term("host", "anfitri\u00e3o"))
    path = tmp_path / "a.csv"
    for text, encoding in (
        ("\ufeffSource,Target\npound key,tecla cardinal\nhost,anfitri\u00e3o\n", "utf-8"),
        ("en-US\tpt-BR\npound key\ttecla cardinal\nhost\tanfitri\u00e3o\n", "utf-16"),
        ('sep=;\n"pound\nkey";"tecla\r\n cardinal"\nhost;anfitri\u00e3o\n', "utf-8"),
        ("pound key,tecla cardinal\rhost,anfitri\u00e3o\rhost,anfitri\u00e3o\r", "utf-8"),
    ):
        path.write_bytes(text.encode(encoding))
        assert read_glossary(path, "en", "pt").terms == expected


@pytest.mark.parametrize(
    "before", ["", "sep=,\n", "source,target\n", "sep=,\nsource,target\n", '"pound\nkey",tecla\n']
)
def test_the_line_that_is_wrong_is_named_as_an_editor_counts(tmp_path: Path, before: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{before}host,anfitri\u00e3o\na,b,c,d\n", "utf-8")
    with pytest.raises(InvalidRequest, match=f"4 cells in line {before.count(chr(10)) + 2},"):
        read_glossary(path, "en", "pt")


def test_a_term_is_all_of_its_text(tmp_path: Path) -> None:
    marked = TBX.replace("pound key", "po<hi>und</hi>\n   key").replace("host", "  ")
    assert _terms(tmp_path / "a.tbx", marked) == (Term("pound key", "tecla cardinal"),)
