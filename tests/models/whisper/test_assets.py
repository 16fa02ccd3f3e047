"""Our reading of Whisper's vocabularies and filters against openai-whisper's own."""

import warnings

import pytest
import torch
import whisper.audio
from whisper.tokenizer import get_tokenizer

from interp.models.whisper.assets import mel_filters, vocabulary

TEXT = " Où est-il? It's 3:30 p.m. \u4f60\u597d \u266a [music]"


@pytest.mark.parametrize("n_vocab", [51864, 51865, 51866])
def test_tokens_are_those_of_openai_whisper(n_vocab: int) -> None:
    ours = vocabulary(n_vocab)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        theirs = get_tokenizer(n_vocab >= 51865, num_languages=n_vocab - 51765 - (n_vocab > 51864))
    assert ours.encoding.encode(TEXT) == theirs.encoding.encode(TEXT)
    assert ours.encoding.n_vocab == theirs.encoding.n_vocab == n_vocab
    assert set(ours.languages) == set(theirs.all_language_codes)
    assert ours.unspoken == theirs.non_speech_tokens
    for ours_, theirs_ in {
        "endoftext": theirs.eot,
        "startoftranscript": theirs.sot,
        "startofprev": theirs.sot_prev,
        "nospeech": theirs.no_speech,
        "notimestamps": theirs.no_timestamps,
        "translate": theirs.translate,
        "transcribe": theirs.transcribe,
        **{code: theirs.to_language_token(code) for code in ours.languages},
    }.items():
        assert ours.special(ours_) == theirs_


@pytest.mark.parametrize("n_mels", [80, 128])
def test_mel_filters_are_those_of_openai_whisper(n_mels: int) -> None:
    theirs = whisper.audio.mel_filters(torch.device("cpu"), n_mels)
    torch.testing.assert_close(mel_filters(n_mels), theirs, rtol=0, atol=0)
