"""queue.Queue: SIDES producers and as many consumers pass n items.

usage: queue_peer.py SIDES N; prints items per second."""

import queue
import sys
import threading
import time

CAPACITY = 4096


def produce(q, n):
    for i in range(n):
        q.put(i)


def consume(q, n):
    for _ in range(n):
        q.get()


sides, n = int(sys.argv[1]), int(sys.argv[2])
share = max(n // sides, 1)
q = queue.Queue(CAPACITY)
threads = [
    threading.Thread(target=job, args=(q, share))
    for job in (produce, consume)
    for _ in range(sides)
]
start = time.monotonic()
for t in threads:
    t.start()
for t in threads:
    t.join()
print(share * sides / (time.monotonic() - start))
