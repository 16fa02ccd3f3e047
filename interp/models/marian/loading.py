"""A student from its files: the model, one vocabulary or one of each side, a shortlist if given."""

from collections.abc import Sequence

import torch

from interp.models.marian.checkpoint import load_marian
from interp.models.marian.shortlist import load_shortlist
from interp.models.marian.student import Student
from interp.models.marian.vocabulary import Vocabulary
from interp.models.sentence_pieces import SentencePieces
from interp.models.store import FileContent, WeightsError


def load_student(
    files: Sequence[FileContent], *, device: torch.device, spaced: bool = True
) -> Student:
    """Files as Firefox names them: `model.*`; `vocab.*`, or `srcvocab.*` and `trgvocab.*`; `lex.*`.

    spaced: words of the target language are parted by blanks. Raises WeightsError.
    """
    checkpoint = load_marian(_named(files, "model."))
    shared = any(file.name.startswith("vocab.") for file in files)
    source = _vocabulary(_named(files, "vocab." if shared else "srcvocab."))
    target = source if shared else _vocabulary(_named(files, "trgvocab."))
    sizes = checkpoint.dims.source_vocab, checkpoint.dims.target_vocab
    if (source.size, target.size) != sizes:
        found = f"{source.size} and {target.size}"
        raise WeightsError(
            f"the vocabularies have {found} pieces, the model {sizes[0]}, {sizes[1]}"
        )
    lists = [load_shortlist(file) for file in files if file.name.startswith("lex.")]
    shortlist = lists[0] if lists else None
    return Student(checkpoint, source, target, device=device, shortlist=shortlist, spaced=spaced)


def _named(files: Sequence[FileContent], start: str) -> FileContent:
    found = [file for file in files if file.name.startswith(start)]
    if len(found) != 1:
        raise WeightsError(f"a student has one file {start}*, and here are {len(found)}")
    return found[0]


def _vocabulary(file: FileContent) -> Vocabulary:
    try:
        return Vocabulary(SentencePieces(file.data))
    except RuntimeError as error:
        raise WeightsError(f"{file.name} is no SentencePiece model: {error}") from error
