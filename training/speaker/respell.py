"""Word pieces for phonemes: `python -m training.speaker.respell --sentences FILE --out FILE`.

Trains the sentencepiece model, and gives aligned speech the pieces' times: each shares its word's
time by its letters.
"""

import argparse
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from sentencepiece import SentencePieceTrainer

from interp.models.sentence_pieces import BLANK
from interp.models.voice.english import spelling
from interp.models.voice.reader import Reader
from interp.models.voice.spelling import MARKS
from training.data.engine import phoneme_groups
from training.speaker.shards import Aligned
from training.speaker.timing import START, STOP


def trained_pieces(sentences: Iterable[str], size: int) -> bytes:
    """A unigram model of `size` pieces of what sentences spell, the blank and the marks among them.
    No piece goes beyond a word."""
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=(plain(sentence) for sentence in sentences),
        model_writer=model,
        vocab_size=size,
        user_defined_symbols=[BLANK, *MARKS],
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        add_dummy_prefix=False,
        normalization_rule_name="identity",
        character_coverage=1.0,
        num_threads=1,
        minloglevel=1,
    )
    return model.getvalue()


def plain(sentence: str) -> str:
    """A sentence as the speaker spells it: words of letters, and marks."""
    spelled = [spelling(word) for word in sentence.split()]
    return " ".join(" ".join(each.words) + each.mark for each in spelled)


def respelled(speech: Aligned, reader: Reader) -> Aligned | None:
    """The same speech with the reader's symbols; None where the teacher joined or split words, so
    that their times are not known."""
    words = [word for written in speech.text.split() for word in spelling(written).words]
    starts = (0, *speech.ends[:-1])
    timed = list(zip(speech.symbols, starts, speech.ends, strict=True))
    sounds = phoneme_groups((symbol, end - start) for symbol, start, end in timed)
    if len(words) != len(sounds) or speech.symbols[0] != START or speech.symbols[-1] != STOP:
        return None
    marks = {start: (symbol, end) for symbol, start, end in timed if symbol in MARKS}
    symbols, ends = [START], [speech.ends[0]]
    for number, (said, sound) in enumerate(zip(reader.say(words), sounds, strict=True)):
        if number:
            symbols.append(" ")
            ends.append(sound.start_samples)
        letters = np.cumsum([len(symbol) for symbol in said])
        span = (sound.end_samples - sound.start_samples) / letters[-1]
        symbols += said
        ends += [round(sound.start_samples + span * count) for count in letters.tolist()]
        if sound.end_samples in marks:
            mark, end = marks[sound.end_samples]
            symbols.append(mark)
            ends.append(end)
    return replace(speech, symbols=(*symbols, STOP), ends=(*ends, max(ends[-1], speech.ends[-1])))


def main() -> None:
    """Train the pieces, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, required=True, help="one a line")
    parser.add_argument("--size", type=int, default=512, help="pieces")
    parser.add_argument("--out", type=Path, required=True, help="pieces.model")
    arguments = parser.parse_args()
    sentences = arguments.sentences.read_text("utf-8").splitlines()
    arguments.out.write_bytes(trained_pieces(sentences, arguments.size))


if __name__ == "__main__":
    main()
