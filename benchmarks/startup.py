"""How long each command takes to start, against a bare interpreter and `import click`, in one run.

python benchmarks/startup.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15
EXAMPLE = Path(__file__).parent.parent / "examples" / "minimal" / "stripe-portal.yaml"
PORTAL = [sys.executable, "-m", "reconciler"]
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    'python -c "import click"': [sys.executable, "-c", "import click"],
    "stripe-portal --version": [*PORTAL, "--version"],
    "stripe-portal --help": [*PORTAL, "--help"],
    "stripe-portal plan --help": [*PORTAL, "plan", "--help"],
    "stripe-portal validate": [*PORTAL, "validate"],
    "stripe-portal schema": [*PORTAL, "schema"],
    "stripe-portal emulator status": [*PORTAL, "emulator", "status"],
    "stripe-portal plan --emulator": [*PORTAL, "plan", "--emulator"],
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "stripe-portal.yaml").write_text(EXAMPLE.read_text())
        environment = {k: v for k, v in os.environ.items() if k != "STRIPE_API_KEY"}
        times: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for _ in range(ROUNDS):  # interleaved, so that a noisy moment is shared by all
            for name, command in COMMANDS.items():
                start = time.perf_counter()
                subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
                times[name].append(time.perf_counter() - start)
    bare, click = (statistics.median(times[name]) for name in list(COMMANDS)[:2])
    print(f"{'median of ' + str(ROUNDS):34} {'ms':>6} {'× bare':>7} {'× click':>8}")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:34} {median * 1000:6.0f} {median / bare:7.1f} {median / click:8.2f}")


if __name__ == "__main__":
    main()
