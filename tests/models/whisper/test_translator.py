from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
import whisper

from interp.core.audio import ENCODER_FRAME_SAMPLES, SOURCE_RATE_HZ, Samples
from interp.core.translator import Ask, DecodeStep, EncodeStep, Hypothesis, Pair
from interp.models.precision import Precision
from interp.models.whisper import lane as lane_module
from interp.models.whisper.decoder import Fed, Feed
from interp.models.whisper.hearing import SourceState
from interp.models.whisper.lane import TargetState
from interp.models.whisper.settings import WhisperSettings
from interp.models.whisper.translator import WhisperTranslator
from tests.fakes.tiny_whisper import TINY, official_model, tiny_checkpoint

SETTINGS = WhisperSettings(open_ms=400, pad_ms=100, tokens_at_once=20)
EVERYTHING = Ask(words=100)


@dataclass
class Fixture:
    translator: WhisperTranslator
    source: SourceState
    target: TargetState

    def hear(self, audio: Samples, *, finished: bool = False) -> None:
        self.translator.encode([EncodeStep(self.source, audio, finished)])

    def guess(
        self, ask: Ask = EVERYTHING, *, accepted: int = 0, finished: bool = False
    ) -> Hypothesis:
        return self.translator.decode([DecodeStep(self.target, ask, accepted, finished)])[0]


def _start(translator: WhisperTranslator, context: str = "") -> Fixture:
    source = translator.init_source()
    return Fixture(translator, source, translator.init_target(source, "fr", "en", context))


def _noise(seed: int, samples: int = SOURCE_RATE_HZ) -> Samples:
    rng = np.random.default_rng(seed)
    swell = 0.5 + 0.5 * np.sin(np.arange(samples) / 3000.0)
    return (rng.normal(0, 0.1, samples) * swell).astype(np.float32)


def _texts(hypothesis: Hypothesis) -> list[str]:
    return [word.text for word in hypothesis.words]


def _cross(source: SourceState) -> torch.Tensor:
    fixed = len(source.cross.places)
    return source.cross.data[:, :, :, fixed : fixed + source.positions]


@pytest.fixture(scope="module")
def translator() -> WhisperTranslator:
    return WhisperTranslator.from_checkpoint(tiny_checkpoint(), SETTINGS)


def test_a_whole_padded_window_is_encoded_as_whisper_does() -> None:
    checkpoint = tiny_checkpoint()
    whole = WhisperSettings(open_ms=None, pad_ms=30_000, precision=Precision.FLOAT32)
    ours = _start(WhisperTranslator.from_checkpoint(checkpoint, whole))
    audio = _noise(0)
    ours.hear(audio, finished=True)
    official = official_model(checkpoint)
    padded = torch.nn.functional.pad(torch.from_numpy(audio), (0, SOURCE_RATE_HZ))
    with torch.inference_mode():
        features = official.encoder(whisper.log_mel_spectrogram(padded)[None])
        for layer, block in enumerate(official.decoder.blocks):
            expected = block.cross_attn.value(features)[0].view(TINY.n_audio_ctx, 2, 8)
            torch.testing.assert_close(
                _cross(ours.source)[layer, 1].transpose(0, 1), expected, atol=1e-4, rtol=0
            )


def test_the_decoder_scores_tokens_as_whisper_does() -> None:
    checkpoint = tiny_checkpoint()
    whole = WhisperSettings(open_ms=None, pad_ms=30_000, precision=Precision.FLOAT32)
    translator = WhisperTranslator.from_checkpoint(checkpoint, whole)
    ours = _start(translator)
    audio = _noise(0)
    ours.hear(audio, finished=True)
    tokens = [50258, 50265, 50358, 50363, 11, 400, 9000]
    decoder, source, cache = translator.decoder, ours.source, ours.target.cache
    with torch.inference_mode():
        cross = source.cross.seen(source.positions)
        (head,) = decoder.feed([Feed([tokens[:4]], 0, cache, cross, source.heard)])
        (tail,) = decoder.feed([Feed([tokens[4:]], 4, cache, cross, source.heard)])
        scores = decoder.logits(torch.cat([head.hidden[0], tail.hidden[0]]))
        official = official_model(checkpoint)
        padded = torch.nn.functional.pad(torch.from_numpy(audio), (0, SOURCE_RATE_HZ))
        features = official.encoder(whisper.log_mel_spectrogram(padded)[None])
        expected = official.decoder(torch.tensor([tokens]), features)[0]
    torch.testing.assert_close(scores, expected, atol=1e-3, rtol=1e-4)


def test_a_frozen_position_does_not_change(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(2))
    frozen = ours.source.frozen
    before = _cross(ours.source)[:, :, :, :frozen].clone()
    ours.hear(_noise(3, 8000))
    assert torch.equal(_cross(ours.source)[:, :, :, :frozen], before)
    assert 0 < frozen < ours.source.frozen


