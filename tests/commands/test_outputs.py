from pathlib import Path

import pytest

from interp.commands.outputs import Outputs, Wanted, check_room, planned
from interp.core.errors import InvalidRequest


def files(folder: Path, *names: str) -> list[Path]:
    made = [folder / name for name in names]
    for file in made:
        file.parent.mkdir(exist_ok=True)
        file.touch()
    return made


def test_one_recording_gets_the_names_that_were_asked_for(tmp_path: Path) -> None:
    wanted = Wanted(str(tmp_path / "out.SRT"), tmp_path / "out.wav")
    (plan,) = planned(files(tmp_path, "talk.mp3"), wanted, "en")
    assert plan == Outputs(tmp_path / "out.SRT", tmp_path / "out.wav")


def test_several_get_names_of_their_own_even_with_one_name_in_two_folders(tmp_path: Path) -> None:
    wanted = Wanted(str(tmp_path / "out.srt"), tmp_path / "out.wav")
    talks = files(tmp_path, "a/talk.flac", "b/talk.flac", "b/news.flac")
    paths = [path.name for plan in planned(talks, wanted, "en") for path in plan.all()]
    assert paths == [
        "out.a-talk.srt",
        "out.a-talk.wav",
        "out.b-talk.srt",
        "out.b-talk.wav",
        "out.b-news.srt",
        "out.b-news.wav",
    ]


def test_the_same_file_twice_is_numbered(tmp_path: Path) -> None:
    (talk,) = files(tmp_path, "talk.flac")
    wanted = Wanted(str(tmp_path / "out.srt"))
    names = [plan.captions for plan in planned([talk, talk], wanted, "en")]
    assert names == [tmp_path / "out.talk-1.srt", tmp_path / "out.talk-2.srt"]


@pytest.mark.parametrize("wanted", ["srt", ".srt", "SRT"])
def test_a_format_alone_means_beside_each_recording(tmp_path: Path, wanted: str) -> None:
    talks = files(tmp_path, "a/talk.mp4", "b/talk.mp4")
    names = [plan.captions for plan in planned(talks, Wanted(wanted), "en")]
    assert names == [tmp_path / "a" / "talk.en.srt", tmp_path / "b" / "talk.en.srt"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted("out.doc"), r"captions end in \.srt"),
        (Wanted(None, Path("out.mp3")), r"speech is written as \.wav"),
        (Wanted(None, None, Path("out.avi")), r"a video ends in \.mkv"),
        (Wanted(None, Path("out.wav"), Path("out.wav")), "a video ends in"),
    ],
)
def test_a_suffix_that_no_format_has_is_refused(wanted: Wanted, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        planned([Path("talk.flac")], wanted, "en")


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    (talk,) = files(tmp_path, "talk.wav")
    with pytest.raises(InvalidRequest, match=r"talk\.wav would be written over"):
        planned([talk], Wanted(None, talk), "en")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        planned(files(tmp_path, "a.wav"), Wanted(str(tmp_path / "nowhere" / "o.srt")), "en")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.srt").mkdir()
    with pytest.raises(IsADirectoryError):
        planned(files(tmp_path, "a.wav"), Wanted(str(tmp_path / "out.srt")), "en")


def test_a_disk_without_room_is_refused_before_work(tmp_path: Path) -> None:
    plan = Outputs(speech=tmp_path / "out.wav")
    check_room([(plan, 3_600.0, 0)])
    with pytest.raises(OSError, match="MB free"):
        check_room([(plan, 1e10, 0)])
