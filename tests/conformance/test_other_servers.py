"""Servers that are not quite Stripe. Each is the emulator with one defect; each must end in one clear message.

The defects are those that other people's Stripe servers have: a missing endpoint, a parameter that is ignored, a member
that is left out. None may end in a loop, in a list of duplicates, or in words about a bug of ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.emulator.server import Running
from tests.conformance.proxy import HOP_BY_HOP, listened, local
from tests.harness import COLLECTIONS, Account, Project, Result

YAML = """
stripe_portal: 1
project: acme
products:
  pro:
    id: pro
    name: Pro
    default_price: monthly
    prices:
      monthly:
        {amount: 19.00, currency: usd, recurring: {interval: month}, currency_options: {eur: {amount: 18.00}}}
      usage:
        currency: usd
        tiers_mode: volume
        tiers: [{up_to: 10, unit_amount: 5}, {up_to: inf, unit_amount: 4}]
portal_configurations:
  main:
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: pro}]
"""
Answer = tuple[int, bytes]


class Call(NamedTuple):
    """A call, and the emulator's answer to it."""

    method: str
    path: str
    status: int
    body: Any


Bend = Callable[[Call], Answer | None]
"""Another answer in the place of the emulator's, or None to leave it."""


@dataclass
class Crooked:
    """The emulator with a defect that can be swapped."""

    url: str = ""
    bend: Bend = lambda _: None

    @contextmanager
    def answering(self, bend: Bend) -> Iterator[str]:
        """Its address, while it has this defect."""
        self.bend = bend
        yield self.url
        self.bend = lambda _: None


@pytest.fixture(scope="session")
def crooked(emulator: Running) -> Iterator[Crooked]:
    server = Crooked()
    with local() as session:

        async def answer(request: Request) -> Response:
            headers = {k: v for k, v in request.headers.items() if k not in HOP_BY_HOP}
            target, query = emulator.url + request.scope["raw_path"].decode(), request.url.query
            body = await request.body()
            got = await run_in_threadpool(
                session.request, request.method, target, params=query, data=body, headers=headers
            )
            bent = server.bend(Call(request.method, request.url.path, got.status_code, got.json()))
            status, content = bent or (got.status_code, got.content)
            return Response(content, status, {"Content-Type": "application/json"})

        routes = [Route("/{path:path}", answer, methods=["GET", "POST", "DELETE"])]
        with listened(Starlette(routes=routes)) as server.url:
            yield server


def said(value: Any) -> Answer:
    return 200, json.dumps(value).encode()


def lacks(part: str, answer: Answer = (404, b"404: Not Found")) -> Bend:
    """No such endpoint."""
    return lambda call: answer if part in call.path else None


def rows(change: Callable[[dict[str, Any]], Any], part: str = "/v1/") -> Bend:
    """Another page wherever a page is answered."""

    def bend(call: Call) -> Answer | None:
        listed = call.method == "GET" and part in call.path and call.body.get("object") == "list"
        return said(change(call.body)) if listed else None

    return bend


def written(change: Callable[[dict[str, Any]], Any]) -> Bend:
    """Another object wherever one is created or updated."""
    return lambda call: said(change(call.body)) if call.method == "POST" and call.status == 200 else None


def everywhere(change: Callable[[dict[str, Any]], Any]) -> Bend:
    """Another object wherever one is answered, alone or in a page."""

    def bend(call: Call) -> Answer | None:
        if call.status != 200 or call.path == "/v1/account":
            return None
        if call.body.get("object") == "list":
            return said({**call.body, "data": [change(row) for row in call.body["data"]]})
        return said(change(call.body))

    return bend


UNREADABLE = {
    "no account endpoint": (lacks("/account"), "/v1/account"),
    "no account endpoint, in Stripe's words": (
        lacks("/account", (404, b'{"error": {"message": "Unrecognized request URL"}}')),
        "Unrecognized request URL",
    ),
    "no prices": (lacks("/prices"), "/v1/prices"),
    "no portal configurations": (lacks("/configurations"), "/v1/billing_portal/configurations"),
    "not a Stripe server": (lacks("", (200, b"<html>Welcome to nginx!</html>")), "/v1/account"),
    "an empty answer": (lacks("", (200, b"")), "/v1/account"),
    "no content": (lacks("", (204, b"")), "/v1/account"),
    "an account without an id": (lacks("/account", (200, b"{}")), "/v1/account"),
    "an error in words of its own": (lacks("/products", (400, b'{"detail": ["no"]}')), "/v1/products"),
    "an error with a status of 200": (lacks("/products", (200, b'{"error": {"message": "no"}}')), "/v1/products"),
    "a page that is a list": (rows(lambda page: page["data"]), "GET /v1/"),
    "a page without rows": (rows(lambda page: {**page, "data": None}), "GET /v1/"),
    "rows that are ids": (rows(lambda page: {**page, "data": ["pro"]}), "GET /v1/"),
    "rows without ids": (rows(lambda page: {**page, "data": [{"object": "product"}]}), "GET /v1/"),
}


