"""Customers and the subscriptions that count, in long lists of which next to nothing is kept (stripe-facts 2.5, 5.4).

A customer is some 4 kB of JSON, and takes a few hundred bytes here: of a page no more than three members outlive its
arrival. Nothing is written to disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any

from reconciler import stamp
from reconciler.errors import ApiFailure, WrongTarget
from reconciler.gateway import Gateway
from reconciler.gateway.crew import Crew
from reconciler.gateway.lists import read_all
from reconciler.gateway.pacing import Stopped
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Field, Kind
from reconciler.portal.customers.judge import STATUSES, Customer, Page

Raw = Mapping[str, Any]
Progress = Callable[[str, int], None]
CUSTOMERS, SUBSCRIPTIONS = "/v1/customers", "/v1/subscriptions"


def login() -> tuple[Kind, Field]:
    """The kind that has login pages, and the field that switches one on."""
    return next((k, f) for k in KINDS for f in k.fields if f.link_rule == "login-link")


def customers(gateway: Gateway, progress: Progress) -> Iterator[Customer]:
    """Every customer, newest first, and for each status of a subscription that counts one list of subscriptions.

    All lists are read at the same time, each in several places. Customers and subscriptions of test clocks are in none
    of them: Stripe leaves them out. Raises ApiFailure, WrongTarget.
    """
    since = gateway.account().get("created")
    crew = Crew()

    def listed(path: str, params: Mapping[str, str], member: str, what: str) -> list[Raw]:
        return read_all(
            lambda query: _slim(gateway, path, member, gateway.get(path, {**params, **query})),
            crew.submit,
            path=path,
            windowed=True,
            since=since,
            progress=lambda count: progress(what, count),
        )

    def subscribers(status: str) -> set[str]:
        rows = listed(SUBSCRIPTIONS, {"status": status}, "customer", f"{status} subscriptions")
        return {_id(row["customer"]) for row in rows}

    with ThreadPoolExecutor(1 + len(STATUSES)) as pool:
        everybody = pool.submit(listed, CUSTOMERS, {}, "email", "customers")
        having = {status: pool.submit(subscribers, status) for status in STATUSES}
        try:
            reading: list[Future[Any]] = [everybody, *having.values()]
            for future in as_completed(reading):
                future.result()
        except BaseException as error:
            crew.close()  # ends the other lists, which nobody waits for any more
            gateway.close()
            if isinstance(error, Stopped):
                raise ApiFailure(f"GET {CUSTOMERS}", "interrupted") from None
            raise
    crew.close()
    status = {ident: name for name in reversed(STATUSES) for ident in having[name].result()}
    for row in everybody.result():
        if not row["deleted"]:
            yield Customer(row["id"], row["created"], row["email"] or "", status.get(row["id"], ""))


def pages(gateway: Gateway, project: str) -> tuple[Page, ...]:
    """The login page of every portal configuration in service, those of this project by their address.

    Raises ApiFailure.
    """
    kind, switch = login()
    found = []
    for raw in gateway.list(kind.path, dict(kind.served), windowed=kind.by_created):
        page = raw.get(switch.path[0])
        on = isinstance(page, Mapping) and page.get(switch.path[-1]) is True
        mark = stamp.decode({str(k): str(v) for k, v in (raw.get("metadata") or {}).items()})
        found.append(Page(str(mark.address) if mark and mark.project == project else raw["id"], on))
    return tuple(found)


def _slim(gateway: Gateway, path: str, member: str, answer: Raw) -> Raw:
    """A page with what is needed of each row. What is not as Stripe sends it is left for others to refuse."""
    rows = answer.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return answer
    if any(row.get("livemode") is not gateway.livemode for row in rows if "livemode" in row):
        mine, theirs = ("live", "test") if gateway.livemode else ("test", "live")
        raise WrongTarget(f"{path} answers a {mine} key with {theirs} objects: nothing was written")
    known = [row["created"] for row in rows if isinstance(row.get("created"), int)]
    last = known[:1]  # what is left of something deleted has no age: it counts as its neighbour's
    slim = []
    for row in rows:
        last = [row["created"]] if isinstance(row.get("created"), int) else last
        age = {"created": last[0]} if last else {}
        slim.append({"id": row.get("id"), **age, member: row.get(member), "deleted": bool(row.get("deleted"))})
    return {"data": slim, "has_more": answer.get("has_more")}


def _id(customer: Any) -> str:
    """The id of a subscription's customer; empty where it belongs to something else."""
    return str((customer.get("id") if isinstance(customer, Mapping) else customer) or "")
