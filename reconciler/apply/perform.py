"""One action of a plan: its calls, and whether the answers are what they must be."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler import stamp as stamps
from reconciler.apply.again import Call, post
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway, item
from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Kind, Retire
from reconciler.kinds.values import comparable, refs_in, swap_refs, value_at
from reconciler.model import ACTIVE, FILE, Action, Address, LocalFile, Outcome, Part, Plan, Stamp, Status, Verb
from reconciler.observed import read
from reconciler.uploads import upload, with_files

BUG = "stripe-portal failed in a way that it should not"
NOT_STRIPE = "this does not behave like Stripe"

Keep = Callable[[Address, str, str], None]
"""Called with the address, the id and the secret of what was created."""


@dataclass(frozen=True, slots=True)
class Run:
    """A plan on its way. `ids` grow as actions are done; the URLs and ids of files are among them."""

    plan: Plan
    gateway: Gateway
    keep: Keep
    ids: dict[Address, str]
    uploading: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default_factory=lambda: secrets.token_hex(4))


def perform(run: Run, number: int) -> Outcome:
    """Do one action. Never raises for what Stripe answers."""
    action = run.plan.actions[number]
    known = action.id or (run.ids.get(action.address) if action.verb is not Verb.CREATE else None)
    try:
        _upload(run, action)
        raw = _calls(run, number, known)
    except ApiFailure as failure:
        doubt = _doubt(action, failure) if failure.unknown else ""
        return Outcome(action, Status.FAILED, known, failure.message.rstrip(".") + doubt, failure.request_id)
    except Exception as bug:  # the outcomes of the others must not be lost with it
        return Outcome(action, Status.FAILED, known, f"{BUG} ({type(bug).__name__}). Please report it")
    return Outcome(action, Status.DONE, raw["id"], details=_details(action, raw))


def _doubt(action: Action, failure: ApiFailure) -> str:
    """What people must know of a call that may have taken effect. A later plan finds what it made, but no secret."""
    told = failure.message.startswith(NOT_STRIPE)  # the answer came, and it is what is wrong
    text = ". It may have taken effect; the next plan reads the account and tells"
    if action.verb is Verb.CREATE and BY_NAME[action.address.kind].secret and not told:
        text += ". If it has, its secret came to nobody, and no later apply brings it: the Dashboard shows it"
    return text


def _calls(run: Run, number: int, known: str | None) -> Mapping[str, Any]:
    """Send what the action takes, and give the last answer."""
    action, plan, gateway = run.plan.actions[number], run.plan, run.gateway
    kind, part = BY_NAME[action.address.kind], action.change.part if action.change else Part.BODY
    path = item(kind.path, known) if known else kind.path
    at = path if known else ""
    if action.verb is Verb.RETIRE and kind.retire is Retire.DELETE:
        return gateway.delete(path)
    if part is Part.SWITCH and action.change:
        path = f"{path}/{kind.switches[action.change.fields[0].after]}"
    params = swap_refs(dict(action.params), lambda ref: run.ids[ref.address])
    if part is Part.MEMBERS:
        _members(run, number, kind, path, params)
        params = {}
    mark = _final_stamp(action, run.ids)
    if metadata := _metadata(action, mark, params.pop("metadata", {})):
        params["metadata"] = metadata
    raw = post(gateway, action, Call(path, params, at), f"{plan.id}-{number}", plan.basis)
    if kind.secret and action.verb is Verb.CREATE and isinstance(secret := raw.get(kind.secret), str):
        run.keep(action.address, str(raw.get("id")), secret)
    _check_answer(f"POST {path}", raw, known, params)
    _note_rewritten(run, number, raw, mark)
    return raw


def _upload(run: Run, action: Action) -> None:
    """Upload each file that the action is the first to need."""
    for ref in refs_in(action.params):
        if (file := run.plan.files.get(ref.address)) is None:
            continue
        with run.uploading:
            if ref.address not in run.ids:
                run.ids.update(_uploaded(run, file, f"{run.plan.id}-{ref.address.name}"))


def _uploaded(run: Run, file: LocalFile, key: str) -> Mapping[Address, str]:
    try:
        return upload(run.gateway, file, idempotency_key=key)
    except ApiFailure as failure:
        if not failure.remembered:
            raise
        return upload(run.gateway, file, idempotency_key=f"{key}-{run.token}")  # what an earlier run has not brought up


def _members(run: Run, number: int, kind: Kind, path: str, params: Mapping[str, Any]) -> None:
    """Attach and detach, a call for each; in between, nobody is without what stays."""
    action = run.plan.actions[number]
    for name, calls in params.items():
        field = kind.field_at((name,))
        assert field is not None
        for member in calls["attach"]:
            call = Call(f"{path}/{name}", {field.rows: member})
            post(run.gateway, action, call, f"{run.plan.id}-{number}-{name}-{member}")
        for row in calls["detach"]:
            run.gateway.delete(item(f"{path}/{name}", row))


def _check_answer(call: str, raw: Mapping[str, Any], known: str | None, params: Mapping[str, Any]) -> None:
    """Nothing follows a write until its answer is the object that was written, with our mark on it."""
    mark = {k: v for k, v in params.get("metadata", {}).items() if stamps.is_stamp_key(k) and v}
    kept = raw.get("metadata") or {}
    if not isinstance(raw.get("id"), str) or known not in (None, raw["id"]):
        raise ApiFailure(call, f"{NOT_STRIPE}: the answer is not the object that was written", unknown=True)
    if not isinstance(kept, Mapping) or any(kept.get(k) != v for k, v in mark.items()):
        raise ApiFailure(call, f"{NOT_STRIPE}: the object that was written does not bear our mark", unknown=True)


def _final_stamp(action: Action, ids: Mapping[Address, str]) -> Stamp | None:
    """The stamp with the digests that had to wait for ids."""
    if action.stamp is None:
        return None
    kind = BY_NAME[action.address.kind]
    fields = dict(action.stamp.fields)
    for path, value in action.pending.items():
        field = kind.field_at(path)
        assert field is not None
        fields[path] = stamps.digest(comparable(field, swap_refs(value, lambda ref: ids[ref.address])))
    return replace(action.stamp, fields=fields)


def _metadata(action: Action, mark: Stamp | None, declared: Mapping[str, str]) -> dict[str, str]:
    before = action.change.before.metadata if action.change and action.change.before else {}
    written = stamps.encode(mark) if mark else {}
    return {**declared, **written, **stamps.erase(before, written)}


def _note_rewritten(run: Run, number: int, raw: Mapping[str, Any], mark: Stamp | None) -> None:
    """Where Stripe answered with another value than it was sent, stamp both, so that neither is a change (5.7)."""
    action = run.plan.actions[number]
    kind = BY_NAME[action.address.kind]
    written = [c.path for c in (action.change.fields if action.change else ())]
    rows = [f for f in kind.fields if f.rewritten and f.path in written]
    if not rows or mark is None:
        return
    files = {address: url for address, url in run.ids.items() if address.kind == FILE}
    answered = with_files([read(kind, raw)], files)[0]
    back = {f.path: stamps.digest(comparable(f, answered.properties.get(f.path))) for f in rows}
    returned = {p: d for p, d in back.items() if p in mark.fields and d != mark.fields[p]}
    if returned:
        metadata = stamps.encode(replace(mark, returned={**mark.returned, **returned}))
        key = f"{run.plan.id}-{number}-returned"
        at = item(kind.path, answered.id)
        post(run.gateway, action, Call(at, {"metadata": metadata}, at), key)


def _details(action: Action, raw: Mapping[str, Any]) -> Mapping[str, str]:
    """URLs that the write brought to life, for the last lines of an apply."""
    kind = BY_NAME[action.address.kind]
    switched = {c.path for c in (action.change.fields if action.change else ()) if c.after is True}
    switched |= {ACTIVE} if action.verb is Verb.CREATE else set()
    published = [f for f in kind.fields if f.publishes and f.path in switched]
    named = {f.link_rule.replace("-", " ").capitalize(): value_at(raw, f.publishes) for f in published}
    return {name: str(url) for name, url in named.items() if url}
