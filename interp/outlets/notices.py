"""What a session warns of, in words a person reads."""

from interp.core.events import SourceLanguage, Warned, WarningCode
from interp.core.languages import name_of

_WORDS = {
    WarningCode.GAP_FILLED: "audio was missing: silence in its place",
    WarningCode.GAP_RESET: "much audio was missing: a pause in its place",
    WarningCode.DUPLICATE_DROPPED: "audio came twice: heard once",
    WarningCode.AUDIO_CLIPPED: "the microphone is too loud: it clips",
    WarningCode.AUDIO_OFFSET: "the audio has a constant offset",
    WarningCode.CATCHING_UP: "behind the speaker: some decisions are passed over",
    WarningCode.SPEECH_SKIPPED: "behind the speaker: some speech is left out",
    WarningCode.OUTPUT_DROPPED: "read too slowly: some output was dropped",
    WarningCode.REPLICA_REPLACED: "a replica was lost: another goes on",
    WarningCode.OTHER_LANGUAGE: "the speaker does not speak the language that was named",
    WarningCode.TERMS_NOT_TAKEN: "this model takes no terms: they are without effect",
}


def told(said: Warned | SourceLanguage) -> str:
    """One line, with how much audio it concerns or which language is heard."""
    match said:
        case SourceLanguage(language):
            return f"spoken language: {name_of(language)}"
        case Warned() as warned:
            return _warned(warned)


def _warned(warned: Warned) -> str:
    text = _WORDS.get(warned.code, warned.code.replace("_", " ").lower())
    if warned.language:
        text += f": {name_of(warned.language)} is heard"
    return f"{text} ({warned.amount_ms / 1000:.1f} s)" if warned.amount_ms else text
