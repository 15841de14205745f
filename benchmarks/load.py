"""How long it takes to load a catalogue, and the memory it takes: `python benchmarks/load.py`."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (1_000, 10_000)
PER_FILE = 4_000
PRODUCT = """\
  plan_{n}:
    id: plan_{n}
    name: Plan number {n}
    description: "Everything in the plan before it, and a little more of it for teams of {n}"
    images: [https://cdn.acme.example/images/plan_{n}.png, https://cdn.acme.example/images/plan_{n}@2x.webp]
    tax_code: txcd_10103001
    statement_descriptor: ACME {n}
    unit_label: seat
    url: https://acme.example/plans/plan_{n}
    metadata: {{tier: tier-{n}, team: growth, reviewed: yes, code: 0{n}}}
    default_price: monthly
    prices:
"""
PRICE = """\
      {interval}ly:
        amount: {major}.00
        nickname: Plan {n}, every {interval}
        recurring:
          interval: {interval}
          interval_count: 1
          usage_type: licensed
        lookup_key: plan_{n}_{interval}ly
        tax_behavior: exclusive
        metadata:
          legacy_code: 0{n}
          channel: web
          approved_by: finance@acme.example
        currency_options:
          eur: {{unit_amount: {minor}, tax_behavior: inclusive}}
"""
ROOT = "stripe_portal: 1\nproject: bench\ninclude: [catalogue/*.yaml]\ndefaults: {price: {currency: usd}}\n"


def write(folder: Path, products: int) -> float:
    """Write a catalogue of three prices a product; returns its size in MB."""
    (folder / "catalogue").mkdir()
    (folder / "stripe-portal.yaml").write_text(ROOT)
    size = 0
    for first in range(0, products, PER_FILE):
        text = "products:\n" + "".join(map(product, range(first, min(first + PER_FILE, products))))
        size += (folder / "catalogue" / f"{first:06}.yaml").write_text(text)
    return size / 2**20


def product(n: int) -> str:
    """The YAML of one product."""
    prices = (PRICE.format(n=n, interval=i, major=n % 900 + 1, minor=n * 100) for i in ("month", "year", "week"))
    return PRODUCT.format(n=n) + "".join(prices)


def measure(folder: str) -> None:
    """Load a folder in this process; prints seconds and the peak of memory in MB."""
    from reconciler.config import load

    start = time.perf_counter()
    document = load(folder)
    seconds = time.perf_counter() - start
    assert document.data["products"]["plan_0"]["prices"]["monthly"]["currency"] == "usd"
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes elsewhere
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


def main() -> None:
    """One row a size, each measured in a process of its own."""
    print(f"{'products':>9} {'prices':>7} {'MB of YAML':>11} {'seconds':>8} {'peak MB':>8}")
    for products in SIZES:
        with tempfile.TemporaryDirectory() as name:
            size = write(Path(name), products)
            answer = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True)
        seconds, peak = map(float, answer.stdout.split())
        print(f"{products:>9,} {products * 3:>7,} {size:>11.1f} {seconds:>8.2f} {peak:>8.0f}")


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
