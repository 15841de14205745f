"""Files to a Document: strict YAML, includes, the overlay of an environment, defaults and variables."""

from __future__ import annotations

from reconciler.config.loader import load

__all__ = ["load"]
