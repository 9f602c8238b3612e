# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web servers on loopback addresses that answer as a test wants them to, all on one port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

ANSWER = b"HTTP/1.1 303 See Other\r\nServer: Intel(R) Active Management Technology 12.0.45\r\nConnection: close\r\n\r\n"


class Peers:
    """`asked` are the requests by address; `open` is how many are asked and not answered."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.sockets, self.servers, self.asked = [], [], {}
        self.port = self.open = 0

    def bound(self, address):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, self.port))
        self.port = sock.getsockname()[1]
        sock.listen(64)
        self.sockets.append(sock)
        return sock

    def silent(self, *addresses):
        """The kernel takes their connections, and nobody ever reads from one."""
        for address in addresses:
            self.bound(address)

    def answering(self, address, answer):
        """`answer(writer)` is a coroutine that says what there is to say once the request has come."""

        async def serve(reader, writer):
            self.open += 1
            try:
                self.asked[address] = await reader.readuntil(b"\r\n\r\n")
                await answer(writer)
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                self.open -= 1
                writer.close()

        starting = asyncio.start_server(serve, sock=self.bound(address))
        self.servers.append(asyncio.run_coroutine_threadsafe(starting, self.loop).result(60))

    def saying(self, address, *pieces, every=0.0):
        async def answer(writer):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(every)

        self.answering(address, answer)

    def flooding(self, address, piece):
        """Without an end."""

        async def answer(writer):
            while True:
                writer.write(piece)
                await writer.drain()

        self.answering(address, answer)

    def close(self):
        async def stop():
            for server in self.servers:
                server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run_coroutine_threadsafe(stop(), self.loop).result(60)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(60)
        self.loop.close()
        for sock in self.sockets:
            sock.close()
