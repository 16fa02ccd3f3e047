"""The services of interp.v1 as grpc knows them: messages, stubs, bases, names, registration."""

import grpc

from interp.v1 import (
    catalog_service_pb2,
    catalog_service_pb2_grpc,
    interpretation_service_pb2,
    interpretation_service_pb2_grpc,
)
from interp.v1.catalog_service_pb2 import (
    ListLanguagePairsRequest,
    ListLanguagePairsResponse,
    ListModelsRequest,
    ListModelsResponse,
    ListPoliciesRequest,
    ListPoliciesResponse,
    ListVoicesRequest,
    ListVoicesResponse,
)
from interp.v1.catalog_service_pb2_grpc import CatalogServiceServicer
from interp.v1.interpretation_service_pb2 import InterpretRequest, InterpretResponse
from interp.v1.interpretation_service_pb2_grpc import (
    InterpretationServiceServicer,
    InterpretationServiceStub,
)

__all__ = [
    "NAMES",
    "CatalogServiceServicer",
    "InterpretRequest",
    "InterpretResponse",
    "InterpretationServiceServicer",
    "InterpretationServiceStub",
    "ListLanguagePairsRequest",
    "ListLanguagePairsResponse",
    "ListModelsRequest",
    "ListModelsResponse",
    "ListPoliciesRequest",
    "ListPoliciesResponse",
    "ListVoicesRequest",
    "ListVoicesResponse",
    "interpretation_stub",
    "register",
]

NAMES: tuple[str, ...] = (
    interpretation_service_pb2.DESCRIPTOR.services_by_name["InterpretationService"].full_name,
    catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"].full_name,
)
"""Full names of the services, for health and reflection."""


def interpretation_stub(channel: grpc.aio.Channel) -> InterpretationServiceStub:
    """Calls over a channel."""
    return InterpretationServiceStub(channel)  # type: ignore[no-untyped-call]


def register(
    server: grpc.aio.Server,
    interpretation: InterpretationServiceServicer,
    catalog: CatalogServiceServicer,
) -> None:
    """Have a server offer both services."""
    interpretation_service_pb2_grpc.add_InterpretationServiceServicer_to_server(  # type: ignore[no-untyped-call]
        interpretation, server
    )
    catalog_service_pb2_grpc.add_CatalogServiceServicer_to_server(catalog, server)  # type: ignore[no-untyped-call]
