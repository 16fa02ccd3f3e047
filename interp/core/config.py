"""What a session is asked to be. Deployment settings live with their parts, read in app.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from interp.core.errors import InvalidRequest, NotServed, Reason
from interp.core.events import Output
from interp.core.glossary import NO_TERMS, Glossary
from interp.core.languages import language_of
from interp.core.synthesiser import Voice
from interp.core.translator import Pair

DEFAULT_POLICY = "best"


MOST_TARGETS = 8


@dataclass(frozen=True, slots=True)
class Also:
    """One more target of a session. What is None or empty is as the session has it; the voice, as
    the language has it."""

    target: str
    outputs: frozenset[Output] | None = None
    policy: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """One speaker, and one target or several over one intake, gate and encoder pass.

    source, target: BCP-47 tags or names, see `core.languages`. policy: as `waitk:k=3,unit_ms=640`.
    glossary: the session's own terms, as the first target shall write them, and what is expected to
    be heard. also: further targets.
    """

    source: str
    target: str
    outputs: frozenset[Output] = frozenset({Output.TEXT})
    policy: str = DEFAULT_POLICY
    voice: str = ""
    glossary: Glossary = NO_TERMS
    also: tuple[Also, ...] = ()


def targets_of(config: SessionConfig) -> tuple[SessionConfig, ...]:
    """The session as each of its targets would have it alone. Raises InvalidRequest."""
    first = replace(config, also=())
    others = [
        replace(
            first,
            target=also.target,
            outputs=first.outputs if also.outputs is None else also.outputs,
            policy=also.policy or first.policy,
            voice=also.voice,
            glossary=first.glossary.elsewhere,
        )
        for also in config.also
    ]
    targets = (first, *others)
    languages = {language_of(each.target) for each in targets}
    if len(languages) < len(targets) or len(targets) > MOST_TARGETS:
        raise InvalidRequest(
            Reason.BAD_LANGUAGE, f"a session has at most {MOST_TARGETS} targets, each once"
        )
    return targets


def pair_of(config: SessionConfig, served: Collection[Pair]) -> Pair:
    """The served pair that suits what the session asks for. Raises InvalidRequest, NotServed."""
    pair = Pair(language_of(config.source), language_of(config.target))
    if pair not in served:
        raise pair_not_served(pair, served)
    return pair


def pair_not_served(pair: Pair, served: Collection[Pair]) -> NotServed:
    """The refusal of a pair, which names those that come nearest to it."""
    targets = sorted({one.target for one in served if one.source == pair.source})
    sources = sorted({one.source for one in served if one.target == pair.target})
    if targets:
        nearest = f"from {pair.source} into {', '.join(targets)}"
    elif sources:
        nearest = f"into {pair.target} from {', '.join(sources)}"
    else:
        nearest = "neither of the two; see ListLanguagePairs"
    return NotServed(
        Reason.PAIR_NOT_SERVED,
        f"the pair {pair.source} to {pair.target} is not served; served is {nearest}",
    )


def voice_of(config: SessionConfig, served: Sequence[Voice]) -> Voice | None:
    """The first served voice that suits the session's voice and target; None where none does."""
    language = language_of(config.target)
    suiting = (v for v in served if v.language == language and config.voice in ("", v.name))
    return next(suiting, None)
