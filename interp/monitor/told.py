"""A change of a session, made once and told to any number of readers at both doors."""

import asyncio

from interp.wire.monitoring import WatchSessionResponse, to_json


class Told:
    """message: not to be changed any more."""

    def __init__(self, message: WatchSessionResponse) -> None:
        self.message = message
        self._json: bytes | None = None
        self._writing: asyncio.Future[bytes] | None = None

    @property
    def kind(self) -> str:
        """Which field of the change is set."""
        return self.message.WhichOneof("change") or ""

    async def json(self) -> bytes:
        """For the door that carries text; a long one is written beside the event loop."""
        if self._json is None:
            if self.kind == "snapshot":
                self._writing = self._writing or asyncio.ensure_future(
                    asyncio.to_thread(to_json, self.message)
                )
                self._json = await asyncio.shield(self._writing)
            else:
                self._json = to_json(self.message)
        return self._json
