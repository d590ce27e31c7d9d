"""ThreadPoolExecutor: tasks that do nothing, and their futures.

usage: pool_peer.py burst|awaited N; prints tasks per second."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor


def task(i):
    return i


how, n = sys.argv[1], int(sys.argv[2])
with ThreadPoolExecutor(2 if how == "burst" else 1) as pool:
    pool.submit(task, 0).result()
    start = time.monotonic()
    if how == "burst":
        futures = [pool.submit(task, i) for i in range(n)]
        for f in futures:
            f.result()
    else:
        for i in range(n):
            pool.submit(task, i).result()
    print(n / (time.monotonic() - start))
