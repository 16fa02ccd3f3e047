"""SimulEval's remote evaluation over the service: PUT /input, GET /output, POST /reset, GET /.

python -m interp.bridges.remote --server HOST:PORT --port 12321

One recording at a time, as in SimulEval's own agent server.
"""

import argparse
import json
import logging
import signal
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np

from interp.bridges.recordings import Recordings
from interp.bridges.segments import read_segment, target_segment
from interp.bridges.service import add_arguments, service_of
from interp.client.blocking import NOTHING
from interp.core.audio import Samples, silence
from interp.core.errors import InterpError
from interp.core.events import Output

SIMULEVAL_PORT = 12321

log = logging.getLogger(__name__)


class RemoteSystem:
    """The source that came in since the last output, and how far the recording is."""

    def __init__(self, recordings: Recordings, output: Output) -> None:
        self._recordings, self._output = recordings, output
        self._waiting: list[Samples] = []
        self._rate_hz = 0
        self._source_finished = self._target_finished = False

    def info(self) -> str:
        """What this is, as JSON."""
        return json.dumps({"info": f"interp[speech -> {self._output}]"})

    def push(self, content: bytes) -> None:
        """Take a segment of the source. Raises ValueError if it is none."""
        segment = read_segment(content)
        if segment.samples.size:
            self._waiting.append(segment.samples)
            self._rate_hz = segment.rate_hz
        self._source_finished = segment.finished

    def pop(self) -> str:
        """A segment of the target, as JSON. Raises InterpError, TimeoutError."""
        if self._target_finished:
            return target_segment(NOTHING, self._output, finished=True)
        samples, self._waiting = np.concatenate([silence(0), *self._waiting]), []
        said = self._recordings.step(samples, self._rate_hz, finished=self._source_finished)
        self._target_finished = self._source_finished
        return target_segment(said, self._output, finished=self._target_finished)

    def reset(self) -> None:
        """Another recording begins."""
        self._recordings.reset()
        self._waiting = []
        self._source_finished = self._target_finished = False


class RemoteServer(HTTPServer):
    """One request after the other; server_port says where, if port 0 was asked for."""

    def __init__(self, host: str, port: int, system: RemoteSystem) -> None:
        super().__init__((host, port), _Handler)
        self.system = system


class _Handler(BaseHTTPRequestHandler):
    server: RemoteServer

    def do_GET(self) -> None:
        routes = {"/": self.server.system.info, "/output": self.server.system.pop}
        self._answer(routes.get(self.path))

    def do_PUT(self) -> None:
        self._answer({"/input": self._take}.get(self.path))

    def do_POST(self) -> None:
        self._answer({"/reset": self.server.system.reset}.get(self.path))

    def _take(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.system.push(self.rfile.read(length))

    def _answer(self, act: Callable[[], str | None] | None) -> None:
        """Do it and send what it gives."""
        if act is None:
            self._refuse(HTTPStatus.NOT_FOUND, "no such route")
            return
        try:
            self._send(HTTPStatus.OK, act() or "")
        except ValueError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
        except InterpError as error:
            log.error("the service ended the recording: %s", error.reason)
            self._refuse(HTTPStatus.BAD_GATEWAY, f"{error.reason}: {error.message}")
        except TimeoutError:
            self._refuse(HTTPStatus.GATEWAY_TIMEOUT, "the service did not answer in time")

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self._send(status, json.dumps({"error": why}))

    def _send(self, status: HTTPStatus, content: str) -> None:
        body = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A line per segment is of no use."""


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="interp.bridges.remote", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--host", default="127.0.0.1", help="to listen on")
    parser.add_argument("--port", type=int, default=SIMULEVAL_PORT, help="default: %(default)s")
    parser.add_argument("--speech", action="store_true", help="answer with speech, not text")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    output = Output.SPEECH if args.speech else Output.TEXT
    recordings = Recordings(service_of(args), output)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with RemoteServer(args.host, args.port, RemoteSystem(recordings, output)) as server:
        log.info("remote evaluation on %s:%d", args.host, server.server_port)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
