import html
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from interp.core.errors import InvalidRequest
from interp.core.events import WrittenWord
from interp.outlets.captions.cues import Cue
from interp.outlets.captions.formats import format_of, plain, srt, structured, ttml, vtt

CUES = [
    Cue(0, 900, ("Five < six.",), (WrittenWord(" Five", 0, 0, 0, 300),)),
    Cue(3_661_001, 3_662_000, ("One &", "two."), (), source=("Un et deux.",)),
]
TTML = "{http://www.w3.org/ns/ttml}"


def test_subrip_is_written_to_the_letter() -> None:
    assert srt(CUES, "en") == (
        "1\n00:00:00,000 --> 00:00:00,900\nFive < six.\n\n"
        "2\n01:01:01,001 --> 01:01:02,000\nUn et deux.\nOne &\ntwo.\n"
    )


def test_webvtt_escapes_what_it_would_read_as_tags() -> None:
    assert vtt(CUES[:1], "en") == "WEBVTT\n\n00:00:00.000 --> 00:00:00.900\nFive &lt; six.\n"


def test_ttml_is_sound_xml_with_times_lines_and_language() -> None:
    root = ET.fromstring(ttml(CUES, "en"))
    assert root.tag == f"{TTML}tt"
    assert root.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "en"
    first, second = root.iter(f"{TTML}p")
    assert (first.attrib["begin"], first.attrib["end"]) == ("00:00:00.000", "00:00:00.900")
    assert first.text == "Five < six."
    assert [part.strip() for part in second.itertext()] == ["Un et deux.", "One &", "two."]


def test_plain_text_has_a_caption_a_line() -> None:
    assert plain(CUES, "en") == "Five < six.\nUn et deux.\nOne & two.\n"


def test_json_has_lines_and_words_with_times() -> None:
    first = json.loads(structured(CUES, "en"))["cues"][0]
    assert first["lines"] == ["Five < six."]
    assert first["words"] == [{"text": "Five", "start_ms": 0, "end_ms": 300}]


def test_lines_that_run_from_right_to_left_are_marked() -> None:
    arabic = [Cue(0, 1_000, ("مرحبا بكم.",), ())]
    assert "\N{RIGHT-TO-LEFT MARK}مرحبا بكم.\N{RIGHT-TO-LEFT MARK}\n" in srt(arabic, "ar")
    assert 'tts:direction="rtl"' in ttml(arabic, "ar")
    assert "\N{RIGHT-TO-LEFT MARK}" not in srt(CUES, "en")


@pytest.mark.parametrize("name", ["a.srt", "a.SRT", "b.Vtt", "c.ttml", "d.txt", "e.json"])
def test_a_suffix_in_any_case_is_a_format(name: str) -> None:
    assert format_of(Path(name)) is format_of(Path(name.lower()))


def test_another_suffix_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(InvalidRequest, match=r"\.srt, \.vtt, \.ttml, \.txt, \.json"):
        format_of(Path("talk.doc"))


BILINGUAL = [Cue(0, 1_000, ("COVID-19", "مرحبا بكم."), (), source=("שלום.",))]


@pytest.mark.parametrize(
    ("ms", "stamp"),
    [
        (0, "00:00:00.000"),
        (999, "00:00:00.999"),
        (59_999, "00:00:59.999"),
        (60_000, "00:01:00.000"),
        (3_600_000, "01:00:00.000"),
        (360_000_000, "100:00:00.000"),
    ],
)
def test_times_are_hours_minutes_seconds_and_milliseconds(ms: int, stamp: str) -> None:
    cue = Cue(ms, ms + 1_000, ("a",), ())
    assert f"\n{stamp} --> " in vtt([cue], "en")
    assert f"\n{stamp.replace('.', ',')} --> " in srt([cue], "en")
    assert f' begin="{stamp}"' in ttml([cue], "en")


@pytest.mark.parametrize("text", ["a --> b", "<i>so</i>", "R&D &amp;", '"quoted"'])
def test_no_text_is_taken_for_markup(text: str) -> None:
    cue = Cue(0, 1_000, (text,), ())
    body = vtt([cue], "en").split("\n", 3)[3]
    assert "-->" not in body
    assert "<" not in body
    assert html.unescape(body) == f"{text}\n"
    (paragraph,) = ET.fromstring(ttml([cue], "en")).iter(f"{TTML}p")
    assert paragraph.text == text
    assert json.loads(structured([cue], "en"))["cues"][0]["lines"] == [text]


def test_nothing_said_is_a_file_that_players_still_read() -> None:
    assert srt([], "en") == ""
    assert vtt([], "en") == "WEBVTT\n"
    assert list(ET.fromstring(ttml([], "en")).iter(f"{TTML}p")) == []
    assert plain([], "en") == ""
    assert json.loads(structured([], "en")) == {"language": "en", "cues": []}


def test_ttml_runs_left_where_any_line_does_and_marks_lines_of_their_own_direction() -> None:
    assert 'tts:direction="rtl"' in ttml(BILINGUAL, "ar")
    english = [Cue(0, 1_000, ("Hello.",), (), source=("שלום.",))]
    (paragraph,) = ET.fromstring(ttml(english, "en")).iter(f"{TTML}p")
    assert paragraph.text == "\N{RIGHT-TO-LEFT MARK}שלום.\N{RIGHT-TO-LEFT MARK}"
    assert "direction" not in "".join(paragraph.attrib)


def test_json_keeps_every_script_as_it_is_and_both_languages_apart() -> None:
    content = structured(BILINGUAL, "ar")
    assert "مرحبا بكم." in content, "letters, not escapes"
    (cue,) = json.loads(content)["cues"]
    assert (cue["source"], cue["lines"]) == (["שלום."], ["COVID-19", "مرحبا بكم."])
    assert (cue["start_ms"], cue["end_ms"]) == (0, 1_000)
