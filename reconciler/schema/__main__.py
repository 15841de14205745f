"""Write the committed schemas: `python -m reconciler.schema [FOLDER]`, by default `schemas`."""

from __future__ import annotations

import sys
from pathlib import Path

from reconciler.schema import render

if __name__ == "__main__":
    for name, text in render().items():
        Path(*sys.argv[1:2] or ["schemas"], name).write_text(text, encoding="utf-8")
