# SPDX-License-Identifier: EUPL-1.2
"""A wire between the gateway and its broker that a test may cut."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from free_ports import free_port

CHUNK_BYTES = 65_536


@dataclass
class Wire:
    """Hands bytes on both ways, as long as it is whole."""

    to_port: int
    port: int = field(default_factory=free_port)
    whole: bool = True
    cuts: int = 0
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def lay(self) -> None:
        """Take connections."""
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Nobody comes through any more, and what was under way is lost."""
        self.whole = False
        self.cuts += bool(self._ends)
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Let them through again."""
        self.whole = True

    def take_away(self) -> None:
        """Cut it, and take nothing more."""
        self.cut()
        if self._server is not None:
            self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.whole:
            writer.transport.abort()
            return
        with suppress(OSError):
            there, onward = await asyncio.open_connection("127.0.0.1", self.to_port)
            self._ends |= {writer, onward}
            await asyncio.gather(self._carry(reader, onward), self._carry(there, writer))
            self._ends -= {writer, onward}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await reader.read(CHUNK_BYTES):
                writer.write(some)
                await writer.drain()
        writer.transport.abort()