def test_an_unfrozen_segment_may_be_cut_anywhere() -> None:
    whole = WhisperSettings(open_ms=None, pad_ms=100)
    translator = WhisperTranslator.from_checkpoint(tiny_checkpoint(), whole)
    audio = _noise(4, 20_000)
    at_once, in_steps = _start(translator), _start(translator)
    at_once.hear(audio)
    for begin in range(0, 20_000, 777):
        in_steps.hear(audio[begin : begin + 777])
    torch.testing.assert_close(
        _cross(in_steps.source), _cross(at_once.source), atol=1e-4, rtol=1e-4
    )


def test_a_segment_longer_than_the_window_is_refused(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(5, TINY.n_audio_ctx * ENCODER_FRAME_SAMPLES))
    with pytest.raises(ValueError, match="longer than"):
        ours.hear(_noise(5, 1))


def test_in_whole_numbers_a_lane_of_a_batch_is_heard_to_the_bit_as_alone() -> None:
    settings = WhisperSettings(open_ms=400, precision=Precision.INT8)
    translator = WhisperTranslator.from_checkpoint(tiny_checkpoint(), settings)
    audios = [_noise(10, 25_000), _noise(11, 5_000), _noise(12, 24_000)]
    lanes, alone = ([_start(translator) for _ in audios] for _ in range(2))
    translator.encode(
        [EncodeStep(lane.source, audio, False) for lane, audio in zip(lanes, audios, strict=True)]
    )
    for lane, one, audio in zip(lanes, alone, audios, strict=True):
        one.hear(audio)
        assert torch.equal(_cross(lane.source), _cross(one.source))


@pytest.mark.parametrize("precision", [Precision.FLOAT32, Precision.INT8])
def test_lanes_in_a_batch_write_what_each_writes_alone(precision: Precision) -> None:
    settings = WhisperSettings(open_ms=400, precision=precision)
    translator = WhisperTranslator.from_checkpoint(tiny_checkpoint(), settings)
    audios = [_noise(10), _noise(11, 5000), _noise(12, 24_000)]
    alone = []
    for audio in audios:
        one = _start(translator)
        one.hear(audio)
        first = one.guess(Ask(words=2))
        one.hear(_noise(13, 1600), finished=True)
        alone.append((first, one.guess(accepted=1, finished=True)))
    lanes = [_start(translator) for _ in audios]
    translator.encode(
        [EncodeStep(lane.source, audio, False) for lane, audio in zip(lanes, audios, strict=True)]
    )
    starts = translator.decode([DecodeStep(lane.target, Ask(words=2), 0, False) for lane in lanes])
    translator.encode([EncodeStep(lane.source, _noise(13, 1600), True) for lane in lanes])
    rests = translator.decode([DecodeStep(lane.target, EVERYTHING, 1, True) for lane in lanes])
    for lane, (begun, ended) in enumerate(alone):
        assert _texts(starts[lane]) == _texts(begun)
        assert _texts(rests[lane]) == _texts(ended)
        assert rests[lane].words


def test_going_on_from_accepted_words_equals_guessing_at_once(
    translator: WhisperTranslator,
) -> None:
    at_once, in_parts = _start(translator), _start(translator)
    at_once.hear(_noise(6), finished=True)
    in_parts.hear(_noise(6), finished=True)
    whole = _texts(at_once.guess(finished=True))
    written: list[str] = []
    accepted = 0
    while new := _texts(in_parts.guess(Ask(words=2), accepted=accepted, finished=True)):
        accepted = 1
        written += new[:1]
    common = min(len(written), len(whole))
    assert written[:common] == whole[:common]
    assert common >= 3


def test_unwritten_words_are_forgotten(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(7), finished=True)
    first = ours.guess(Ask(words=3), finished=True)
    assert len(first.words) == 3
    again = ours.guess(Ask(words=3), accepted=0, finished=True)
    assert _texts(again) == _texts(first)
    assert ours.target.written == []


def test_written_words_are_forced_and_never_guessed_again(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(14))
    first = ours.guess(Ask(words=2))
    tokens = [token for guess in ours.target.guessed for token in guess.tokens]
    for seed in (15, 16):
        ours.hear(_noise(seed, 4000))
        ours.guess(Ask(words=2), accepted=2 if seed == 15 else 0)
        assert ours.target.written == tokens
    assert translator.tokenizer.text(tokens) == "".join(_texts(first))


def test_tokens_that_are_not_run_again_keep_their_cache() -> None:
    settings = WhisperSettings(open_ms=400, pad_ms=100, tokens_at_once=20, refreshed_tokens=1)
    ours = _start(WhisperTranslator.from_checkpoint(tiny_checkpoint(), settings))
    ours.hear(_noise(17))
    ours.guess(Ask(words=2))
    prompt = len(ours.target.prompt)
    before = ours.target.cache[:, :, :, :, :prompt].clone()
    ours.hear(_noise(18, 4000))
    ours.guess(Ask(words=2), accepted=2)
    assert torch.equal(ours.target.cache[:, :, :, :, :prompt], before)


