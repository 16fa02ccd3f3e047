from dataclasses import dataclass, field

import numpy as np
import pytest

from interp.core.audio import VAD_FRAME_SAMPLES, samples_to_ms
from interp.core.events import TargetSpeech, Warned, WarningCode, WrittenWord
from interp.engine.mouth import Mouth, SpeechSettings, Tempo
from tests.fakes.synthesiser import FRAMES_A_WORD, TAIL_FRAMES, ScriptSynthesiser

FRAME_MS = 2048 / 24
EAGER = SpeechSettings(phrase_words=1, tempo=Tempo(least_pace=1.0))
"""Says each word at once and at its own tempo."""


@dataclass
class Talk:
    """A mouth whose source goes on frame by frame."""

    settings: SpeechSettings = EAGER
    voice: ScriptSynthesiser = field(default_factory=ScriptSynthesiser)
    position: int = 0
    mouth: Mouth = field(init=False)

    def __post_init__(self) -> None:
        self.mouth = Mouth(self.voice, self.settings, wanted=True)

    @property
    def now_ms(self) -> int:
        return samples_to_ms(self.position)

    def write(self, *texts: str, age_ms: int = 0) -> None:
        at = self.now_ms - age_ms
        self.mouth.write(0, [WrittenWord(f" {t}", at, at, at - 300, at - 100) for t in texts])

    def listen(self, ms: int) -> list[TargetSpeech | Warned]:
        events: list[TargetSpeech | Warned] = []
        for _ in range(round(ms / 32)):
            self.position += VAD_FRAME_SAMPLES
            events += self._speak(finishing=False)
        return events

    def finish(self) -> list[TargetSpeech | Warned]:
        return self._speak(finishing=True)

    def _speak(self, *, finishing: bool) -> list[TargetSpeech | Warned]:
        events: list[TargetSpeech | Warned] = []
        while step := self.mouth.next_step(self.position, finishing=finishing):
            (frames,) = self.voice.speak([step])
            events += self.mouth.sounded(frames, self.now_ms, self.now_ms)
        return events


def speech(events: list[TargetSpeech | Warned]) -> list[TargetSpeech]:
    return [event for event in events if isinstance(event, TargetSpeech)]


def text(events: list[TargetSpeech | Warned]) -> str:
    return "".join(event.text for event in speech(events))


def test_a_mouth_without_words_makes_no_frames() -> None:
    talk = Talk()
    assert talk.listen(5000) == []
    assert talk.finish() == []
    assert talk.voice.calls == 0


def test_a_frame_is_made_when_the_source_reaches_its_time() -> None:
    talk = Talk()
    talk.listen(1024)
    talk.write("one", "two")
    heard = speech(talk.listen(2048))
    assert len(heard) == 2 * FRAMES_A_WORD + TAIL_FRAMES
    starts = [round(1056 + i * FRAME_MS - 0.49) for i in range(len(heard))]
    assert [each.offset_ms for each in heard] == pytest.approx(starts, abs=1)
    assert all(0 <= each.delay_ms - each.offset_ms < 32 for each in heard)


def test_the_first_frame_follows_its_word_at_once() -> None:
    talk = Talk()
    talk.listen(320)
    talk.write("one")
    step = talk.mouth.next_step(talk.position, finishing=False)
    assert step is not None
    assert step.words == ("one",)


def test_every_word_is_covered_once_by_the_frame_that_ends_it() -> None:
    talk = Talk()
    talk.write("Good", "morning.", "All")
    heard = speech(talk.listen(1024) + talk.finish())
    assert "".join(each.text for each in heard) == " Good morning. All"
    assert heard[FRAMES_A_WORD - 1].text == " Good"
    assert heard[0].text == ""
    assert (heard[0].source_start_ms, heard[0].source_end_ms) == (-300, -100)


def test_the_timeline_passes_over_the_gap_of_an_idle_voice() -> None:
    talk = Talk()
    talk.write("one")
    first = speech(talk.listen(3200))
    assert talk.listen(3200) == []
    talk.write("two")
    second = speech(talk.listen(1600))
    assert first[-1].offset_ms < 1000
    assert second[0].offset_ms == 6432
    assert not np.any(first[-1].samples)


def test_hush_is_silent_with_the_next_frame_and_drops_what_waits() -> None:
    talk = Talk()
    talk.write("one", "two", "three")
    before = speech(talk.listen(640))
    talk.mouth.hush()
    assert before[-1].offset_ms + FRAME_MS <= 640 + FRAME_MS
    assert talk.listen(3200) == []
    talk.write("four")
    after = talk.listen(3200)
    assert text(after) == " four"
    assert speech(after)[0].offset_ms == 640 + 3200 + 32


def test_a_muted_mouth_passes_words_over_and_costs_nothing() -> None:
    talk = Talk()
    talk.write("one", "two")
    talk.listen(320)
    talk.mouth.mute(True)
    calls = talk.voice.calls
    talk.write("three")
    assert talk.listen(3200) == []
    assert talk.voice.calls == calls
    talk.mouth.mute(False)
    talk.write("four")
    assert text(talk.listen(3200)) == " four"


