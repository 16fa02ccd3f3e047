"""Which service a bridge talks to and what it asks for; as arguments of a command, too."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from interp.client.blocking import BlockingClient
from interp.client.client import ClientTls
from interp.core.config import DEFAULT_POLICY, SessionConfig
from interp.core.events import Output
from interp.intake.format import AudioFormat, Encoding
from interp.wire.messages import StreamConfig


@dataclass(frozen=True, slots=True)
class Service:
    """server: host:port. key_file, tls_authority: files, or empty for no key and no TLS."""

    server: str = "127.0.0.1:50051"
    source_language: str = "fr"
    target_language: str = "en"
    policy: str = DEFAULT_POLICY
    voice: str = ""
    key_file: str = ""
    tls_authority: str = ""

    def client(self) -> BlockingClient:
        """A client of it. Raises OSError where a file cannot be read."""
        key = Path(self.key_file).read_text("utf-8").strip() if self.key_file else ""
        tls = ClientTls(authority=self.tls_authority) if self.tls_authority else None
        return BlockingClient(self.server, key=key, tls=tls)

    def stream(self, rate_hz: int, output: Output) -> StreamConfig:
        """A session with this service that gives `output` alone for float samples at rate_hz."""
        session = SessionConfig(
            self.source_language, self.target_language, frozenset({output}), self.policy, self.voice
        )
        return StreamConfig(session, AudioFormat(Encoding.FLOAT32, rate_hz))


def add_arguments(parser: ArgumentParser) -> None:
    """The fields of Service as options."""
    default = Service()
    parser.add_argument("--server", default=default.server, help="host:port of the service")
    parser.add_argument("--source-language", default=default.source_language, help="BCP-47 tag")
    parser.add_argument("--target-language", default=default.target_language, help="BCP-47 tag")
    parser.add_argument("--policy", default=default.policy, help="such as waitk:k=3,unit_ms=640")
    parser.add_argument("--voice", default=default.voice, help="of target speech")
    parser.add_argument("--key-file", default=default.key_file, help="file with the key")
    parser.add_argument("--tls-authority", default=default.tls_authority, help="PEM file")


def service_of(args: Namespace) -> Service:
    """What add_arguments parsed."""
    return Service(
        server=args.server,
        source_language=args.source_language,
        target_language=args.target_language,
        policy=args.policy,
        voice=args.voice,
        key_file=args.key_file,
        tls_authority=args.tls_authority,
    )
