"""Requests that no proper client makes. Each may end its own session, with the client's own fault.

python -m tests.attack.absurd ADDRESS      against a service that runs
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import grpc
import numpy as np
from google.protobuf.duration_pb2 import Duration

from interp.client.ending import Ending
from interp.intake.format import AudioFormat, Encoding
from interp.v1 import interpretation_service_pb2 as pb
from interp.v1 import session_pb2, source_pb2
from interp.wire.requests import request_to_proto
from interp.wire.status import error_of
from tests.attack.table import Row, printed
from tests.serve.gateway import CHUNK, CONFIG, audio

METHOD = "/interp.v1.InterpretationService/Interpret"
WITHIN_S = 20.0
OURS = ("INTERNAL", "UNKNOWN", "DEADLINE_EXCEEDED")
"""What no request may end with."""

Requests: TypeAlias = Sequence[pb.InterpretRequest]
LONG = "x" * 200_000
MANY = "9" * 400


@dataclass(frozen=True, slots=True)
class Absurdity:
    """status: what it is answered with; empty: OK or any fault of the client's."""

    name: str
    requests: Requests
    status: str = ""


def absurdities() -> Iterator[Absurdity]:
    """All of them."""
    spoken = [request_to_proto(audio(number)) for number in range(1, 4)]
    invalid = "INVALID_ARGUMENT"
    for name, change in _fields().items():
        yield Absurdity(name, [_config(**change), *spoken], invalid)
    for policy in _policies():
        yield Absurdity(f"policy {policy[:32]}", [_config(policy=policy), *spoken], invalid)
    for rate_hz in (-1, 0, 7_999, 48_001, 2**31 - 1):
        yield Absurdity(f"{rate_hz} Hz", [_raw(1, rate_hz), *spoken], invalid)
    yield Absurdity("an unknown encoding", [_raw(99, 16_000), *spoken], invalid)
    for name, value in (("nan", np.nan), ("inf", np.inf)):
        yield Absurdity(name, _float32(value), invalid)
    for name, value in (("3e38", 3e38), ("denormal", 1e-40)):
        yield Absurdity(name, _float32(value))
    config = request_to_proto(CONFIG)
    for seconds in (10**6, 2**63 - 1):
        silence = source_pb2.Silence(duration=Duration(seconds=seconds))
        yield Absurdity(f"{seconds} s of silence", [config, pb.InterpretRequest(silence=silence)])
        late = source_pb2.Audio(sequence=1, content=CHUNK, offset=Duration(seconds=seconds))
        yield Absurdity(f"audio at {seconds} s", [config, pb.InterpretRequest(audio=late)])
    last = source_pb2.Audio(sequence=2**64 - 1, content=CHUNK)
    yield Absurdity("the last sequence number", [config, pb.InterpretRequest(audio=last)])
    large = source_pb2.Audio(sequence=1, content=bytes(300_000))
    yield Absurdity("300 kB", [config, pb.InterpretRequest(audio=large)], "RESOURCE_EXHAUSTED")
    yield Absurdity("config twice", [config, config], "FAILED_PRECONDITION")
    yield Absurdity("nothing said", [pb.InterpretRequest(), *spoken], invalid)


def _fields() -> dict[str, dict[str, Any]]:
    return {
        "200 kB of source language": {"source_language_code": f"fr-{LONG}"},
        "200 kB of target language": {"target_language_code": LONG},
        "200 kB of policy": {"policy": LONG},
        "60,000 outputs": {"outputs": [1, 2, 3, 99] * 15_000},
    }


def _policies() -> Iterator[str]:
    for words in (MANY, f"-{MANY}", "-1", "nan", "inf", "1e999"):
        yield f"fixed:words={words}"
        yield f"alignatt:guard_ms={words}"
        yield f"waitk:k={words}"
        yield f"hold:n={words}"
        yield f"waitk-adaptive:rho_max={words}"
        yield f"waitk-adaptive:k_max={words}"
    yield f"waitk:k=1,guard_ms={MANY}"
    yield "waitk:k=3,unit_ms=0"


def _config(**change: Any) -> pb.InterpretRequest:
    request = request_to_proto(CONFIG)
    changed = session_pb2.SessionConfig(**change)
    for name in change:
        request.config.ClearField(name)
    request.config.MergeFrom(changed)
    return request


def _raw(encoding: Any, rate_hz: int) -> pb.InterpretRequest:
    request = request_to_proto(CONFIG)
    request.config.audio_format.encoding = encoding
    request.config.audio_format.sample_rate_hertz = rate_hz
    return request


def _float32(value: float) -> Requests:
    config = replace(CONFIG, audio=AudioFormat(Encoding.FLOAT32, 16_000))
    chunk = np.full(16_000, value, "<f4").tobytes()
    return [request_to_proto(config), *(request_to_proto(audio(n, chunk)) for n in (1, 2))]


async def ended(channel: grpc.aio.Channel, requests: Requests) -> str:
    """The status, and the reason where there is one of ours."""
    method: Any = channel.stream_stream(
        METHOD,
        request_serializer=pb.InterpretRequest.SerializeToString,
        response_deserializer=pb.InterpretResponse.FromString,
    )
    call = method(iter(requests), timeout=WITHIN_S)
    ending = Ending(call)
    try:
        async for _ in call:
            pass
    except grpc.aio.AioRpcError:
        error = await ending.error()
        return f"{error.code().name} {error_of(error).reason.value}"
    return "OK"


async def absurd(address: str) -> list[Row]:
    """All against one service, one row; and one row for each that was answered wrongly."""
    rows, count, answers = [], 0, set[str]()
    async with grpc.aio.insecure_channel(address) as channel:
        for each in absurdities():
            count += 1
            status = await ended(channel, each.requests)
            answers.add(status)
            name = status.split()[0]
            if name in OURS or (each.status and name != each.status):
                rows.append(Row(each.name, each.status or "no fault of ours", status, holds=False))
    measured = f"{len(rows)} answered wrongly; {', '.join(sorted(answers))}"
    return [Row(f"{count} absurd requests", "0 answered wrongly", measured, not rows), *rows]


if __name__ == "__main__":
    sys.stdout.write(printed(asyncio.run(absurd(sys.argv[1]))) + "\n")
