"""Between two speakers: `python -m training.speaker.mean --before FILE --after FILE --out FILE`.

Of one that went on learning from another, the weights between them are often better than either on
speech that neither has heard: what was learnt by heart at the end cancels, what both know stays
(Wortsman et al., Robust fine-tuning of zero-shot models, 2022). Such speech, coded, says which
share to take.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from interp.models.voice.network import SpeakerNet, load_speaker, save_speaker
from training.speaker.corpus import Corpus, read_corpus
from training.speaker.speak import SpeakConfig, SpeakTask

BATCHES = 10


def between(before: SpeakerNet, after: SpeakerNet, share: float) -> SpeakerNet:
    """A speaker with `share` of `after`'s weights, the rest `before`'s; ValueError where the two
    are not of one shape and alphabet."""
    if before.config != after.config:
        raise ValueError("the two speakers are not of one shape, alphabet and codec")
    net = SpeakerNet(after.config)
    start, end = before.state_dict(), after.state_dict()
    net.load_state_dict({name: start[name].lerp(end[name], share) for name in start})
    return net.eval()


@torch.no_grad()
def unheard_loss(net: SpeakerNet, corpus: Corpus, speak: SpeakConfig) -> Mapping[str, float]:
    """Mean parts of the loss on coded speech, the same rows each time."""
    task = SpeakTask(corpus, speak, net.config, torch.device("cpu"))
    rng = np.random.default_rng(0)
    measured = [task.measure(net, rng).values for _ in range(BATCHES)]
    return {name: sum(each[name] for each in measured) / BATCHES for name in measured[0]}


def main() -> None:
    """Write it, and say what it makes of unheard speech."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--after", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.5, help="of the second's weights")
    parser.add_argument("--coded", type=Path, help="coded speech that neither has heard")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    net = between(load_speaker(arguments.before), load_speaker(arguments.after), arguments.share)
    if arguments.coded:
        losses = unheard_loss(net, read_corpus(arguments.coded), SpeakConfig(untold=0.0))
        print(", ".join(f"{name} {losses[name]:.3f}" for name in ("codes", "advance")))
    save_speaker(arguments.out, net)


if __name__ == "__main__":
    main()
