"""One comment of ours on a pull request, found again by its first line and by who wrote it, and brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.pipeline import marker
from reconciler.pipeline.forge import Forge, Note
from reconciler.pipeline.marker import Marker
from reconciler.pipeline.rest import persist
from reconciler.pipeline.reviewed import Reviewed

PLAN, CHANGED = "plan", "changed"


def key(plan: Reviewed) -> Mapping[str, str]:
    """What tells the comment of one plan from that of another: a repository may have several projects."""
    return {"project": plan.project, "env": plan.environment}


def found(forge: Forge, pull: int, kind: str, values: Mapping[str, str]) -> tuple[Note, Marker] | None:
    """Our comment of a kind, the last if there are several. Raises Unavailable."""
    last = None
    for note in forge.notes(pull):
        mark = marker.read(note.body) if note.is_ours else None
        if mark and mark.is_about(kind, **values):
            last = note, mark
    return last


def post_plan(forge: Forge, pull: int, plan: Reviewed, text: str) -> bool:
    """Put the plan on the pull request, with the digest of what is to be seen there. Raises Unavailable.

    Says whether it did: where nothing changes, and nothing was said before, it says nothing.
    """
    values = {**key(plan), "commit": forge.commit, **({} if plan.refused else {"reviewed": plan.digest})}

    def post() -> bool:
        before = found(forge, pull, PLAN, key(plan))
        if not (before or plan.addresses or plan.refused):
            return False
        body = laid_out(forge, text, lambda room: marker.line(PLAN, values, plan.addresses, room=room))
        if not before or before[0].body != body:
            forge.comment(pull, body, before[0] if before else None)
        return True

    return persist(post)


def post_changed(forge: Forge, pull: int, plan: Reviewed, text: str) -> None:
    """Say that the plan is another now, in a comment of its own. Raises Unavailable."""
    values = {**key(plan), "commit": forge.commit}

    def post() -> None:
        before = found(forge, pull, CHANGED, key(plan))
        body = laid_out(forge, text, lambda _: marker.line(CHANGED, values))
        forge.comment(pull, body, before[0] if before else None)

    persist(post)


def laid_out(forge: Forge, text: str, first: Callable[[int], str]) -> str:
    """The marker and the text, no longer than the forge takes. What does not fit is to be seen where the job ran."""
    room = forge.limit - len(text.encode()) - 1
    shortest = len(first(0))
    if shortest > room:
        text = f"This plan is too long for a comment. It is in the summary of [the run]({forge.run}).\n"
        room = forge.limit - len(text.encode()) - 1
    return f"{first(room - shortest)}\n{text}"
