"""Measure a speaker against its teacher: `python -m training.speaker.evaluate --speaker FILE ...`.

Word error rates of Whisper on held-out sentences, and lengths against the teacher's; the last line
is JSON.
"""

import argparse
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from interp.core.audio import Samples
from interp.models.voice.front import load_front
from interp.models.voice.network import load_speaker
from interp.models.voice.settings import SpeakerSettings
from interp.models.voice.speaker import Speaker
from training.asr import WhisperListener, understood
from training.data.sentences import held_out_sentences
from training.speaker.recite import recite, snac_decoder
from training.speaker.teachers import teacher_called
from training.speaker.watch import LEADS

SOUND = 0.01
"""Samples above this are heard; before the first and after the last is only silence."""


@dataclass(frozen=True, slots=True)
class Score:
    """Of one lead. shortest, longest: length against the teacher's, silence around both cut."""

    lead: int
    word_error_rate: float
    shortest: float
    longest: float


def spoken_length(samples: Samples) -> int:
    """Samples from the first sound to the last."""
    loud = np.flatnonzero(np.abs(samples) > SOUND)
    return int(loud[-1] - loud[0] + 1) if len(loud) else 0


def main() -> None:
    """Speak, listen, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speaker", type=Path, required=True, help="speaker.safetensors")
    parser.add_argument("--reader", type=Path, required=True, help="pronouncer or pieces.model")
    parser.add_argument("--codec", type=Path, required=True, help="folder of the codec's weights")
    parser.add_argument("--teacher", default="piper-joe", help="or kokoro: and a voice's name")
    parser.add_argument("--limit", type=int, default=200, help="held-out sentences")
    parser.add_argument("--guidance", type=float, help="other than the speaker's own; 1: none")
    arguments = parser.parse_args()
    net = load_speaker(arguments.speaker)
    language = net.config.language
    sentences = held_out_sentences(language)[: arguments.limit]
    listener = WhisperListener(language)
    teacher = teacher_called(arguments.teacher)
    wanted = [teacher.say(sentence, 1.0).samples for sentence in sentences]
    rate = understood(listener, wanted, sentences)
    print(f"teacher: {100 * rate:.1f} % of {len(sentences)} sentences' words wrong")
    settings = SpeakerSettings()
    if arguments.guidance is not None:
        settings = replace(settings, guidance=arguments.guidance)
    speaker = Speaker(net, load_front(arguments.reader, language), settings)
    decode = snac_decoder(arguments.codec)
    scores: list[Score] = []
    for lead in LEADS:
        speech = [decode(frames) for frames in recite(speaker, sentences, lead)]
        ratios = [
            spoken_length(said) / spoken_length(taught)
            for said, taught in zip(speech, wanted, strict=True)
        ]
        score = Score(lead, understood(listener, speech, sentences), min(ratios), max(ratios))
        print(score)
        scores.append(score)
    print(json.dumps({"teacher": rate, "speaker": [asdict(score) for score in scores]}))


if __name__ == "__main__":
    main()
