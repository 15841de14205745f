"""Drift as one issue: opened, kept up to date, closed when it is gone."""

from __future__ import annotations

from reconciler.pipeline import marker
from reconciler.pipeline.forge import Forge, Note
from reconciler.pipeline.rest import persist
from reconciler.report.escape import fence, span

LABEL, KIND = "stripe-drift", "drift"
_LINES, _BYTES = 400, 50_000


def update(forge: Forge, *, path: str, env: str, report: str | None) -> str:
    """Have the open issue say what `report` says; None closes it. Says what was done. Raises Unavailable."""
    values = {"path": path, "env": env}

    def bring() -> str:
        ours = [note for note in forge.issues(LABEL) if _is_about(note, values)]
        if report is None:
            for note in ours:
                forge.close(note, "Gone: Stripe is as it was last applied.")
            return f"Closed {', '.join(note.url for note in ours)}." if ours else "No issue is open."
        before = ours[0] if ours else None
        body = f"{marker.line(KIND, values)}\n{_text(path, env, report)}"
        if before and before.body == body:
            return f"{before.url} says so already."
        said = "Updated" if before else "Opened"
        return f"{said} {forge.issue(_title(path, env), body, LABEL, before)}."

    return persist(bring)


def _is_about(note: Note, values: dict[str, str]) -> bool:
    mark = marker.read(note.body) if note.is_ours else None
    return bool(mark and mark.is_about(KIND, **values))


def _title(path: str, env: str) -> str:
    where = " ".join([*([env] if env else []), *([f"({path})"] if path not in ("", ".") else [])])
    return "Somebody edited Stripe" + (f": {where}" if where else "")


def fenced(report: str) -> str:
    """What `drift` printed as a block of code, without what differs from run to run, and no longer than an issue."""
    lines, room = [], _BYTES
    for one in report.strip("\n").split("\n")[:_LINES]:
        room -= len(one.encode()) + 1
        if room > 0 and not one.startswith("Reads used:"):
            lines.append(one)
    return fence(lines, "text")


def _text(path: str, env: str, report: str) -> str:
    options = "".join([f" {path}" if path not in ("", ".") else "", f" --env {env}" if env else ""])
    return "\n".join(
        [
            fenced(report),
            "",
            f"- To undo what was edited in Stripe: {span(f'stripe-portal apply{options}')}",
            f"- To keep it: {span(f'stripe-portal accept{options}')}, and merge what it writes into the YAML.",
            "",
            "A scheduled job keeps this issue up to date, and closes it when Stripe is as it was last applied.",
            "",
        ]
    )
