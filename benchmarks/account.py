"""Plan and apply at 1,000 products with three prices each: the emulator at 150 ms a call, with Stripe's limits on.

    python benchmarks/account.py            about 8 minutes: an apply of 4,000 objects cannot take less than 160 s
    python benchmarks/account.py --quick    100 products
    python benchmarks/account.py --plan     the plan alone, at 1,000 products; about 2 minutes

Least possible calls: one for the account, and one per started hundred objects of each kind that carries our mark,
or one where there is none. Least possible time: those
calls at the 25 a second that Stripe allows in a sandbox, and one latency. Likewise for writes.
"""

from __future__ import annotations

import math
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import requests

sys.path.insert(0, str(Path(__file__).parent))
from catalogue import write

from reconciler.apply import apply
from reconciler.cli.stages import declared, planned
from reconciler.gateway import Gateway, connect
from reconciler.kinds import KINDS
from reconciler.model import Plan, Status

LATENCY = 0.15
SANDBOX = 25


def serve(pipe: Any, limits: bool) -> None:
    from reconciler.emulator.server import serve as emulator

    with emulator(None, limits=limits, latency=LATENCY) as running:
        pipe.send((running.url, running.key))
        pipe.recv()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def one_by_one(url: str, key: str, ids: list[str]) -> int:
    """The way of a Terraform provider: one GET per object, ten at a time, waiting when told to."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=10))
    calls = 0

    def get(path: str) -> None:
        nonlocal calls
        while True:
            calls += 1
            answer = session.get(url + path, headers={"Authorization": f"Bearer {key}"}, timeout=60)
            if answer.status_code != 429:
                answer.raise_for_status()
                return
            time.sleep(0.5)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(get, ids))
    return calls


def row(what: str, calls: int, least_calls: int, wall: float, least: float) -> None:
    ratio = f"{calls / least_calls:6.2f}"
    print(f"{what:44} {calls:6,} {least_calls:6,} {ratio} {wall:8.2f} {least:8.2f} {wall / least:6.2f}", flush=True)


def main() -> None:
    products = 100 if "--quick" in sys.argv else 1_000
    objects = 4 * products
    print(f"{products:,} products, {3 * products:,} prices, {LATENCY * 1000:.0f} ms a call, sandbox limits")
    print(f"{'':44} {'calls':>6} {'least':>6} {'×':>6} {'seconds':>8} {'least':>8} {'×':>6}")
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs, True), daemon=True)
    process.start()
    url, key = ours.recv()
    only_plan = "--plan" in sys.argv
    requests.post(f"{url}/_emulator/limits", json={"enabled": not only_plan}, timeout=10).raise_for_status()
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(StringIO()):
        write(Path(folder), products)
        _, desired = declared(Path(folder), None, {})

        def plan_with(gateway: Gateway) -> Plan:
            return planned(desired, gateway, gateway.target())

        with connect(key, base_url=url, livemode_limits=None if only_plan else False) as gateway:
            plan = plan_with(gateway)
            assert not plan.refusals
            assert len(plan.actions) == 5 * products
            wall, outcomes = timed(lambda: apply(plan, gateway))
            assert all(o.status is Status.DONE for o in outcomes)
            least = 5 * products / SANDBOX + LATENCY
            if not only_plan:
                row("apply to an empty account (5 writes a product)", gateway.writes, 5 * products, wall, least)
        requests.post(f"{url}/_emulator/limits", json={"enabled": True}, timeout=10).raise_for_status()
        time.sleep(2)  # a fresh allowance, as a new pipeline job would have
        empty = sum(k.stampable for k in KINDS) - 2  # a list each: what was declared once could be there
        pages = 1 + math.ceil(products / 100) + math.ceil(3 * products / 100) + empty
        with connect(key, base_url=url, livemode_limits=False) as gateway:
            wall, plan = timed(lambda: plan_with(gateway))
            assert not plan.actions, plan.actions[:3]
            least = pages / SANDBOX + LATENCY
            row("plan, nothing to do", gateway.reads, pages, wall, least)
            paths = [f"/v1/products/p{n}" for n in range(products)]
            prices = [r["id"] for r in gateway.list("/v1/prices", {"active": True}, windowed=True)]
            paths += [f"/v1/prices/{one}" for one in prices]
        if only_plan:
            return
        time.sleep(2)
        wall, calls = timed(lambda: one_by_one(url, key, paths))
        row("one GET per object, ten at a time", calls, pages, wall, least)
        print(f"one GET per object makes {objects / gateway.reads:.0f} × the calls of a plan")
    ours.send(None)
    process.join(5)


if __name__ == "__main__":
    main()
