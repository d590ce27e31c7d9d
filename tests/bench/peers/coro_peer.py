"""asyncio as a peer: coro_peer.py yield|sleep|echo N prints a rate, and for
sleep the bytes that each coroutine has resident."""
import asyncio
import os
import resource
import sys
import time

REQUESTS, SIZE, NAP = 50, 64, 0.01


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")


async def yield_often(n):
    for _ in range(n):
        await asyncio.sleep(0)


async def run_yield(n):
    start = time.monotonic()
    await asyncio.gather(yield_often(n // 2), yield_often(n // 2))
    print(n / (time.monotonic() - start))


async def look(found):
    found.append(resident())


async def run_sleep(n):
    before, found = resident(), []
    start = time.monotonic()
    sleepers = [asyncio.sleep(NAP) for _ in range(n)]
    await asyncio.gather(*sleepers, look(found))
    print(n / (time.monotonic() - start), (found[0] - before) / n)


class Meeting:
    """Both ends of every connection; the clock starts with the last."""

    def __init__(self, missing):
        self.missing, self.all_here = missing, asyncio.Event()
        self.start = 0

    def arrive(self):
        self.missing -= 1
        if self.missing == 0:
            self.start = time.monotonic()
            self.all_here.set()

    async def serve(self, reader, writer):
        self.arrive()
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def ask(self, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self.arrive()
        await self.all_here.wait()
        for _ in range(REQUESTS):
            writer.write(b"q" * SIZE)
            await writer.drain()
            await reader.readexactly(SIZE)
        writer.close()


async def run_echo(n):
    connections = max(n // REQUESTS, 1)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    m = Meeting(2 * connections)
    server = await asyncio.start_server(m.serve, "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(m.ask(port) for _ in range(connections)))
    print(connections * REQUESTS / (time.monotonic() - m.start))
    server.close()


asyncio.run({"yield": run_yield, "sleep": run_sleep,
             "echo": run_echo}[sys.argv[1]](int(sys.argv[2])))
