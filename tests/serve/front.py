"""What stands before gateways: one address, which leads to the first, and then to the next."""

import asyncio


class Front:
    """Lines through it can be cut. ports: where it leads, the first of them."""

    def __init__(self, ports: list[int]) -> None:
        self.ports = ports
        self._lines: list[asyncio.StreamWriter] = []
        self.port = 0

    async def __aenter__(self) -> "Front":
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def turn(self) -> None:
        """From now on to the next."""
        self.ports = self.ports[1:]

    def lead_to(self, port: int) -> None:
        """From now on there."""
        self.ports = [port]

    def cut(self) -> None:
        """All lines break without a word."""
        for line in self._lines:
            line.transport.abort()
        self._lines.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.ports[0])
        except OSError:
            writer.close()
            return
        self._lines += [writer, back]
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(reader, back))
            group.create_task(_pump(there, writer))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()
