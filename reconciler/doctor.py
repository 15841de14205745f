"""What a key may do and what it lacks, and what is left for people to do in the Dashboard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from reconciler import permissions
from reconciler.errors import ApiFailure
from reconciler.gateway import Gateway
from reconciler.kinds import KINDS, PARTS, scopes
from reconciler.model import Address, Desired, Target
from reconciler.permissions import Need

AT_ONCE = 8
"""As many rows are tried at the same time; the gateway paces them."""


class Answer(Enum):
    """Whether a key may read something."""

    YES = "yes"
    NO = "NO"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Finding:
    """One need, and what a call said of it. `reason` is why there is no answer, or which row is missing."""

    need: Need
    answer: Answer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A page that makes a restricted key. `by_hand` are the rows that it cannot fill in, or may not."""

    purpose: str
    url: str
    rows: tuple[str, ...]
    by_hand: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What only the Dashboard sets (stripe-facts 16). `now` is how it stands, where the account tells."""

    what: str
    url: str
    now: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that doctor says. `restricted` is None where there is no key; `problem` is why the account was not read.

    `connected`: it is about a connected account, for which a platform's key acts. `first`: there is no YAML yet, and
    what is asked is whether an account can be imported.
    """

    key: str
    restricted: bool | None
    target: Target | None
    problem: str
    findings: tuple[Finding, ...]
    others: tuple[Finding, ...]
    links: tuple[Link, ...]
    settings: tuple[Setting, ...]
    connected: bool = False
    first: bool = False

    @property
    def lacking(self) -> tuple[Finding, ...]:
        """What is needed and not there."""
        return tuple(f for f in self.findings if f.need.required and f.answer is Answer.NO)

    @property
    def fine(self) -> bool:
        """Whether plan and apply have what they need, as far as a call can tell."""
        return not self.problem and not self.lacking


def probe(gateway: Gateway, needs: Sequence[Need]) -> tuple[Finding, ...]:
    """Read one object of each, which is the least that can be asked, and harmless."""

    def one(need: Need) -> Finding:
        try:
            if need.scope is scopes.ACCOUNT:
                gateway.account()
            else:
                gateway.get(need.path, {**need.params, "limit": 1})
        except ApiFailure as failure:
            if failure.status == 403:
                return Finding(need, Answer.NO, permissions.missing(failure.message, "GET", need.path))
            return Finding(need, Answer.UNKNOWN, failure.message)
        return Finding(need, Answer.YES)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(one, needs))


def unknown(needs: Sequence[Need]) -> tuple[Finding, ...]:
    """The same without any call."""
    return tuple(Finding(need, Answer.UNKNOWN) for need in needs)


def to_import() -> tuple[Need, ...]:
    """What an import reads: every kind there is."""
    every = permissions.needs(Desired("", {}, (), released=tuple(Address(k.name, "any") for k in (*KINDS, *PARTS))))
    return tuple(replace(need, writes=False) for need in every)


def first_links(needed: Sequence[Need], modes: Sequence[bool]) -> tuple[Link, ...]:
    """A key that imports everything and writes nothing, for each mode: True is live."""
    rows = permissions.to_read(needed)
    names = [name for chosen in rows.values() for name in chosen]
    by_hand = tuple(row for row, chosen in rows.items() if not chosen) + _unsure(needed, ("Read",))

    def one(live: bool) -> Link:
        where = "live account" if live else "sandbox"
        url = permissions.link("stripe-portal import", names, live=live)
        return Link(f"import from a {where}: reads everything, and writes nothing", url, tuple(rows), by_hand)

    return tuple(map(one, modes))


def _unsure(needed: Sequence[Need], access: Sequence[str]) -> tuple[str, ...]:
    """The rows that a link may not be able to fill in."""
    certain = {n.scope.row for n in needed if n.scope.certain}
    rows = dict.fromkeys(n.scope.row for n in needed if n.scope.row not in certain)
    return tuple(f"{row}: {one}" for row in rows for one in access)


def links(desired: Desired, environment: str | None, needed: Sequence[Need], *, live: bool) -> tuple[Link, ...]:
    """Two keys: one that reads, and one for apply alone."""
    name = " ".join(filter(None, ("stripe-portal", desired.project, environment)))
    unsure = _unsure(needed, ("Read", "Write"))

    def one(purpose: str, job: str, rows: Mapping[str, tuple[str, ...]]) -> Link:
        names = [name for chosen in rows.values() for name in chosen]
        by_hand = tuple(row for row, chosen in rows.items() if not chosen or row in unsure)
        return Link(purpose, permissions.link(f"{name} {job}", names, live=live), tuple(rows), by_hand)

    return (
        one("plan, drift and impact: reads, and nothing else", "plan", permissions.to_read(needed)),
        one("the apply job alone: writes what this configuration declares", "apply", permissions.to_apply(needed)),
    )


def settings(account: Mapping[str, Any] | None, *, live: bool, connected: bool) -> tuple[Setting, ...]:
    """What no API sets, each with its page, and how it stands where the account was read.

    The branding of connected accounts can be set by their platform's key (stripe-facts 8).
    """
    base = in_mode("https://dashboard.stripe.com/settings", live=live)
    profile = (account or {}).get("business_profile") or {}
    branding = ((account or {}).get("settings") or {}).get("branding") or {}
    brand = {"icon": "icon", "logo": "logo", "primary_color": "primary colour", "secondary_color": "secondary colour"}
    support = {"support_email": "support email", "support_url": "support URL", "url": "website"}
    own = Setting("Branding: icon, logo and colours", f"{base}/branding", _unset(branding, brand) if account else "")
    return (
        *(() if connected else (own,)),
        Setting(
            "Public details: name, website, support contacts",
            f"{base}/public",
            _unset(profile, support) if account else "",
        ),
        Setting("Custom domain of the portal and of payment pages", f"{base}/custom-domains"),
        Setting("Emails to customers", f"{base}/emails"),
        Setting("Emails about subscriptions, with a link to the portal", f"{base}/billing/automatic"),
        Setting("The coupon that the portal offers to who cancels; the redesigned portal", f"{base}/billing/portal"),
    )


def in_mode(page: str, *, live: bool) -> str:
    """A page of the Dashboard, in the mode of the account; without it, one opens in the mode that was open last."""
    return page if live else page.replace("dashboard.stripe.com/", "dashboard.stripe.com/test/", 1)


def _unset(values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    missing = [text for name, text in names.items() if not values.get(name)]
    return f"not set: {', '.join(missing)}" if missing else "all set"


def account_in(message: str) -> str:
    """The id of the account in a refusal, which tells it to who may not read the account; or nothing."""
    found = re.search(r"on account '(acct_[A-Za-z0-9]+)'", message)
    return found[1] if found else ""
