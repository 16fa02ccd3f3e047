"""`interp chat`: one question to a model of the recipe, or to mini-omni as it was released."""

import argparse
from pathlib import Path

from interp import app
from interp.commands.outputs import Wanted, planned
from interp.core.chat import ChatQuestion
from interp.core.errors import InvalidRequest, Reason
from interp.core.languages import language_of
from interp.intake.file import read_audio
from interp.outlets.sound import SpeechFile


def run(args: argparse.Namespace) -> int:
    """Ask and tell; raises where the question and the model do not go together."""
    if bool(args.speech) != bool(args.codec):
        raise _refused("--speech and --codec go together")
    planned([Path("text")], Wanted(speech=args.speech), "")
    file = Path(args.question)
    heard = read_audio(file) if file.is_file() else None
    question = ChatQuestion(
        text="" if heard is not None else args.question,
        audio=heard,
        language=language_of(args.to) if args.to else "",
        transcribe=args.transcribe,
        aloud=args.aloud,
        temperature=args.temperature,
        seed=args.seed,
    )
    try:
        told = app.chat(args.model, args.device, args.codec).answer(question)
    except ValueError as error:
        raise _refused(str(error)) from error
    if told.text:
        print(told.text)
    if args.speech and told.samples is not None and len(told.samples):
        with SpeechFile(args.speech) as out:
            out.append(told.samples)
    elif args.speech:
        raise _refused("the model said nothing")
    return 0


def _refused(text: str) -> InvalidRequest:
    return InvalidRequest(Reason.BAD_CONFIG, text)