@pytest.mark.parametrize(
    "case",
    [
        *UNREADABLE,
    ],
)
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_an_account_that_cannot_be_read_is_one_clear_error(
    crooked: Crooked, project: Project, case: str, command: str
) -> None:
    bend, named = UNREADABLE[case]
    project.write(YAML)
    with crooked.answering(bend) as url:
        result = talk(project, url, command)
    assert result.code == 1, result.text
    clear(result, project.account)
    assert named in result.err
    assert not project.account.requests("POST")


def test_pages_that_repeat_themselves_are_an_error_and_no_loop(crooked: Crooked, project: Project) -> None:
    project.write(YAML)
    asked = count()

    def bend(call: Call) -> Answer | None:
        if call.path != "/v1/products":
            return None
        row = {"id": "prod_1", "object": "product", "active": True, "created": 1, "name": "Pro", "metadata": {}}
        return said({"object": "list", "data": [row], "has_more": next(asked) < 20})

    with crooked.answering(bend) as url:
        result = talk(project, url, "plan")
    assert next(asked) < 20
    assert result.code == 1
    clear(result, project.account)


FORGETFUL = {
    "metadata is not kept": everywhere(lambda row: {**row, "metadata": {}}),
    "a written object has no id": written(lambda row: {k: v for k, v in row.items() if k != "id"}),
    "a written object is another one": written(lambda row: {**row, "id": "other_1", "metadata": {}}),
    "a written object is a text": written(lambda _: "ok"),
}


@pytest.mark.parametrize(
    "case",
    [
        *FORGETFUL,
    ],
)
def test_a_server_that_does_not_keep_what_it_was_sent_is_noticed_at_the_first_write(
    crooked: Crooked, project: Project, case: str
) -> None:
    project.write(YAML)
    with crooked.answering(FORGETFUL[case]) as url:
        result = talk(project, url, "apply")
        assert result.code == 1, result.text
        clear(result, project.account)
        assert len(project.account.requests("POST")) == 1
        for runs in (2, 3, 4):
            assert "in a way that it should not" not in talk(project, url, "apply").err
            if case != "a written object is a text":
                assert len(project.account.requests("POST")) <= runs


HIDING = {
    "tiers": lambda row: {k: v for k, v in row.items() if k != "tiers"},
    "currency_options": lambda row: {k: v for k, v in row.items() if k != "currency_options"},
    "features.subscription_update.products": lambda row: without_products(row),
}


@pytest.mark.parametrize(
    "part",
    list(HIDING),
)
def test_a_server_that_does_not_expand_is_noticed(crooked: Crooked, project: Project, part: str) -> None:
    project.write(YAML)
    project.apply()
    project.account.forget()
    with crooked.answering(everywhere(HIDING[part])) as url:
        result = talk(project, url, "apply")
    assert result.code == 1, result.text
    clear(result, project.account)
    assert part in result.err
    assert not project.account.requests("POST")


def without_products(row: dict[str, Any]) -> dict[str, Any]:
    if row.get("object") != "billing_portal.configuration":
        return row
    update = {k: v for k, v in row["features"]["subscription_update"].items() if k != "products"}
    return {**row, "features": {**row["features"], "subscription_update": update}}


def test_a_server_that_ignores_filters_converges_all_the_same(crooked: Crooked, project: Project) -> None:
    """Archived objects come with those in service; the tool looks at what an object says of itself."""
    project.write(YAML)
    project.apply()
    project.edit("19.00", "24.00")
    with crooked.answering(lambda _: None) as plain:
        talk(project, plain, "apply")
    every = {}
    for path, expand, *_ in COLLECTIONS.values():
        every[path] = project.account.get(
            path, limit=100, **{"expand[]": [f"data.{e}" for e in expand if "*" not in e]}
        )

    def bend(call: Call) -> Answer | None:
        return said(every[call.path]) if call.method == "GET" and call.path in every else None

    with crooked.answering(bend) as url:
        result = talk(project, url, "plan", "--detailed-exitcode")
    assert result.code == 0, result.text


def test_a_message_of_the_server_is_printed_without_what_it_could_do_to_a_terminal(
    crooked: Crooked, project: Project
) -> None:
    text = f"No \x1b[2J\x1b]0;title\x07 {project.account.key} \u202e gnp.exe\r\nError: all is well"
    project.write(YAML)
    with crooked.answering(lacks("/products", (400, json.dumps({"error": {"message": text}}).encode()))) as url:
        result = talk(project, url, "plan")
    assert result.code == 1
    clear(result, project.account)
    assert not set("\x1b\x07\u202e\r") & set(result.text)
    assert "\nError: all is well" not in result.err


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(crooked: Crooked, project: Project, status: int) -> None:
    project.write(YAML)
    with crooked.answering(lacks("", (status, b""))) as url:
        result = talk(project, url, "plan")
    assert result.code == 1
    assert "redirect" in result.err


def talk(project: Project, url: str, *command: str) -> Result:
    yes = ["--yes"] if command[0] == "apply" else []
    return project.run(*command, *yes, "--base-url", url, key=project.account.key, code=None)


def clear(result: Result, account: Account) -> None:
    """One message in plain words that gives nothing away."""
    assert "Traceback" not in result.text
    assert "in a way that it should not" not in result.text, result.text
    assert account.key not in result.text
    assert result.err.strip()
