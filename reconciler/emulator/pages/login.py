"""The login page: an email, a code from its mailbox, and the portal of the customer that Stripe would pick
(stripe-facts 5.4). It answers the same whether or not there is such a customer."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.emulator import clock, objects, store
from reconciler.emulator.errors import Refusal
from reconciler.emulator.ids import random_id
from reconciler.emulator.model import Call
from reconciler.emulator.pages import html, outbox, visits
from reconciler.emulator.pages.asked import calling, sent
from reconciler.emulator.pages.doors import Door, business, framed, opened
from reconciler.emulator.runtime import Runtime
from reconciler.emulator.store import Body

COOKIE = "login"
PAYING = ("active", "trialing")
"""That a trial counts as an active subscription is recall."""
WRONG = "This code is not right, or no longer. Check it, or start again for a new one."


def routes(runtime: Runtime) -> list[Route]:
    async def answer(request: Request) -> Response:
        try:
            form = await sent(request)
            with store.transaction(runtime.store):
                return page(runtime, request, form)
        except Refusal as refusal:
            return html.told(refusal.status, "This did not work", refusal.message)

    doors = ("/p/login/{token}", "/p/session/{token}/login")
    return [Route(path, answer, methods=["GET", "POST"]) for door in doors for path in (door, f"{door}/code")]


def page(runtime: Runtime, request: Request, form: dict[str, str]) -> Response:
    door = opened(runtime, request.url.path.removesuffix("/code"))
    if door is None:
        return html.told(404, "This page is not available", "This link is not active. Ask for a new one.")
    secret = request.cookies.get(COOKIE)
    coded = request.url.path.endswith("/code")
    if request.method == "POST":
        if not visits.sealed(secret, form):
            raise Refusal("This form is too old or not ours. Open the page again.", status=403)
        return entered(runtime, door, secret or "", form) if coded else mailed(runtime, door, secret or "", form)
    if coded:
        email = outbox.asked(runtime.store, secret, door.name)
        return code_page(runtime, door, secret or "", email) if email else html.moved(door.path)
    secret = secret or secrets.token_urlsafe(32)
    response = email_page(runtime, door, secret, form.get("prefilled_email", ""))
    response.set_cookie(COOKIE, secret, path=door.path, httponly=True, samesite="lax")
    return response


def mailed(runtime: Runtime, door: Door, secret: str, form: dict[str, str]) -> Response:
    """The same answer, whoever was named."""
    email = form.get("email", "").strip()
    if "@" not in email[1:-1] or " " in email or len(email) > 512:
        return email_page(runtime, door, secret, email, "Enter an email address, such as you@example.com.")
    call = calling(runtime, door.scope)
    customer = picked(call, email) if door.customer is None else itself(call, door.customer, email)
    subject = f"Your code for {business(runtime, door.scope)}"
    outbox.ask(runtime.store, door.scope, secret, door.name, email, customer, subject)
    return html.moved(f"{door.path}/code")


def picked(call: Call, email: str) -> str | None:
    """The most recently created customer that has just this email and an active subscription."""
    for customer in reversed(objects.having(call, "customer", "email", email)):
        held = objects.having(call, "subscription", "customer", customer["id"])
        if any(subscription["status"] in PAYING for subscription in held):
            return str(customer["id"])
    return None


def itself(call: Call, customer: str, email: str) -> str | None:
    """The customer of a session to recover, if that is the email."""
    found = objects.find(call, "customer", customer)
    return customer if found and found["email"] == email else None


def entered(runtime: Runtime, door: Door, secret: str, form: dict[str, str]) -> Response:
    email = outbox.asked(runtime.store, secret, door.name)
    code = "".join(form.get("code", "").split())
    customer = outbox.redeemed(runtime.store, secret, door.name, code)
    if customer is None:
        again = email if outbox.asked(runtime.store, secret, door.name) else None
        if again is None:
            return email_page(
                runtime, door, secret, email or "", "This code cannot be used any more. Ask for a new one."
            )
        return code_page(runtime, door, secret, again, WRONG)
    path = f"/p/session/{random_id('' if door.scope.livemode else 'test_', 60)}"
    visit = visits.Visit(
        name="",
        path=path,
        account=door.scope.account,
        livemode=door.scope.livemode,
        customer=customer,
        configuration=door.configuration["id"],
        by_link=True,
        return_url=door.return_url,
        flow=None,
        seen=clock.now(runtime.store),
    )
    return visits.begun(runtime.store, html.moved(f"{path}/home"), visit)


def email_page(runtime: Runtime, door: Door, secret: str, email: str, problem: str | None = None) -> Response:
    values: Body = {"action": door.path, "seal": visits.seal(secret), "email": email, "problem": problem}
    return html.shown("login.html", 400 if problem else 200, **framed(runtime, door), **values)


def code_page(runtime: Runtime, door: Door, secret: str, email: str, problem: str | None = None) -> Response:
    values: Body = {"action": f"{door.path}/code", "again": door.path, "seal": visits.seal(secret), "email": email}
    values |= {"minutes": outbox.LASTS // 60, "problem": problem}
    return html.shown("code.html", 400 if problem else 200, **framed(runtime, door), **values)
