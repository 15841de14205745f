"""The portal itself: opening a session, and each page of a visit with what it may be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.emulator import clock, objects, store
from reconciler.emulator.errors import Refusal
from reconciler.emulator.pages import details, flows, home, html, leaving, switching, visits
from reconciler.emulator.pages.asked import Asked, calling, sent
from reconciler.emulator.pages.doors import opened, scope_of
from reconciler.emulator.pages.links import linked
from reconciler.emulator.pages.visits import Visit
from reconciler.emulator.runtime import Runtime

OPENS = 300
"""Seconds from the making of a session until its address leads nowhere (stripe-facts 5.4)."""
ENDED = ("This session is over", "Sessions end by themselves. Ask for a new link where you came from.")
Page = Callable[[Asked], Response]
READ: dict[str, Page] = {
    "home": home.page,
    "update": switching.choose,
    "confirm": switching.confirm,
    "cancel": leaving.cancel,
    "pause": leaving.pause,
    "details": details.page,
    "payment-methods": details.payment_methods,
    "invoices": details.invoices,
    "done": home.done,
}
SENT: dict[str, Page] = {
    "confirm": switching.confirmed,
    "undo": switching.undone,
    "cancel": leaving.cancelled,
    "keep": leaving.kept,
    "renew": leaving.renewed,
    "pause": leaving.paused,
    "resume": leaving.resumed,
    "details": details.saved,
    "payment-methods": details.payment_methods_seen,
}


def routes(runtime: Runtime) -> list[Route]:
    async def enter(request: Request) -> Response:
        with store.transaction(runtime.store):
            return entered(runtime, request)

    async def page(request: Request) -> Response:
        name, secret = request.path_params["page"], request.cookies.get(visits.COOKIE)
        path = request.url.path.removesuffix(f"/{name}")
        try:
            form = await sent(request)
            if request.method != "POST":
                return within(runtime, path, secret, form, READ.get(name))
            if not visits.sealed(secret, form):
                raise Refusal("This form is too old or not ours. Open the page again.", status=403)
            try:
                return within(runtime, path, secret, form, SENT.get(name))
            except Refusal as refusal:
                if refusal.status != 400:
                    raise
                shown = READ.get("update" if name == "confirm" else name, home.page)
                return within(runtime, path, secret, form, shown, refusal.message)
        except Refusal as refusal:
            title = "Not here" if refusal.status == 404 else "This did not work"
            return html.told(
                refusal.status, title, refusal.message, back=f"{path}/home", back_text="Back to the portal"
            )

    return [
        Route("/p/session/{token}", enter),
        Route("/p/session/{token}/{page}", page, methods=["GET", "POST"]),
    ]


def entered(runtime: Runtime, request: Request) -> Response:
    """A session made by the API, at its own address: a visit begins, or goes on."""
    path = request.url.path
    now = clock.now(runtime.store)
    visit = visits.found(runtime.store, request.cookies.get(visits.COOKIE), path)
    if visit is not None and not visits.over(visit, now):
        return html.moved(flows.landing(visit))
    found = linked(runtime, "billing_portal.session", "url", path)
    if found is None:
        return html.told(404, "This page is not available", "There is no such session.")
    scope, session = scope_of(found[0]), found[1]
    if now - session["created"] > OPENS:
        return expired(runtime, path)
    visit = Visit(
        name="",
        path=path,
        account=scope.account,
        livemode=scope.livemode,
        customer=session["customer"],
        configuration=session["configuration"],
        by_link=False,
        return_url=session["return_url"],
        flow=session["flow"],
        seen=now,
    )
    return visits.begun(runtime.store, html.moved(flows.landing(visit)), visit)


def expired(runtime: Runtime, path: str) -> Response:
    """Where one can log in again, a link says so (stripe-facts 5.4: `after_expiration`)."""
    again = f"{path}/login" if opened(runtime, f"{path}/login") else None
    return html.told(403, *ENDED, back=again, back_text="Log in again")


def within(
    runtime: Runtime, path: str, secret: str | None, form: dict[str, str], page: Page | None, problem: str | None = None
) -> Response:
    """One page of a visit in one transaction. Raises Refusal, of which 400 can be mended."""
    with store.transaction(runtime.store):
        visit = visits.found(runtime.store, secret, path)
        now = clock.now(runtime.store)
        if visit is None or visits.over(visit, now):
            return expired(runtime, path) if visit is None or not visit.by_link else locked_out(runtime, visit)
        call = calling(runtime, visit.scope)
        configuration = objects.find(call, "billing_portal.configuration", visit.configuration)
        customer = objects.find(call, "customer", visit.customer)
        if configuration is None or not configuration["active"] or customer is None:
            return html.told(403, *ENDED)
        visit = replace(visit, seen=now)
        visits.keep(runtime.store, visit)
        if page is None:
            raise Refusal("There is no such page.", status=404)
        return page(Asked(call, visit, configuration, customer, form, visits.seal(secret or ""), problem))


def locked_out(runtime: Runtime, visit: Visit) -> Response:
    """A visit that began with a login ended: the way back is the login page, while there is one."""
    call = calling(runtime, visit.scope)
    configuration = objects.find(call, "billing_portal.configuration", visit.configuration)
    url = configuration["login_page"]["url"] if configuration and configuration["active"] else None
    address = url and f"/p/login/{url.rpartition('/')[2]}"
    return html.told(403, *ENDED, back=address, back_text="Log in again")
