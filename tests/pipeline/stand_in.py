"""A stand-in for the APIs of GitHub and GitLab, over real HTTP: what our jobs call, and what a token may do."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from reconciler.emulator.server import address, listening

BOT = "github-actions[bot]"
LIMIT = {"github": 65_536, "gitlab": 1_000_000}


@dataclass
class Token:
    """Who posts with a token, and what GitHub lets it do: `permissions` of a job."""

    login: str
    rights: Mapping[str, str]


@dataclass
class Site:
    """The state of one repository. `faults` are the answers that the next calls get, whatever they are."""

    url: str = ""
    tokens: dict[str, Token] = field(default_factory=dict)
    notes: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    pulls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reviewers: dict[str, list[str]] = field(default_factory=dict)
    faults: list[tuple[int, Mapping[str, str], Mapping[str, Any]]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(100))

    def say(self, pull: int, login: str, body: str) -> None:
        self.notes.setdefault(pull, []).append(_note(next(self.numbers), login, body))

    def bodies(self, pull: int, login: str = BOT) -> list[str]:
        return [n["body"] for n in self.notes.get(pull, []) if n["user"]["login"] == login]

    def may(self, request: Request, name: str, right: str) -> bool:
        rights = self.token(request).rights
        return rights.get(name) == "write" or (right == "read" and rights.get(name) == "read")

    def token(self, request: Request) -> Token:
        sent = request.headers.get("private-token") or request.headers.get("authorization", "").removeprefix("Bearer ")
        return self.tokens[sent]


def _note(number: int, login: str, body: str) -> dict[str, Any]:
    who = {"login": login, "id": sum(map(ord, login))}
    return {"id": number, "iid": number, "user": who, "author": who, "body": body, "description": body}


def _denied(text: str = "Resource not accessible by integration") -> JSONResponse:
    return JSONResponse({"message": text}, 403)


def _page(request: Request, rows: list[dict[str, Any]]) -> JSONResponse:
    size, page = int(request.query_params.get("per_page", 30)), int(request.query_params.get("page", 1))
    return JSONResponse(rows[(page - 1) * size : page * size])


def github(site: Site) -> list[Route]:
    """The paths of GitHub, under /repos/acme/shop."""

    async def comments(request: Request) -> Response:
        pull = request.path_params["number"]
        if request.method == "GET":
            return _page(request, site.notes.get(pull, []))
        names = ("issues",) if any(i["number"] == pull for i in site.issues) else ("pull-requests", "issues")
        if not any(site.may(request, name, "write") for name in names):
            return _denied()
        body = (await request.json())["body"]
        if len(body.encode()) > LIMIT["github"]:
            return JSONResponse({"message": "Validation Failed"}, 422)
        site.say(pull, site.token(request).login, body)
        return JSONResponse(site.notes[pull][-1], 201)

    async def comment(request: Request) -> Response:
        if not site.may(request, "pull-requests", "write"):
            return _denied()
        (found,) = [n for notes in site.notes.values() for n in notes if n["id"] == request.path_params["number"]]
        found["body"] = (await request.json())["body"]
        return JSONResponse(found)

    async def pulls(request: Request) -> Response:
        return _page(request, site.pulls.get(request.path_params["sha"], []))

    async def issues(request: Request) -> Response:
        if request.method == "GET":
            label, state = request.query_params["labels"], request.query_params["state"]
            return _page(request, [i for i in site.issues if label in i["labels"] and i["state"] == state])
        if not site.may(request, "issues", "write"):
            return _denied()
        number = next(site.numbers)
        about = {"number": number, "html_url": f"https://github.example/acme/shop/issues/{number}", "state": "open"}
        site.issues.append({**_note(number, site.token(request).login, ""), **about, **(await request.json())})
        return JSONResponse(site.issues[-1], 201)

    async def issue(request: Request) -> Response:
        if not site.may(request, "issues", "write"):
            return _denied()
        (found,) = [i for i in site.issues if i["number"] == request.path_params["number"]]
        found |= await request.json()
        return JSONResponse(found)

    async def environment(request: Request) -> Response:
        if not site.may(request, "actions", "read"):
            return _denied()
        name = request.path_params["name"]
        if name not in site.reviewers:
            return JSONResponse({"message": "Not Found"}, 404)
        rules = [{"type": "branch_policy"}] + [{"type": "required_reviewers"}] * bool(site.reviewers[name])
        return JSONResponse({"name": name, "protection_rules": rules})

    return [
        Route("/repos/acme/shop/issues/comments/{number:int}", comment, methods=["PATCH"]),
        Route("/repos/acme/shop/issues/{number:int}/comments", comments, methods=["GET", "POST"]),
        Route("/repos/acme/shop/issues/{number:int}", issue, methods=["PATCH"]),
        Route("/repos/acme/shop/issues", issues, methods=["GET", "POST"]),
        Route("/repos/acme/shop/commits/{sha}/pulls", pulls),
        Route("/repos/acme/shop/environments/{name}", environment),
    ]


def gitlab(site: Site) -> list[Route]:
    """The paths of GitLab, under /projects/7."""

    async def user(request: Request) -> Response:
        return JSONResponse(_note(0, site.token(request).login, "")["user"])

    async def notes(request: Request) -> Response:
        number = request.path_params["number"]
        if request.method == "GET":
            return _page(request, site.notes.get(number, []))
        site.say(number, site.token(request).login, (await request.json())["body"])
        return JSONResponse(site.notes[number][-1], 201)

    async def note(request: Request) -> Response:
        (found,) = [n for rows in site.notes.values() for n in rows if n["id"] == request.path_params["id"]]
        found["body"] = (await request.json())["body"]
        return JSONResponse(found)

    async def merge_requests(request: Request) -> Response:
        return _page(request, site.pulls.get(request.path_params["sha"], []))

    async def issues(request: Request) -> Response:
        if request.method == "GET":
            label, state = request.query_params["labels"], request.query_params["state"]
            return _page(request, [i for i in site.issues if label in i["labels"] and i["state"] == state])
        number, sent = next(site.numbers), await request.json()
        about = {"web_url": f"https://gitlab.example/acme/shop/-/issues/{number}", "state": "opened", **sent}
        site.issues.append({**_note(number, site.token(request).login, ""), **about})
        return JSONResponse(site.issues[-1], 201)

    async def issue(request: Request) -> Response:
        (found,) = [i for i in site.issues if i["iid"] == request.path_params["number"]]
        sent = await request.json()
        found |= {"state": "closed"} if sent.get("state_event") == "close" else sent
        return JSONResponse(found)

    return [
        Route("/user", user),
        Route("/projects/7/repository/commits/{sha}/merge_requests", merge_requests),
        Route("/projects/7/merge_requests/{number:int}/notes", notes, methods=["GET", "POST"]),
        Route("/projects/7/merge_requests/{number:int}/notes/{id:int}", note, methods=["PUT"]),
        Route("/projects/7/issues/{number:int}/notes", notes, methods=["GET", "POST"]),
        Route("/projects/7/issues/{number:int}", issue, methods=["PUT"]),
        Route("/projects/7/issues", issues, methods=["GET", "POST"]),
    ]


@contextmanager
def serving() -> Iterator[Site]:
    """The stand-in, until the block ends."""
    site = Site()
    inside = Starlette(routes=[Mount("/github", routes=github(site)), Mount("/api/v4", routes=gitlab(site))])

    async def application(scope: Any, receive: Any, send: Any) -> None:
        site.calls.append(f"{scope['method']} {scope['path'].partition('/')[2].partition('/')[2]}")
        answer: Any = inside
        request = Request(scope)
        sent = request.headers.get("private-token") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if site.faults:
            status, headers, body = site.faults.pop(0)
            answer = JSONResponse(dict(body), status, dict(headers))
        elif sent not in site.tokens:
            answer = JSONResponse({"message": "Bad credentials"}, 401)
        await answer(scope, receive, send)

    with listening(0) as listener:
        site.url = address(listener)
        server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.should_exit = True
            thread.join()
