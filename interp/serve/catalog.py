"""CatalogService: what a session may ask for here."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import grpc

from interp.core.config import DEFAULT_POLICY
from interp.engine.replica import ReplicaInfo
from interp.policies import registry
from interp.serve.auth import Keys
from interp.serve.dispatcher import Dispatcher
from interp.serve.servicer import answered
from interp.wire import catalog as wire
from interp.wire import services

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")


class CatalogServicer(services.CatalogServiceServicer):
    """Answers from what the replicas that live now say of themselves."""

    def __init__(self, *, dispatcher: Dispatcher, keys: Keys) -> None:
        self._dispatcher, self._keys = dispatcher, keys

    async def ListLanguagePairs(
        self,
        request: services.ListLanguagePairsRequest,
        context: grpc.aio.ServicerContext[
            services.ListLanguagePairsRequest, services.ListLanguagePairsResponse
        ],
    ) -> services.ListLanguagePairsResponse:
        """Of all replicas."""
        return await answered(self._listed(context, language_pairs), context)

    async def ListPolicies(
        self,
        request: services.ListPoliciesRequest,
        context: grpc.aio.ServicerContext[
            services.ListPoliciesRequest, services.ListPoliciesResponse
        ],
    ) -> services.ListPoliciesResponse:
        """All that are registered."""
        return await answered(self._listed(context, lambda _: policies()), context)

    async def ListVoices(
        self,
        request: services.ListVoicesRequest,
        context: grpc.aio.ServicerContext[services.ListVoicesRequest, services.ListVoicesResponse],
    ) -> services.ListVoicesResponse:
        """Of all replicas."""
        return await answered(self._listed(context, voices), context)

    async def ListModels(
        self,
        request: services.ListModelsRequest,
        context: grpc.aio.ServicerContext[services.ListModelsRequest, services.ListModelsResponse],
    ) -> services.ListModelsResponse:
        """With their lanes."""
        return await answered(self._listed(context, models), context)

    async def _listed(
        self,
        context: grpc.aio.ServicerContext[RequestT, ResponseT],
        listing: Callable[[list[ReplicaInfo]], ResponseT],
    ) -> ResponseT:
        self._keys.tenant_of(context.invocation_metadata())
        return listing(await self._dispatcher.infos())


def language_pairs(infos: list[ReplicaInfo]) -> services.ListLanguagePairsResponse:
    """What the replicas go between."""
    return wire.language_pairs(pair for info in infos for pair in info.pairs)


def policies() -> services.ListPoliciesResponse:
    """Name, first line of its documentation, settings."""
    return wire.policies(map(_policy, registry.names()), DEFAULT_POLICY)


def voices(infos: list[ReplicaInfo]) -> services.ListVoicesResponse:
    """What the replicas speak with."""
    return wire.voices(voice for info in infos for voice in info.voices)


def models(infos: list[ReplicaInfo]) -> services.ListModelsResponse:
    """Each model once, with the lanes of all its replicas."""
    lanes: Counter[str] = Counter()
    for info in infos:
        lanes[info.model] += info.lanes
    return wire.models(lanes)


def _policy(name: str) -> wire.PolicyEntry:
    settings = {key: str(value) for key, value in registry.parameters(name).items()}
    return wire.PolicyEntry(name, registry.summary(name), settings)