def test_speech_that_is_no_longer_wanted_stops_until_it_is() -> None:
    talk = Talk()
    talk.write("one", "two")
    talk.listen(320)
    talk.mouth.want(False)
    talk.write("three")
    assert talk.listen(3200) == []
    talk.mouth.want(True)
    talk.write("four")
    assert text(talk.listen(3200)) == " four"


@pytest.mark.parametrize(
    ("lag_ms", "pace"), [(0, 1.0), (1400, 1.0), (2250, 1.125), (3000, 1.25), (14_000, 1.25)]
)
def test_lag_raises_the_tempo(lag_ms: int, pace: float) -> None:
    talk = Talk()
    talk.listen(16_000)
    talk.write("one.", "two", age_ms=lag_ms)
    talk.listen(64)
    assert talk.voice.paces[0] == pytest.approx(pace, abs=0.01)


@pytest.mark.parametrize(("words", "pace"), [(1, 0.55), (2, 0.55), (4, 0.775), (6, 1.0), (9, 1.0)])
def test_tempo_sinks_where_words_would_run_out(words: int, pace: float) -> None:
    assert Tempo().pace(0, words) == pytest.approx(pace)
    assert Tempo().pace(1_500, words) == pytest.approx(pace)


@pytest.mark.parametrize(("lag_ms", "pace"), [(1_501, 1.0), (2_250, 1.125), (3_000, 1.25)])
def test_who_is_late_does_not_wait_for_words(lag_ms: int, pace: float) -> None:
    assert Tempo().pace(lag_ms, words=1) == pytest.approx(pace, abs=0.001)


def test_a_deployment_may_have_all_speech_slower() -> None:
    talk = Talk(SpeechSettings(rate=0.8))
    talk.listen(16_000)
    talk.write("one", "two", "three", age_ms=1_500)
    talk.finish()
    assert talk.voice.paces[0] == pytest.approx(0.8)


def test_a_silent_voice_waits_for_a_phrase() -> None:
    talk = Talk(SpeechSettings())
    talk.write("we")
    assert talk.listen(320) == []
    talk.write("are")
    assert talk.listen(320) == []
    talk.write("here")
    begun = speech(talk.listen(64))
    assert begun[0].offset_ms == 640 + 32


def test_the_end_of_a_clause_is_a_phrase() -> None:
    talk = Talk(SpeechSettings())
    talk.write("Yes,")
    assert speech(talk.listen(64))[0].offset_ms == 32


def test_a_word_for_which_no_company_comes_is_said_when_the_hold_is_over() -> None:
    talk = Talk(SpeechSettings())
    talk.write("we")
    heard = speech(talk.listen(1_600))
    assert heard[0].offset_ms == 1_024


def test_a_word_that_comes_while_the_voice_speaks_joins_without_a_gap() -> None:
    talk = Talk(SpeechSettings())
    talk.write("we", "are", "here")
    heard = talk.listen(1_280)
    talk.write("now")
    heard += talk.listen(1_600)
    sounds = [bool(np.any(each.samples)) for each in speech(heard)]
    assert text(heard) == " we are here now"
    assert all(sounds[:-TAIL_FRAMES])


def test_the_rest_after_the_end_is_not_held_nor_slow() -> None:
    talk = Talk(SpeechSettings())
    talk.write("we")
    assert text(talk.finish()) == " we"
    assert min(talk.voice.paces) == 1.0


def test_a_hurried_voice_says_the_same_words_in_less_time() -> None:
    long = [f"word{i}" for i in range(30)]
    lengths = []
    for most_pace in (1.0, 1.25):
        talk = Talk(
            SpeechSettings(phrase_words=1, tempo=Tempo(least_pace=1.0, most_pace=most_pace))
        )
        talk.write(*long)
        heard = talk.listen(14_400)
        assert text(heard).split() == long
        lengths.append(len(speech(heard)))
    assert lengths[1] < 0.9 * lengths[0]


def test_words_that_waited_too_long_are_left_out_with_a_warning() -> None:
    settings = SpeechSettings(lead_words=2, tempo=Tempo(least_pace=1.0, skip_ms=4000, keep_ms=1000))
    talk = Talk(settings)
    talk.write(*(f"old{i}" for i in range(20)))
    heard = talk.listen(3520)
    talk.write("new0", "new1.", "next0", "next1")
    heard += talk.listen(6400)
    warned = [event for event in heard if isinstance(event, Warned)]
    said = text(heard).split()
    assert [each.code for each in warned] == [WarningCode.SPEECH_SKIPPED]
    assert warned[0].amount_ms == 3520 + 200
    assert said[-2:] == ["next0", "next1"], "it goes on with a sentence"
    assert said[:-2] == [f"old{i}" for i in range(len(said) - 2)]
    assert 8 <= len(said) <= 16


def test_where_no_sentence_begins_it_goes_on_with_the_newest_words() -> None:
    talk = Talk(
        SpeechSettings(lead_words=2, tempo=Tempo(least_pace=1.0, skip_ms=4000, keep_ms=1000))
    )
    talk.write(*(f"old{i}" for i in range(20)))
    heard = talk.listen(3520)
    talk.write("new0", "new1")
    heard += talk.listen(6400)
    assert text(heard).split()[-2:] == ["new0", "new1"]


