"""CatalogService: what a session may ask for here."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

import grpc

from interp.core.config import DEFAULT_POLICY
from interp.engine.replica import ReplicaInfo
from interp.policies import registry
from interp.serve.auth import Keys
from interp.serve.dispatcher import Dispatcher
from interp.serve.servicer import answered
from interp.v1 import catalog_service_pb2 as pb
from interp.v1 import catalog_service_pb2_grpc as stubs
