import asyncio

from interp.monitor.readers import READER_BEHIND, Readers


async def told(readers: Readers[bytes], after: int | None, count: int) -> list[bytes]:
    reader, missed = readers.join(after)
    pieces = list(missed or [])
    async with asyncio.timeout(1):
        async for piece in reader:
            pieces.append(piece)
            if len(pieces) == count:
                break
    return pieces


async def test_all_readers_are_told_the_same_in_order() -> None:
    readers: Readers[bytes] = Readers()
    tasks = [asyncio.create_task(told(readers, None, 3)) for _ in range(5)]
    await asyncio.sleep(0)
    for data in (b"a", b"b", b"c"):
        readers.tell(data)
    assert await asyncio.gather(*tasks) == [[b"a", b"b", b"c"]] * 5


async def test_who_comes_back_is_told_what_was_missed_once() -> None:
    readers: Readers[bytes] = Readers()
    for data in (b"a", b"b", b"c"):
        readers.tell(data)
    _, missed = readers.join(1)
    assert missed == [b"b", b"c"]
    _, missed = readers.join(3)
    assert missed == []


async def test_who_was_away_too_long_begins_anew() -> None:
    readers: Readers[bytes] = Readers(kept=2)
    for data in (b"a", b"b", b"c", b"d"):
        readers.tell(data)
    assert readers.join(1)[1] is None
    assert readers.join(2)[1] is not None
    assert readers.join(9)[1] is None, "a number that was never given is of another session"


async def test_a_reader_that_does_not_read_is_dropped_and_holds_up_nobody() -> None:
    readers: Readers[bytes] = Readers()
    lazy, _ = readers.join()
    busy = asyncio.create_task(told(readers, None, READER_BEHIND + 10))
    await asyncio.sleep(0)
    for number in range(READER_BEHIND + 10):
        readers.tell(b"%d" % number)
        await asyncio.sleep(0)
    assert lazy.dropped
    assert len(await busy) == READER_BEHIND + 10
    assert len([piece async for piece in lazy]) < READER_BEHIND


async def test_the_end_reaches_everybody_and_those_who_come_after() -> None:
    readers: Readers[bytes] = Readers()
    early, _ = readers.join()
    readers.tell(b"a")
    readers.end()
    late, _ = readers.join()
    assert [piece async for piece in early] == [b"a"]
    assert [piece async for piece in late] == []
