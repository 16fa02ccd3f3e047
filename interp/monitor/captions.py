"""A session's text as captions, to take away."""

from pathlib import Path

from interp.core.config import SessionConfig
from interp.core.events import SourceText, TargetText
from interp.core.languages import language_of
from interp.outlets.captions.bilingual import with_source
from interp.outlets.captions.cues import cues
from interp.outlets.captions.formats import format_of
from interp.outlets.captions.rules import Rules
from interp.wire.monitoring import ExportCaptionsRequest, SessionSnapshot, words_from_proto


def exported(text: SessionSnapshot, session: SessionConfig, request: ExportCaptionsRequest) -> str:
    """All that is shown of a target, in the format that is asked for. Raises InvalidRequest.

    session: of this target alone.
    """
    written = format_of(Path(f"captions.{request.format}"))
    source, target = language_of(session.source), language_of(session.target)
    texts = [
        TargetText(each.segment, words_from_proto(each.words))
        for line in text.lines
        for each in line.targets
        if each.target == request.target
    ]
    shown = cues(texts, target, Rules.of(target))
    if request.bilingual:
        heard = [
            SourceText(each.segment, words_from_proto(each.source.words)) for each in text.lines
        ]
        shown = with_source(shown, heard, source, Rules.of(source))
    return written(shown, target)
