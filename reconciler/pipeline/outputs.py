"""What a job leaves for the next one and for people, in the files that the runner names."""

from __future__ import annotations

import os
from pathlib import Path

_SUMMARY_BYTES = 1_000_000
"""GitHub takes 1 MiB of each step."""


def output(**values: str) -> None:
    """Name values for later steps: GitHub's file, or one that GitLab reads as `dotenv`."""
    _append("GITHUB_OUTPUT", values)
    _append("STRIPE_PORTAL_DOTENV", {f"STRIPE_PORTAL_{key.upper()}": value for key, value in values.items()})


def summary(text: str) -> None:
    """Add Markdown to the summary of the job, where there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        if len(text.encode()) > _SUMMARY_BYTES:
            text = "This plan is too long to be shown here. It is in the log.\n"
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n\n")


def _append(variable: str, values: dict[str, str]) -> None:
    path = os.environ.get(variable)
    if path:
        assert not any("\n" in value or "\r" in value for value in values.values())
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{key}={value}\n" for key, value in values.items())
