"""One request to a page of the portal, and what its visitor may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from reconciler.emulator import clock, objects
from reconciler.emulator.errors import Refusal
from reconciler.emulator.messages import known_versions
from reconciler.emulator.model import Call, Scope
from reconciler.emulator.pages.visits import Visit
from reconciler.emulator.params import shape_of
from reconciler.emulator.runtime import Runtime
from reconciler.emulator.store import Body
from reconciler.emulator.validate import typed

MOST = 64 * 1024


@dataclass(frozen=True)
class Asked:
    """`form` is the query of a page that is read, the form of one that is sent; `problem` why that form was refused."""

    call: Call
    visit: Visit
    configuration: Body
    customer: Body
    form: Mapping[str, str]
    seal: str
    problem: str | None = None

    def feature(self, name: str) -> Body:
        """A feature of the configuration; forbidden unless it is switched on."""
        feature: Body = self.configuration["features"][name]
        if not feature["enabled"]:
            raise forbidden()
        return feature

    def subscription(self) -> Body:
        """The subscription that the form names, which must be the customer's own and go on."""
        found = objects.find(self.call, "subscription", self.form.get("subscription", ""))
        if found is None or found["customer"] != self.customer["id"] or found["status"] == "canceled":
            raise Refusal("There is no such subscription.", status=404)
        return found

    def act(
        self, operation: str, variables: Mapping[str, str], tree: dict[str, Any], emptyable: Iterable[str] = ()
    ) -> Body:
        """A call of the API in the customer's name: the same parameters, rules and events, but no request of a key.
        That the events then name no request is recall. `emptyable` names what a form may empty beside."""
        known = {one.name: one for resource in self.call.kinds.values() for one in resource.operations}[operation]
        params = typed(shape_of(known.params), tree, known.sizes, known.emptyable.union(emptyable))
        return known.handler(replace(self.call, path=variables, params=params))


def forbidden() -> Refusal:
    return Refusal("Your portal does not offer this.", status=403)


def calling(runtime: Runtime, scope: Scope) -> Call:
    """A call without parameters, by nobody's key."""
    now = int(clock.now(runtime.store))
    version = known_versions()[-1]
    return Call(runtime.store, runtime.kinds, scope, now, "", None, {}, {}, version, by_hand=True)


async def sent(request: Request) -> dict[str, str]:
    """The query, or the form of a POST; of a name that comes twice, the last. Raises Refusal for a long one."""
    if request.method != "POST":
        return dict(request.query_params)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST:
            raise Refusal("This is too much for a form.", status=413)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
