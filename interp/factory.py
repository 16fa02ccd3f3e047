"""What a replica calls where it is to run: the deployment, which is nothing but values.

Who starts replicas hands this on and loads no model, nor what models are made with.
"""

import importlib
from dataclasses import dataclass

from interp.deployment import Deployment
from interp.engine.host import Host
from interp.engine.replica import Agree


@dataclass(frozen=True, slots=True)
class Factory:
    """A picklable HostFactory, if `agree` is: with all that share sessions, on what is measured."""

    deployment: Deployment
    agree: Agree

    def __call__(self) -> Host:
        """With the models loaded and warm. Raises WeightsError."""
        app = importlib.import_module("interp.app")
        host: Host = app.build_host(app.agreed(self.deployment, self.agree))
        return host