def test_nothing_is_left_out_once_the_speaker_has_finished() -> None:
    talk = Talk(SpeechSettings(tempo=Tempo(skip_ms=1000)))
    words = [f"word{i}" for i in range(60)]
    talk.write(*words)
    heard = talk.finish()
    assert text(heard).split() == words
    assert len(speech(heard)) == len(heard)
    assert talk.mouth.spoken_ms == pytest.approx(len(heard) * FRAME_MS, abs=1)


def test_what_is_given_up_is_told_of_once_and_costs_nothing() -> None:
    talk = Talk()
    talk.write("one", "two", "three")
    talk.listen(320)
    calls = talk.voice.calls
    assert list(talk.mouth.give_up()) == [Warned(WarningCode.SPEECH_SKIPPED, 200)]
    assert list(talk.mouth.give_up()) == []
    assert talk.listen(3200) == []
    assert talk.voice.calls == calls
    talk.write("four")
    assert text(talk.listen(3200)) == " four"


def test_what_waits_is_bounded() -> None:
    talk = Talk(SpeechSettings(most_words=10))
    talk.write(*(f"word{i}" for i in range(25)))
    heard = talk.finish()
    assert text(heard).split() == [f"word{i}" for i in range(15, 25)]
    assert isinstance(heard[0], Warned)


def test_the_rest_after_the_end_follows_without_a_gap() -> None:
    talk = Talk()
    talk.write("one", "two", "three")
    heard = speech(talk.listen(320) + talk.finish())
    offsets = np.diff([each.offset_ms for each in heard])
    assert set(offsets) <= {85, 86}
    assert text(list(heard)) == " one two three"


def test_words_without_a_sound_do_not_keep_it_waiting() -> None:
    talk = Talk()
    talk.write("\u2014")
    assert talk.listen(320) == []
    talk.write("one", "*")
    assert text(talk.listen(1600)).split() == ["one", "*"]
    talk.write("\u2014")
    assert talk.finish() == []


def test_a_mouth_goes_on_from_its_state_with_the_words_not_said_in_full() -> None:
    talk = Talk()
    talk.write(*(f"word{i}" for i in range(9)))
    talk.listen(960)
    state = talk.mouth.state
    assert [each.word.text for each in state.unsaid] == [f" word{i}" for i in range(2, 9)]
    again = Talk(position=talk.position)
    again.mouth = Mouth(again.voice, SpeechSettings(), wanted=True, state=state)
    heard = again.finish()
    assert text(heard).split() == [f"word{i}" for i in range(2, 9)]
    assert speech(heard)[0].offset_ms >= talk.now_ms


def test_lag_does_not_grow_while_words_come_as_fast_as_they_are_said() -> None:
    talk = Talk(SpeechSettings())
    lags: list[float] = []
    for number in range(1_800):
        talk.write(f"word{number},")
        heard = speech(talk.listen(352))
        lags += [talk.now_ms - each.source_end_ms for each in heard if each.text]
    early, late = np.mean(lags[100:400]), np.mean(lags[-300:])
    assert len(lags) > 1_780, "none is left out"
    assert late == pytest.approx(early, abs=100)


def test_the_newest_segment_is_said_again_marked_after_what_waits() -> None:
    talk = Talk()
    talk.write("old")
    talk.listen(1_600)
    talk.mouth.write(1, [WrittenWord(f" {t}", talk.now_ms, talk.now_ms, 0, 9) for t in ("a", "b")])
    talk.listen(2_000)
    talk.mouth.repeat(talk.now_ms)
    heard = speech(talk.listen(3_200))
    assert text(list(heard)) == " a b"
    assert all(each.repeated and each.segment == 1 for each in heard)
    talk.mouth.repeat(talk.now_ms)
    assert text(talk.listen(3_200)) == " a b", "and again"


def test_what_is_said_again_long_after_is_not_left_out_as_late() -> None:
    talk = Talk()
    talk.write("one", "two")
    talk.listen(60_000)
    talk.mouth.repeat(talk.now_ms)
    assert text(talk.listen(3_200)) == " one two"


def test_nothing_is_said_again_while_muted_or_before_anything_was_said() -> None:
    talk = Talk()
    talk.mouth.repeat(0)
    assert talk.listen(1_600) == []
    talk.write("one")
    talk.listen(1_600)
    talk.mouth.mute(True)
    talk.mouth.repeat(talk.now_ms)
    talk.mouth.mute(False)
    assert talk.listen(1_600) == []


def test_another_mouth_says_again_what_the_state_remembers() -> None:
    talk = Talk()
    talk.write("one")
    talk.listen(1_600)
    other = Talk()
    other.mouth = Mouth(other.voice, EAGER, wanted=True, state=talk.mouth.state)
    other.position = talk.position
    other.mouth.repeat(other.now_ms)
    assert text(other.listen(1_600)) == " one"