def test_accepting_more_words_than_were_guessed_is_refused(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(7))
    ours.guess(Ask(words=1))
    with pytest.raises(AssertionError, match="accepted"):
        ours.guess(accepted=3)


def test_before_any_audio_nothing_is_guessed(translator: WhisperTranslator) -> None:
    assert _start(translator).guess() == Hypothesis()


def test_the_end_without_new_audio_changes_nothing(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(9))
    before = _cross(ours.source).clone()
    ours.hear(np.zeros(0, np.float32), finished=True)
    assert torch.equal(_cross(ours.source), before)


def test_an_open_window_without_settled_frames_is_refused() -> None:
    with pytest.raises(ValueError, match="open window"):
        WhisperSettings(open_ms=40)


def test_earlier_text_is_forced_before_the_transcript(translator: WhisperTranslator) -> None:
    bare, led = _start(translator), _start(translator, context="Good evening, everybody.")
    assert led.target.prompt[-4:] == bare.target.prompt
    assert len(led.target.prompt) > len(bare.target.prompt) + 4


def test_no_speech_is_a_probability_of_the_first_decode(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(8))
    ours.guess(Ask(words=1))
    first = ours.target.no_speech
    assert 0.0 < first < 1.0
    ours.guess(Ask(words=1), accepted=1)
    assert ours.target.no_speech == first


def test_unlikely_text_where_there_is_no_speech_is_not_begun() -> None:
    hears_nothing = replace(SETTINGS, no_speech_probability=0.0, least_probability=1.0)
    sceptic = WhisperTranslator.from_checkpoint(tiny_checkpoint(), hears_nothing)
    ours = _start(sceptic)
    ours.hear(_noise(8))
    assert ours.guess(Ask(words=2)).words == ()
    sure = replace(hears_nothing, least_probability=0.0)
    ours.translator = WhisperTranslator.from_checkpoint(tiny_checkpoint(), sure)
    assert len(ours.guess(Ask(words=2)).words) == 2
    ours.translator = sceptic
    assert len(ours.guess(Ask(words=1), accepted=1).words) == 1


def test_it_serves_every_language_into_english_and_into_itself(
    translator: WhisperTranslator,
) -> None:
    assert {Pair("fr", "en"), Pair("fr", "fr"), Pair("en", "en")} < translator.pairs
    assert Pair("en", "fr") not in translator.pairs
    with pytest.raises(ValueError, match="translate into"):
        translator.init_target(translator.init_source(), "en", "fr", "")


def test_the_speakers_own_words_are_asked_for_with_another_token(
    translator: WhisperTranslator,
) -> None:
    source = translator.init_source()
    own = translator.init_target(source, "fr", "fr", "")
    english = translator.init_target(source, "fr", "en", "")
    differing = [a != b for a, b in zip(own.prompt, english.prompt, strict=True)]
    assert differing == [False, False, True, False]


def test_an_unknown_language_is_refused(translator: WhisperTranslator) -> None:
    with pytest.raises(ValueError, match="does not know"):
        translator.init_target(translator.init_source(), "xx", "en", "")


def test_a_draft_changes_no_word(
    translator: WhisperTranslator, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, passes = translator.decoder.feed, []

    def counted(feeds: Sequence[Feed]) -> list[Fed]:
        passes.append(len(feeds))
        return feed(feeds)

    monkeypatch.setattr(translator.decoder, "feed", counted)
    guesses, costs = [], []
    for draft_tokens in (16, 0):
        monkeypatch.setattr(lane_module, "DRAFT_TOKENS", draft_tokens)
        ours = _start(translator)
        found: list[Hypothesis] = []
        for part in range(4):
            ours.hear(_noise(part, SOURCE_RATE_HZ // 5))
            count = len(found[-1].words) if found else 0
            found.append(ours.guess(Ask(3), accepted=min(1, count)))
            found.append(ours.guess())
        guesses.append([_texts(one) for one in found])
        costs.append(len(passes))
        passes.clear()
    assert guesses[0] == guesses[1]
    assert costs[0] < costs[1]


def test_beams_go_on_from_what_one_text_wrote(translator: WhisperTranslator) -> None:
    ours = _start(translator)
    ours.hear(_noise(21))
    first = ours.guess(Ask(words=2))
    ours.hear(_noise(22, 4000))
    wide = ours.guess(Ask(words=100, beams=3), accepted=2)
    written = list(ours.target.written)
    again = ours.guess(Ask(words=100, beams=3))
    assert _texts(again) == _texts(wide)
    assert ours.target.written == written
    assert translator.tokenizer.text(written) == "".join(_texts(first))
