"""How many calls, and how long, it takes to read a catalogue: `python benchmarks/reads.py [--quick]`.

A stand-in in a process of its own holds synthetic products and prices. It answers after 150 ms and refuses more than 25
calls in any second, per operation and in all, as Stripe's sandboxes do.

The least possible: calls, a hundred objects in each and one for the account; wall time, that many calls at 25 a second
and the latency of the last. Nobody who is not told where the objects lie can reach either.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import json
import random
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RATE, LATENCY = 25, 0.150
KEY = "sk_test_benchmark"
NOW, YEAR = 1_700_000_000, 365 * 86_400
Times = Callable[[int, random.Random], list[int]]


def evenly(count: int, chance: random.Random) -> list[int]:
    return [NOW - chance.randrange(3 * YEAR) for _ in range(count)]


def imported(count: int, _: random.Random) -> list[int]:
    return [NOW - 86_400 - at // RATE for at in range(count)]


def bursts(count: int, chance: random.Random) -> list[int]:
    starts = [NOW - chance.randrange(3 * YEAR) for _ in range(10)]
    return [starts[at % 10] - at // 10 // RATE for at in range(count)]


SPREADS: dict[str, Times] = {"over three years": evenly, "imported at once": imported, "in ten bursts": bursts}


class StandIn:
    """An ASGI app with two collections, newest first, and Stripe's limits."""

    def __init__(self, products: int, prices: int, spread: str):
        chance = random.Random(1)
        self.rows = {
            f"/v1/{name}": [
                {"id": f"{name}_{at}", "object": name, "created": created, "metadata": {"note": "x" * 600}}
                for at, created in enumerate(sorted(SPREADS[spread](count, chance), reverse=True))
            ]
            for name, count in (("products", products), ("prices", prices))
        }
        self.ids = {path: {row["id"]: at for at, row in enumerate(rows)} for path, rows in self.rows.items()}
        self.ages = {path: [-row["created"] for row in rows] for path, rows in self.rows.items()}
        self.started: dict[str, deque[float]] = {}
        self.refused = 0

    async def __call__(self, scope: dict[str, Any], _: Any, send: Any) -> None:
        path, query = scope["path"], dict(_pairs(scope["query_string"].decode()))
        if path == "/refused":
            return await _answer(send, 200, self.refused)
        allowed = self._allow(path if path in self.rows else path.rpartition("/")[0])
        await asyncio.sleep(LATENCY)
        if not allowed:
            self.refused += 1
            return await _answer(send, 429, {"error": {"message": "slow down", "code": "rate_limit"}})
        return await _answer(send, 200, self._find(path, query))

    def _allow(self, operation: str) -> bool:
        now = time.monotonic()
        counts = [self.started.setdefault(name, deque(maxlen=RATE)) for name in (operation, "")]
        if any(len(calls) == RATE and now - calls[0] < 1 for calls in counts):
            return False
        for calls in counts:
            calls.append(now)
        return True

    def _find(self, path: str, query: dict[str, str]) -> Any:
        if path not in self.rows:
            collection, _, id = path.rpartition("/")
            known = self.ids.get(collection, {})
            return self.rows[collection][known[id]] if id in known else {"id": "acct_1", "created": NOW - 3 * YEAR}
        rows, ages = self.rows[path], self.ages[path]
        begin = bisect.bisect_right(ages, -int(query["created[lt]"])) if "created[lt]" in query else 0
        end = bisect.bisect_right(ages, -int(query["created[gte]"])) if "created[gte]" in query else len(rows)
        if "starting_after" in query:
            begin = max(begin, self.ids[path][query["starting_after"]] + 1)
        page = rows[begin : min(end, begin + int(query["limit"]))]
        return {"object": "list", "data": page, "has_more": begin + len(page) < end}


def _pairs(query: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(query)


async def _answer(send: Any, status: int, body: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"stripe-rate-limited-reason", b"global-rate")]
    await send({"type": "http.response.start", "status": status, "headers": headers[: 1 if status == 200 else 2]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def serve(descriptor: int, products: int, prices: int, spread: str) -> None:
    import uvicorn

    app = StandIn(products, prices, spread)
    config = uvicorn.Config(app, log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[socket.socket(proto=socket.IPPROTO_TCP, fileno=descriptor)])


@contextmanager
def stand_in(products: int, prices: int, spread: str) -> Iterator[str]:
    """The stand-in in a process of its own; yields its address."""
    # asyncio switches Nagle's algorithm off only where the protocol is said to be TCP
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.set_inheritable(True)
        words = [str(listening.fileno()), str(products), str(prices), spread]
        server = subprocess.Popen([sys.executable, __file__, "--serve", *words], pass_fds=[listening.fileno()])
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.terminate()
            server.wait()


@dataclass(frozen=True)
class Run:
    calls: int
    seconds: float
    refused: int


def measure(products: int, prices: int, spread: str, strategy: str) -> Run:
    """Read everything once, and check that it is everything."""
    import requests

    from reconciler.gateway import connect, item

    with stand_in(products, prices, spread) as url, connect(KEY, base_url=url, livemode_limits=False) as gateway:
        requests.get(f"{url}/refused", timeout=30)  # it is up
        begun = time.perf_counter()
        gateway.account()
        if strategy == "one GET per object":
            paths = [item(f"/v1/{name}", f"{name}_{at}") for name in ("products", "prices") for at in range(products)]
            paths += [item("/v1/prices", f"prices_{at}") for at in range(products, prices)]
            with ThreadPoolExecutor(10) as pool:
                got = len({raw["id"] for raw in pool.map(lambda path: gateway._call("GET", path, {}), paths)})
        else:
            with ThreadPoolExecutor(2) as pool:
                lists = pool.map(
                    lambda name: gateway.list(f"/v1/{name}", {}, windowed=strategy == "windows"),
                    ("products", "prices"),
                )
                got = sum(len({raw["id"] for raw in rows}) for rows in lists)
        seconds = time.perf_counter() - begun
        assert got == products + prices, f"{got} of {products + prices} objects"
        return Run(gateway.reads, seconds, requests.get(f"{url}/refused", timeout=30).json())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one GET per object for a tenth of the catalogue only")
    parser.add_argument("--serve", nargs=4, metavar=("FD", "PRODUCTS", "PRICES", "SPREAD"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        descriptor, products, prices, spread = options.serve
        return serve(int(descriptor), int(products), int(prices), spread)

    large, small = (1_000, 3_000), (100, 300)
    runs = [(large, spread, strategy) for spread in SPREADS for strategy in ("page after page", "windows")]
    runs += [(small, "over three years", "windows")]
    runs += [(small if options.quick else large, "over three years", "one GET per object")]
    print(
        f"{LATENCY * 1000:.0f} ms a call, {RATE} calls a second per operation and in all; ×: times the least possible"
    )
    print(f"{'objects':>12}  {'created':18}{'strategy':20}{'calls':>6}{'×':>7}{'seconds':>9}{'×':>7}{'refused':>9}")
    for (products, prices), spread, strategy in runs:
        run = measure(products, prices, spread, strategy)
        least = -(-products // 100) + -(-prices // 100) + 1
        fastest = least / RATE + LATENCY
        print(
            f"{products:>5,} +{prices:>5,}  {spread:18}{strategy:20}{run.calls:>6,}{run.calls / least:>7.2f}"
            f"{run.seconds:>9.2f}{run.seconds / fastest:>7.2f}{run.refused:>9}",
            flush=True,
        )
    return None


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
