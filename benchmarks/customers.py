"""Who can log in, of 100,000 customers, beside the bare reading of the same pages: `python benchmarks/customers.py`.

    python benchmarks/customers.py            100,000 customers, Stripe's sandbox limits; about 4 minutes
    python benchmarks/customers.py --quick    10,000

The emulator runs in a process of its own, at 100 ms a call and Stripe's limits for a sandbox, filled through its store.
Each reading is a process of its own too, so that its memory is its own: `bare` lists the same collections with the
gateway and keeps every object as it came, `customers` is the command. Least possible time: a page for every started
hundred objects of each list, at 25 a second, and one latency.
"""

from __future__ import annotations

import contextlib
import io
import math
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

LATENCY, RATE = 0.1, 25
YEAR = 365 * 86_400
SUBSCRIBED = {"active": 0.55, "trialing": 0.03, "past_due": 0.02}


def fill(path: Path, count: int) -> dict[str, int]:
    """An account of three years: one in 50 without an email, one in 20 shares one. Gives the number of rows by list."""
    from reconciler.emulator import runtime, store
    from reconciler.emulator.accounts import ACCOUNT
    from reconciler.emulator.model import Scope
    from reconciler.emulator.resources import customer, subscription

    chance, now, scope = random.Random(1), int(time.time()), Scope(ACCOUNT, False).text
    opened = store.open_store(path)
    runtime.prepare(opened)
    rows = dict.fromkeys(("customer", *SUBSCRIBED), 0)
    metadata = {"note": "x" * 400}
    with store.transaction(opened):
        for number in range(count):
            created = now - chance.randrange(3 * YEAR)
            email = (
                None if chance.random() < 0.02 else f"c{chance.randrange(20 * count) % (count * 19 // 20)}@example.com"
            )
            head = {"id": f"cus_{number:014}", "object": "customer", "created": created, "livemode": False}
            body = {**customer.BLANK, **head, "email": email, "name": f"Customer {number}", "metadata": metadata}
            store.insert(opened, scope, "customer", body["id"], created, body, ("email",))
            rows["customer"] += 1
            (status,) = chance.choices([*SUBSCRIBED, ""], [*SUBSCRIBED.values(), 1 - sum(SUBSCRIBED.values())])
            if status:
                held = {"id": f"sub_{number:014}", "object": "subscription", "created": created, "livemode": False}
                items = {"object": "list", "data": [], "has_more": False, "url": "/v1/subscription_items"}
                own = {**subscription.BLANK, **held, "customer": body["id"], "status": status, "items": items}
                store.insert(
                    opened, scope, "subscription", own["id"], created, {**own, "metadata": metadata}, ("status",)
                )
                rows[status] += 1
    store.close_store(opened)
    return rows


def serve(path: Path, pipe: Any) -> None:
    from reconciler.emulator.server import serve as emulator

    with emulator(path, limits=True, latency=LATENCY) as running:
        pipe.send((running.url, running.key))
        pipe.recv()


def bare(url: str, key: str, pipe: Any) -> None:
    """Lists of the same pages, and nothing else."""
    from reconciler.gateway import connect

    start = time.perf_counter()
    with connect(key, base_url=url, livemode_limits=False) as gateway:
        gateway.account()
        wanted = [("/v1/customers", {}), *(("/v1/subscriptions", {"status": s}) for s in SUBSCRIBED)]
        with ThreadPoolExecutor(len(wanted)) as pool:
            kept = list(pool.map(lambda one: gateway.list(one[0], one[1], windowed=True), wanted))
        pipe.send((time.perf_counter() - start, gateway.reads, peak(), sum(map(len, kept))))


def command(url: str, key: str, pipe: Any) -> None:
    """The command itself, with what it says thrown away but for the sum."""
    from reconciler.cli.main import run

    os.environ["STRIPE_API_KEY"] = key
    os.chdir(tempfile.gettempdir())
    start, out = time.perf_counter(), io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run(["customers", "--base-url", url])
    assert code == 0, out.getvalue()
    *_, total, reads = out.getvalue().strip().splitlines()
    pipe.send((time.perf_counter() - start, int(reads.split()[-1].strip(".").replace(",", "")), peak(), total))


def peak() -> float:
    """MB of memory, at most, of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(work: Any, url: str, key: str) -> tuple[float, int, float, Any]:
    context = multiprocessing.get_context("spawn")  # so that the memory is not that of this process
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(url, key, theirs))
    process.start()
    theirs.close()
    found: tuple[float, int, float, Any] = ours.recv()
    process.join()
    time.sleep(2)  # a fresh allowance
    return found


def main() -> None:
    count = 10_000 if "--quick" in sys.argv else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "emulator.db")
        rows = fill(path, count)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        server = context.Process(target=serve, args=(path, theirs), daemon=True)
        server.start()
        url, key = ours.recv()
        pages = 2 + sum(math.ceil(number / 100) for number in rows.values())
        least = pages / RATE + LATENCY
        listed = ", ".join(f"{number:,} {name}" for name, number in rows.items())
        print(f"{listed}: {pages:,} pages, {least:.1f} s at {RATE} a second")
        print(f"{'':12}{'calls':>8}{'×':>6}{'seconds':>10}{'×':>6}{'peak MB':>10}")
        times = []
        for name, work in (("bare", bare), ("customers", command), ("bare", bare), ("customers", command)):
            seconds, reads, memory, said = measured(work, url, key)
            times.append(seconds)
            print(
                f"{name:12}{reads:>8,}{reads / pages:>6.2f}{seconds:>10.1f}{seconds / least:>6.2f}{memory:>10.0f}",
                flush=True,
            )
        print(f"customers takes {(times[1] + times[3]) / (times[0] + times[2]):.2f} × the bare reading. {said}")
        ours.send(None)
        server.join(5)


if __name__ == "__main__":
    main()
