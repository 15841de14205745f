"""One request to Stripe's API from arrival to answer: who, what, how often, once or again, and only then the effect."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.emulator import auth, clock, events, expand, faults, forms, idempotency, limits, routes, store
from reconciler.emulator.errors import Refusal
from reconciler.emulator.faults import Fault
from reconciler.emulator.ids import BASE, random_id
from reconciler.emulator.messages import Incoming, Outgoing, echoed, parameters, refused, version_of
from reconciler.emulator.model import Call, Operation, Scope
from reconciler.emulator.params import shape_of
from reconciler.emulator.runtime import Runtime
from reconciler.emulator.validate import typed


@dataclass(frozen=True)
class Request:
    """A request that was let in, with its faults."""

    id: str
    operation: Operation
    variables: Mapping[str, str]
    scope: Scope
    tree: dict[str, Any]
    version: str
    key: str | None
    place: str
    faults: tuple[Fault, ...]
    by_hand: bool = False  # stands for an edit in the Dashboard (`events.BY_HAND`)


async def respond(runtime: Runtime, incoming: Incoming) -> Outgoing:
    """Answers and logs a request. Never raises; a mistake in the emulator itself is a 500 that says so."""
    identifier = random_id("req_", 14)
    entry: dict[str, Any] = {
        "request_id": identifier,
        "method": incoming.method,
        "path": incoming.path,
        "operation": None,
        "params": {},
        "account": None,
        "livemode": None,
        "idempotency_key": incoming.headers.get("idempotency-key"),
        "fault": None,
    }
    try:
        outgoing = await answer(runtime, incoming, identifier, entry)
    except Refusal as refusal:
        outgoing = refused(refusal)
    except Exception as error:
        text = f"This is a mistake in the emulator, not in the request: {error!r}"
        outgoing = refused(Refusal(text, status=500, kind="api_error", headers={"Stripe-Should-Retry": "false"}))
    entry["status"] = outgoing.status or None
    entry["replayed"] = "Idempotent-Replayed" in outgoing.headers
    runtime.log.append(entry)
    headers = {"Request-Id": identifier, **echoed(incoming.headers), **outgoing.headers}
    return Outgoing(outgoing.status, headers, outgoing.body.replace(BASE, own_address(incoming)))


def own_address(incoming: Incoming) -> str:
    """Where this server was asked: the next process listens elsewhere, and its links are the same ones (`ids.BASE`)."""
    return f"http://{incoming.headers.get('host', '')}"


async def answer(runtime: Runtime, incoming: Incoming, identifier: str, entry: dict[str, Any]) -> Outgoing:
    found = routes.route(runtime.routes, incoming.method, incoming.path)
    if found:
        entry["operation"] = found[0].name
    with store.transaction(runtime.store, writes=False):
        key, shown, scope = auth.authenticate(runtime.store, incoming.headers)
    entry["account"], entry["livemode"] = scope.account, scope.livemode
    if found is None:
        raise routes.unrecognized(incoming.method, incoming.path)
    operation, variables = found
    auth.permit(key, shown, scope, operation.permission)
    tree = parameters(incoming)
    entry["params"] = forms.readable(tree)
    acting = faults.taken(runtime.faults, incoming.method, operation.path, incoming.path, operation.name)
    entry["fault"] = acting[0].kind if acting else None
    request = Request(
        identifier,
        operation,
        variables,
        scope,
        forms.respelled(tree, f"{own_address(incoming)}/", f"{BASE}/"),
        version_of(incoming.headers),
        incoming.headers.get("idempotency-key") if incoming.method == "POST" else None,
        f"{incoming.method} {incoming.path}",
        acting,
        events.is_by_hand(incoming.headers),
    )
    return await once(runtime, request)


async def once(runtime: Runtime, request: Request) -> Outgoing:
    """Keeps a second request under the same idempotency key out while the first is under way."""
    if request.key is None:
        return await admitted(runtime, request)
    idempotency.check_key(request.key)
    busy = (request.scope.text, request.key)
    if busy in runtime.busy:
        raise idempotency.in_use(request.key)
    runtime.busy.add(busy)
    try:
        return await admitted(runtime, request)
    finally:
        runtime.busy.discard(busy)


async def admitted(runtime: Runtime, request: Request) -> Outgoing:
    """Waits where it must, lets faults act before and after the effect, and counts against the limits."""
    if runtime.latency:
        await asyncio.sleep(runtime.latency)
    await faults.wait(request.faults)
    for fault in request.faults:
        if fault.kind in ("rate_limit", "lock_timeout"):
            raise faults.refusal(fault)
        if fault.kind == "drop" and fault.when == "before":
            return Outgoing(0, {}, "")
    with store.transaction(runtime.store, writes=False):
        moment = clock.now(runtime.store)
    limits.enforce(runtime.limits, request.scope, request.operation.name, moment)
    outgoing = executed(runtime, request, int(moment))
    for fault in request.faults:
        if fault.kind == "drop":
            return Outgoing(0, {}, "")
        if fault.kind == "malformed":
            return Outgoing(outgoing.status, outgoing.headers, outgoing.body[: len(outgoing.body) // 2])
    return outgoing


def executed(runtime: Runtime, request: Request, now: int) -> Outgoing:
    """One transaction: the stored answer of an earlier request under this key, or the effect and its answer."""
    digest = idempotency.fingerprint(request.tree) if request.key else ""
    try:
        with store.transaction(runtime.store, writes=request.operation.method != "GET"):
            if request.key:
                answered = idempotency.recorded(runtime.store, request.scope.text, request.key, now)
                if answered:
                    idempotency.compare(answered, request.key, request.place, digest)
                    replayed = {"Idempotent-Replayed": "true", "Original-Request": answered.request_id}
                    return Outgoing(answered.status, replayed, answered.body)
            early, late = failure(request, "before"), failure(request, "after")
            if early:
                raise early
            outgoing = Outgoing(200, {}, store.dumped(effect(runtime, request, now)))
            shown = refused(late) if late else outgoing
            keep(runtime, request, now, digest, outgoing if late and late.judged else shown)
    except Refusal as refusal:
        if not refusal.judged:
            with store.transaction(runtime.store):
                keep(runtime, request, now, digest, refused(refusal))
        raise
    return shown


def effect(runtime: Runtime, request: Request, now: int) -> dict[str, Any]:
    """Checks the parameters, runs the operation and shows what it answers."""
    operation = request.operation
    params = typed(shape_of(operation.params), request.tree, operation.sizes, operation.emptyable)
    kind, _, verb = operation.name.rpartition(".")
    listed = verb in ("list", "search")
    paths = expand.wanted(params, listed=listed)
    expand.check(runtime.kinds, kind, paths)
    call = Call(
        runtime.store,
        runtime.kinds,
        request.scope,
        now,
        request.id,
        request.key,
        request.variables,
        {name: value for name, value in params.items() if name != "expand"},
        request.version,
        request.by_hand,
    )
    body = operation.handler(call)
    if listed:
        return {**body, "data": [expand.present(call, item, paths) for item in body["data"]]}
    return expand.present(call, body, paths)


def failure(request: Request, when: str) -> Refusal | None:
    """The ordered error of this moment. One that isn't kept hides what took place: the key keeps the real answer."""
    acting = (fault for fault in request.faults if fault.kind == "error" and fault.when == when)
    return next(map(faults.refusal, acting), None)


def keep(runtime: Runtime, request: Request, now: int, digest: str, outgoing: Outgoing) -> None:
    if request.key:
        answered = idempotency.Answered(request.place, digest, outgoing.status, outgoing.body, request.id)
        idempotency.record(runtime.store, request.scope.text, request.key, now, answered)
