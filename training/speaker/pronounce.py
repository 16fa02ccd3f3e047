"""Train the pronouncer: `python -m training.speaker.pronounce --sentences FILE --out FILE`.

It learns from espeak-ng, as Piper carries it: every word of the sentences as it sounds in its
sentence most often, and more words, one a line, as they sound alone.
"""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import trange

from interp.models.voice.pronouncer import PLACES, Pronouncer, save_pronouncer, spelled
from interp.models.voice.spelling import MARKS, Spell
from training.speaker.alphabets import ALPHABETS, Alphabet

HELD_OUT = 0.01
BATCH = 64


def pairs_in(text: str, symbols: str, spell: Spell) -> list[tuple[str, str]]:
    """(word, sound) of a sentence; none where espeak joined or split words."""
    words = [word for written in text.split() for word in spell(written).words]
    groups = ["".join(c for c in group if c not in MARKS) for group in symbols.split()]
    groups = [group for group in groups if group]
    return list(zip(words, groups, strict=True)) if len(words) == len(groups) else []


def lexicon(
    sentences: Iterable[str], words: Iterable[str], alphabet: Alphabet
) -> dict[str, tuple[str, int]]:
    """Each word's most frequent sound, and how often it was met in sentences."""
    phonemes = alphabet.phonemes()
    met: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for word, sound in pairs_in(sentence, phonemes(sentence), alphabet.spell):
            met[word][sound] += 1
    found = {w: (c.most_common(1)[0][0], c.total()) for w, c in met.items()}
    for word in words:
        if word not in found and set(word) <= set(alphabet.letters):
            sound = "".join(c for c in phonemes(word) if c not in MARKS).strip()
            if sound and " " not in sound:
                found[word] = (sound, 0)
    return {w: e for w, e in found.items() if w and len(e[0]) <= PLACES * len(w)}


def loss_of(model: Pronouncer, words: Sequence[str], sounds: Sequence[str]) -> Tensor:
    """Mean CTC loss of a batch."""
    letters, counts = spelled(words, model.letters)
    flat = torch.tensor([model.symbols.index(s) + 1 for sound in sounds for s in sound])
    lengths = torch.tensor([len(sound) for sound in sounds])
    places = model(letters, counts).transpose(0, 1)
    return F.ctc_loss(places, flat, counts * PLACES, lengths, zero_infinity=True)


def mistakes(model: Pronouncer, entries: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """Words that the network gets wrong, with their right sounds."""
    words = list(entries)
    model.eval()
    wrong: dict[str, str] = {}
    for start in range(0, len(words), BATCH * 8):
        part = words[start : start + BATCH * 8]
        for word, said in zip(part, model.guess(part), strict=True):
            if said != entries[word][0]:
                wrong[word] = entries[word][0]
    return wrong


def train(
    entries: dict[str, tuple[str, int]], alphabet: Alphabet, steps: int, seed: int
) -> Pronouncer:
    """Frequent words are drawn more often: with weight 1 + the root of their count."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    words = sorted(entries)
    rng.shuffle(words)
    cut = max(int(len(words) * HELD_OUT), 1)
    unseen = {word: entries[word] for word in words[:cut]}
    known = words[cut:]
    weights = [1 + entries[word][1] ** 0.5 for word in known]
    model = Pronouncer("".join(alphabet.symbols), letters=alphabet.letters)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    progress = trange(steps, unit="step")
    for step in progress:
        batch = rng.choices(known, weights, k=BATCH)
        loss = loss_of(model.train(), batch, [entries[word][0] for word in batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 250 == 249:
            wrong = len(mistakes(model, unseen)) / len(unseen)
            progress.set_postfix(loss=f"{loss.item():.3f}", unseen_wrong=f"{wrong:.3f}")
    model.exceptions = mistakes(model, entries)
    print(f"{len(model.exceptions)} exceptions of {len(entries)} words")
    return model.eval()


def main() -> None:
    """Build the lexicon, train, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--words", type=Path, help="more words, one a line")
    parser.add_argument("--alphabet", default="piper-en", choices=ALPHABETS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=4_000)
    arguments = parser.parse_args()
    more = arguments.words.read_text("utf-8").split() if arguments.words else []
    alphabet = ALPHABETS[arguments.alphabet]
    entries = lexicon(arguments.sentences.read_text("utf-8").splitlines(), more, alphabet)
    strange = {symbol for sound, _ in entries.values() for symbol in sound} - set(alphabet.symbols)
    if strange:
        print(f"words with {''.join(sorted(strange))} are left out: not the speaker's symbols")
    usable = {w: e for w, e in entries.items() if not set(e[0]) & strange}
    save_pronouncer(arguments.out, train(usable, alphabet, arguments.steps, seed=0))


if __name__ == "__main__":
    main()
