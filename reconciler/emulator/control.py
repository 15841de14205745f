"""Control of the emulator under `/_emulator/`: JSON in, JSON out, not Stripe-shaped. README.md beside this file has
every body."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reconciler.emulator import accounts, clock, faults, stand_ins, store
from reconciler.emulator import runtime as running
from reconciler.emulator.model import Scope
from reconciler.emulator.pages import outbox
from reconciler.emulator.runtime import Runtime

Body = Mapping[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]
LOGGED = ("method", "path", "operation", "account", "idempotency_key", "request_id")


def routes(runtime: Runtime) -> list[Route]:
    """The control endpoints of one emulator."""
    table: tuple[tuple[str, str, Callable[[Runtime, Body], Any]], ...] = (
        ("GET", "/_emulator/status", lambda held, _: totals(held.store)),
        ("POST", "/_emulator/accounts", add_account),
        ("GET", "/_emulator/accounts", lambda held, _: {"accounts": accounts.all_accounts(held.store)}),
        ("POST", "/_emulator/faults", add_fault),
        ("GET", "/_emulator/faults", lambda held, _: {"faults": [faults.described(one) for one in held.faults]}),
        ("DELETE", "/_emulator/faults", lambda held, _: running.forget_faults(held)),
        ("GET", "/_emulator/requests", logged),
        ("DELETE", "/_emulator/requests", lambda held, _: held.log.clear()),
        ("GET", "/_emulator/clock", lambda held, _: {"now": clock.now(held.store)}),
        ("POST", "/_emulator/clock", set_clock),
        ("POST", "/_emulator/limits", set_limits),
        ("GET", "/_emulator/outbox", lambda held, _: {"mails": outbox.mails(held.store)}),
        ("DELETE", "/_emulator/outbox", lambda held, _: outbox.emptied(held.store)),
        ("POST", "/_emulator/objects", edit),
        ("POST", "/_emulator/stand-ins", stand_in),
        ("POST", "/_emulator/reset", lambda held, _: running.reset(held)),
    )
    return [Route(path, endpoint(runtime, handler), methods=[method]) for method, path, handler in table]


def endpoint(runtime: Runtime, handler: Callable[[Runtime, Body], Any]) -> Endpoint:
    """Runs in the event loop, as every request does: the database has one connection."""

    async def respond(request: Request) -> Response:
        sent = await request.body()
        try:
            data = {**request.query_params, **(json.loads(sent) if sent else {})}
            return JSONResponse(handler(runtime, data) or {})
        except (ValueError, TypeError, LookupError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return respond


def totals(opened: store.Store) -> dict[str, Any]:
    """What a database holds: objects per kind, over all and per account and mode."""
    rows = opened.connection.execute(
        "select scope, kind, count(*) from objects group by scope, kind order by scope, kind"
    )
    overall: dict[str, int] = {}
    scopes: dict[str, dict[str, int]] = {}
    for scope, kind, count in rows:
        overall[kind] = overall.get(kind, 0) + count
        scopes.setdefault(scope, {})[kind] = count
    known = [{"id": one["id"], "display_name": one["display_name"]} for one in accounts.all_accounts(opened)]
    path = None if opened.path is None else str(opened.path)
    told = {"path": path, "account": accounts.ACCOUNT, "accounts": known, "objects": overall, "scopes": scopes}
    sent = outbox.mails(opened)
    return {**told, "outbox": sent} if sent else told


def add_account(runtime: Runtime, data: Body) -> Any:
    with store.transaction(runtime.store):
        return accounts.register(runtime.store, runtime.kinds, data)


def add_fault(runtime: Runtime, data: Body) -> Any:
    fault = faults.ordered(data)
    runtime.faults.append(fault)
    return faults.described(fault)


def logged(runtime: Runtime, data: Body) -> Any:
    """The log, oldest first, narrowed to entries that have the given values."""
    strangers = sorted(data.keys() - set(LOGGED))
    if strangers:
        raise ValueError(f"requests are narrowed by {', '.join(LOGGED)}, not by {', '.join(strangers)}")
    kept = [entry for entry in runtime.log if all(entry[name] == value for name, value in data.items())]
    return {"count": len(kept), "requests": kept}


def set_clock(runtime: Runtime, data: Body) -> Any:
    strangers = sorted(data.keys() - {"set", "advance", "run"})
    if strangers:
        raise ValueError(f"the clock takes set, advance and run, not {', '.join(strangers)}")
    with store.transaction(runtime.store):
        moment = clock.change(
            runtime.store, stop_at=data.get("set"), advance=data.get("advance", 0), run=data.get("run", False)
        )
    return {"now": moment}


def set_limits(runtime: Runtime, data: Body) -> Any:
    strangers = sorted(data.keys() - {"enabled", "operation", "account"})
    if strangers:
        raise ValueError(f"limits are enabled, operation and account, not {', '.join(strangers)}")
    for name, value in data.items():
        setattr(runtime.limits, name, value)
    runtime.limits.seen.clear()
    return {name: getattr(runtime.limits, name) for name in ("enabled", "operation", "account")}


def edit(runtime: Runtime, data: Body) -> Any:
    """Changes members of a stored object behind the API's back: no rule, no event. Its id is one of them."""
    scope = scope_of(data).text
    with store.transaction(runtime.store):
        for resource in runtime.kinds.values():
            row = store.load(runtime.store, scope, resource.kind, data["id"])
            if row:
                body = {**row.body, **data["set"]}
                store.update(runtime.store, scope, resource.kind, row, body, resource.facets)
                if body["id"] != data["id"]:
                    store.rename(runtime.store, scope, resource.kind, data["id"], body["id"])
                return body
    raise ValueError(f"no object {data['id']} in {scope}")


def stand_in(runtime: Runtime, data: Body) -> Any:
    with store.transaction(runtime.store):
        return stand_ins.put(runtime, data, scope_of(data))


def scope_of(data: Body) -> Scope:
    return Scope(data.get("account", accounts.ACCOUNT), data.get("livemode", False))
