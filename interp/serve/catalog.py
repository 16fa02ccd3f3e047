"""CatalogService: what a session may ask for here."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import grpc

from interp.core.config import DEFAULT_POLICY
from interp.engine.replica import ReplicaInfo
from interp.policies import parse, registry
from interp.serve.auth import Keys
from interp.serve.dispatcher import Dispatcher
from interp.serve.servicer import answered
from interp.v1 import catalog_service_pb2 as pb
from interp.v1 import catalog_service_pb2_grpc as stubs

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")


class CatalogServicer(stubs.CatalogServiceServicer):
    """Answers from what the replicas that live now say of themselves."""

    def __init__(self, *, dispatcher: Dispatcher, keys: Keys) -> None:
        self._dispatcher, self._keys = dispatcher, keys

    async def ListLanguagePairs(
        self,
        request: pb.ListLanguagePairsRequest,
        context: grpc.aio.ServicerContext[
            pb.ListLanguagePairsRequest, pb.ListLanguagePairsResponse
        ],
    ) -> pb.ListLanguagePairsResponse:
        """Of all replicas."""
        return await answered(self._listed(context, language_pairs), context)

    async def ListPolicies(
        self,
        request: pb.ListPoliciesRequest,
        context: grpc.aio.ServicerContext[pb.ListPoliciesRequest, pb.ListPoliciesResponse],
    ) -> pb.ListPoliciesResponse:
        """All that are registered."""
        return await answered(self._listed(context, lambda _: policies()), context)

    async def ListVoices(
        self,
        request: pb.ListVoicesRequest,
        context: grpc.aio.ServicerContext[pb.ListVoicesRequest, pb.ListVoicesResponse],
    ) -> pb.ListVoicesResponse:
        """Of all replicas."""
        return await answered(self._listed(context, voices), context)

    async def ListModels(
        self,
        request: pb.ListModelsRequest,
        context: grpc.aio.ServicerContext[pb.ListModelsRequest, pb.ListModelsResponse],
    ) -> pb.ListModelsResponse:
        """With their lanes."""
        return await answered(self._listed(context, models), context)

    async def _listed(
        self,
        context: grpc.aio.ServicerContext[RequestT, ResponseT],
        listing: Callable[[list[ReplicaInfo]], ResponseT],
    ) -> ResponseT:
        self._keys.tenant_of(context.invocation_metadata())
        return listing(await self._dispatcher.infos())


def language_pairs(infos: list[ReplicaInfo]) -> pb.ListLanguagePairsResponse:
    """What some replica goes between, each pair once."""
    return pb.ListLanguagePairsResponse(
        language_pairs=[
            pb.LanguagePair(source_language_code=pair.source, target_language_code=pair.target)
            for pair in sorted({pair for info in infos for pair in info.pairs})
        ]
    )


def policies() -> pb.ListPoliciesResponse:
    """Name, first line of its documentation, settings."""
    return pb.ListPoliciesResponse(
        policies=[
            pb.Policy(name=name, description=_summary(name), settings=_settings(name))
            for name in registry.names()
        ],
        default_policy=DEFAULT_POLICY,
    )


def voices(infos: list[ReplicaInfo]) -> pb.ListVoicesResponse:
    """What some replica speaks with, each voice once."""
    return pb.ListVoicesResponse(
        voices=[
            pb.Voice(name=voice.name, language_code=voice.language)
            for voice in sorted({voice for info in infos for voice in info.voices})
        ]
    )


def models(infos: list[ReplicaInfo]) -> pb.ListModelsResponse:
    """Each model once, with the lanes of all its replicas."""
    lanes: Counter[str] = Counter()
    for info in infos:
        lanes[info.model] += info.lanes
    return pb.ListModelsResponse(
        models=[pb.Model(name=name, lanes=lanes[name]) for name in sorted(lanes)]
    )


def _summary(name: str) -> str:
    return (type(parse(name)).__doc__ or "").partition("\n")[0]


def _settings(name: str) -> list[pb.PolicySetting]:
    return [
        pb.PolicySetting(name=key, default_value=str(value))
        for key, value in registry.parameters(name).items()
    ]
