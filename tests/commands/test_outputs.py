import shutil
from pathlib import Path

import pytest

from interp.commands.outputs import (
    VIDEO_SUFFIXES,
    Outputs,
    Wanted,
    beside,
    check_room,
    check_writable,
    planned,
)
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


def test_what_is_not_wanted_is_not_planned(tmp_path: Path) -> None:
    plans = planned(files(tmp_path, "a.wav", "b.wav"), Wanted(), "en")
    assert plans == [Outputs(), Outputs()]
    assert [plan.all() for plan in plans] == [[], []]


def test_all_of_a_plan_are_its_captions_speech_and_video_in_this_order() -> None:
    captions, speech, video = Path("a.srt"), Path("a.wav"), Path("a.mkv")
    assert Outputs(captions, speech, video).all() == [captions, speech, video]
    assert Outputs(captions, None, video).all() == [captions, video]


@pytest.mark.parametrize("suffix", [*VIDEO_SUFFIXES, ".MKV"])
def test_a_video_is_written_under_any_name_that_holds_captions(tmp_path: Path, suffix: str) -> None:
    copy = tmp_path / f"copy{suffix}"
    (plan,) = planned(files(tmp_path, "talk.mp4"), Wanted(video=copy), "en")
    assert plan == Outputs(video=copy)


@pytest.mark.parametrize(
    ("name", "language", "suffix", "found"),
    [
        ("talk.mp4", "en", ".srt", "talk.en.srt"),
        ("talk.of.may.mkv", "pt", ".vtt", "talk.of.may.pt.vtt"),
        ("talk", "en", ".txt", "talk.en.txt"),
    ],
)
def test_players_find_captions_beside_the_recording(
    name: str, language: str, suffix: str, found: str
) -> None:
    assert beside(Path("folder") / name, language, suffix) == Path("folder") / found


def test_captions_and_speech_of_one_name_are_two_files(tmp_path: Path) -> None:
    wanted = Wanted(str(tmp_path / "out.srt"), tmp_path / "out.wav", tmp_path / "out.mkv")
    plans = planned(files(tmp_path, "a.mp4", "b.mp4"), wanted, "en")
    names = [path.name for plan in plans for path in plan.all()]
    assert len(set(names)) == 6
    assert {name.split(".")[1] for name in names} == {"a", "b"}


def test_a_recording_is_known_through_a_link_and_not_written_over(tmp_path: Path) -> None:
    (talk,) = files(tmp_path, "talk.wav")
    link = tmp_path / "link.wav"
    link.symlink_to(talk)
    with pytest.raises(InvalidRequest, match=r"link\.wav would be written over"):
        planned([talk], Wanted(speech=link), "en")


def test_an_output_of_one_recording_is_not_another_recording(tmp_path: Path) -> None:
    talks = files(tmp_path, "a.flac", "b.flac", "out.b.wav")
    with pytest.raises(InvalidRequest, match=r"out\.b\.wav would be written over"):
        planned(talks, Wanted(speech=tmp_path / "out.wav"), "en")


def test_captions_beside_recordings_that_differ_in_suffix_alone_are_refused(
    tmp_path: Path,
) -> None:
    talks = files(tmp_path, "talk.mp3", "talk.mp4")
    with pytest.raises(InvalidRequest, match=r"talk\.en\.srt would be written over"):
        planned(talks, Wanted("srt"), "en")


def test_a_file_that_is_there_may_be_written_again(tmp_path: Path) -> None:
    (old,) = files(tmp_path, "out.srt")
    check_writable(old)
    check_writable(tmp_path / "new.srt")


def test_planning_writes_nothing(tmp_path: Path) -> None:
    talks = files(tmp_path, "a.wav")
    planned(talks, Wanted(str(tmp_path / "o.srt"), tmp_path / "o.wav", tmp_path / "o.mkv"), "en")
    assert list(tmp_path.iterdir()) == talks


@pytest.mark.parametrize(
    ("plan", "length_s", "size", "fits"),
    [
        (("o.srt", None, None), 3_600.0, 10**15, True),
        ((None, "o.wav", None), 1e10, 0, False),
        ((None, None, "o.mkv"), 1.0, 10**15, False),
        ((None, None, "o.mkv"), 1.0, 10**6, True),
        ((None, None, None), 1e12, 10**18, True),
    ],
)
def test_room_is_asked_for_by_what_is_written(
    tmp_path: Path,
    plan: tuple[str | None, str | None, str | None],
    length_s: float,
    size: int,
    fits: bool,
) -> None:
    paths = Outputs(*(name and tmp_path / name for name in plan))  # type: ignore[arg-type]
    if fits:
        check_room([(paths, length_s, size)])
    else:
        with pytest.raises(OSError, match="MB free and about"):
            check_room([(paths, length_s, size)])


def test_room_is_asked_for_all_recordings_together(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    half_s = 0.6 * free / 48_000
    plans = [(Outputs(speech=tmp_path / f"{name}.wav"), half_s, 0) for name in "ab"]
    check_room(plans[:1])
    with pytest.raises(OSError, match=str(tmp_path)):
        check_room(plans)
