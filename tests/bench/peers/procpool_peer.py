"""n tiny tasks to two worker processes, one task at a time.

usage: procpool_peer.py executor|pool N; prints tasks per second."""

import concurrent.futures
import multiprocessing
import sys
import time

WORKERS = 2


def square(x):
    return x * x


def rate(pool_map, n):
    list(pool_map(square, range(WORKERS)))  # the workers are there
    start = time.monotonic()
    results = list(pool_map(square, range(n)))
    seconds = time.monotonic() - start
    if results != [i * i for i in range(n)]:
        sys.exit("wrong results")
    return n / seconds


if __name__ == "__main__":
    n = int(sys.argv[2])
    if sys.argv[1] == "executor":
        with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
            print(rate(pool.map, n))
    else:
        with multiprocessing.Pool(WORKERS) as pool:
            print(rate(lambda f, it: pool.map(f, it, chunksize=1), n))
