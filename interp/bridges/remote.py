"""SimulEval's remote evaluation over the service: PUT /input, GET /output, POST /reset, GET /.

python -m interp.bridges.remote --server HOST:PORT --port 12321

One session at a time, as in SimulEval's own agent server.
"""

import argparse
import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

from interp.bridges.recordings import Recordings
from interp.bridges.segments import read_segment, target_segment
from interp.bridges.service import Service, add_arguments, service_of
from interp.bridges.blocking import NOTHING, Said
from interp.core.errors import InterpError
from interp.core.events import Output

log = logging.getLogger(__name__)


class RemoteSystem:
    """The source as it comes in, and what is to be said for it."""

    def __init__(self, service: Service, output: Output) -> None:
        self._recordings = Recordings(service, output)
        self._service, self._output = service, output
        self._waiting: list[Said] = []
        self._source_finished = self._target_finished = False

    def info(self) -> str:
        """The system in words, as JSON."""
        return json.dumps({"info": f"interp[speech -> {self._output}] {self._service.policy}"})
