"""Seconds and memory of `stripe-portal validate` at 1,000 and 10,000 products with three prices each.

python benchmarks/validate.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from catalogue import write

ROUNDS = 3


def measured(folder: str) -> tuple[float, float]:
    """Seconds and peak megabytes of one run, from the kernel's own account of the process."""
    start = time.perf_counter()
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "reconciler", "validate", folder],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(process, 0)
    assert status == 0, "validate failed"
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    print(f"{'products':>9} {'prices':>7} {'YAML MB':>8} {'seconds':>8} {'peak MB':>8}   best of {ROUNDS}")
    for products in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            size = write(Path(folder), products)
            seconds, memory = min(measured(folder) for _ in range(ROUNDS))
            print(f"{products:9,} {3 * products:7,} {size / 1e6:8.1f} {seconds:8.2f} {memory:8.0f}")


if __name__ == "__main__":
    main()
