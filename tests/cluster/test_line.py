import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from interp.cluster import line
from interp.cluster.line import Line


@pytest.fixture
def listening() -> Iterator[tuple[socket.socket, str]]:
    """Who is called, and the address."""
    listener, address = line.listen()
    with listener:
        yield listener, address


def attended(listener: socket.socket) -> None:
    caller, _ = listener.accept()
    with caller, suppress(OSError):  # of one that hung up
        line.attend(caller, lambda request: request[::-1])


async def opened(
    listening: tuple[socket.socket, str],
    at_the_other_end: Callable[[socket.socket], None] = attended,
) -> Line:
    listener, address = listening
    threading.Thread(target=at_the_other_end, args=(listener,), daemon=True).start()
    return await Line.open(address, 5)


async def test_answers_come_to_those_who_asked_whatever_their_length(
    listening: tuple[socket.socket, str],
) -> None:
    asking = await opened(listening)
    requests = [b"ab" * size for size in (0, 1, 3_000_000, 2)]
    answers = await asyncio.gather(*map(asking.ask, requests))
    assert answers == [request[::-1] for request in requests]
    asking.close()


async def test_a_line_whose_other_end_is_gone_says_so(
    listening: tuple[socket.socket, str],
) -> None:
    def hang_up(listener: socket.socket) -> None:
        caller, _ = listener.accept()
        with caller:
            caller.sendall(line.READY)
            caller.recv(1)

    asking = await opened(listening, hang_up)
    with pytest.raises((EOFError, OSError)):
        await asking.ask(b"are you there?")
    asking.close()


async def test_who_is_cancelled_leaves_nobody_his_answer(
    listening: tuple[socket.socket, str],
) -> None:
    asking = await opened(listening)
    first = asyncio.ensure_future(asking.ask(b"mine"))
    second = asyncio.ensure_future(asking.ask(b"yours"))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises((EOFError, OSError)):
        await second


async def test_nobody_waits_longer_than_told_for_one_that_does_not_answer(
    listening: tuple[socket.socket, str],
) -> None:
    with pytest.raises(TimeoutError):
        await Line.open(listening[1], 0.1)


def test_there_is_no_file_and_nobody_guesses_an_address(
    listening: tuple[socket.socket, str],
) -> None:
    _, address = listening
    assert address.startswith("\0")
    assert len(address) > 32
