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
        ("a.tbx", "<tbx/>", "no conceptEntry"),
        ("a.tbx", "<tbx><conceptEntry/></tbx>", "no term for en to pt"),
        ("a.tbx", '<!DOCTYPE t [<!ENTITY a "b">]><t>&a;</t>', "entities"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        _terms(tmp_path / name, text)


def test_entities_do_not_hide_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.tbx"
    path.write_bytes('<!DOCTYPE t [<!ENTITY a "b">]><t>&a;</t>'.encode("utf-16"))
    with pytest.raises(InvalidRequest, match="entities"):
        read_glossary(path, "en", "pt")
