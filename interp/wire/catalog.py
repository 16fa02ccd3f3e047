"""What a deployment offers, as messages of CatalogService."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from interp.core.synthesiser import Gender, Voice
from interp.core.translator import Pair
from interp.v1 import catalog_service_pb2 as pb

_GENDERS = {
    Gender.UNSPECIFIED: pb.VOICE_GENDER_UNSPECIFIED,
    Gender.FEMALE: pb.VOICE_GENDER_FEMALE,
    Gender.MALE: pb.VOICE_GENDER_MALE,
    Gender.NEUTRAL: pb.VOICE_GENDER_NEUTRAL,
}


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """A policy: name, one line about it, settings with their defaults."""

    name: str
    description: str
    settings: Mapping[str, str]


def language_pairs(pairs: Iterable[Pair]) -> pb.ListLanguagePairsResponse:
    """Each pair once, sorted."""
    return pb.ListLanguagePairsResponse(
        language_pairs=[
            pb.LanguagePair(source_language_code=pair.source, target_language_code=pair.target)
            for pair in sorted(set(pairs))
        ]
    )


def policies(entries: Iterable[PolicyEntry], default: str) -> pb.ListPoliciesResponse:
    """In the order given. default: the policy string of a session that names none."""
    return pb.ListPoliciesResponse(
        policies=[
            pb.Policy(
                name=entry.name,
                description=entry.description,
                settings=[
                    pb.PolicySetting(name=name, default_value=value)
                    for name, value in entry.settings.items()
                ],
            )
            for entry in entries
        ],
        default_policy=default,
    )


def voices(served: Iterable[Voice]) -> pb.ListVoicesResponse:
    """Each voice once, sorted."""
    return pb.ListVoicesResponse(
        voices=[
            pb.Voice(
                name=voice.name,
                language_code=voice.language,
                gender=_GENDERS[voice.gender],
                sample_rate_hertz=voice.rate_hz,
            )
            for voice in sorted(set(served))
        ]
    )


def models(lanes: Mapping[str, int]) -> pb.ListModelsResponse:
    """Each model with the lanes of all its replicas."""
    return pb.ListModelsResponse(
        models=[pb.Model(name=name, lanes=lanes[name]) for name in sorted(lanes)]
    )
