"""Who can log in with an email, where Stripe's rule is applied to all customers (stripe-facts 5.4).

Stripe logs in the most recently created customer that has the email and an active subscription. Whether a trial or a
late payment counts as active is not documented, nor is who wins among customers of the same second: where that makes a
difference, the answer is that nobody can be certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

ACTIVE = "active"
STATUSES = (ACTIVE, "trialing", "past_due")
"""The states in which a subscription gives its customer what was bought, the surest first."""
_COUNTED = ((ACTIVE,), (ACTIVE, "trialing"), (ACTIVE, "past_due"), STATUSES)
"""What Stripe may count as active."""


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. `created` is Unix seconds, UTC; `status` is the surest one of its subscriptions, or empty."""

    id: str
    created: int
    email: str
    status: str

    @property
    def subscribes(self) -> bool:
        return bool(self.status)


class Login(Enum):
    """Whether a customer can log in with its own email."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Shared:
    """Customers with one email, newest first. `favoured` are those that Stripe may log in: none where nobody pays."""

    customers: tuple[Customer, ...]
    favoured: tuple[Customer, ...]

    @property
    def certain(self) -> bool:
        return [c.status for c in self.favoured] == [ACTIVE]

    def login(self, customer: Customer) -> Login:
        if customer in self.favoured:
            return Login.YES if self.certain else Login.UNSURE
        return Login.NO if any(c.status == ACTIVE for c in self.favoured) else Login.UNSURE


@dataclass(frozen=True, slots=True)
class Page:
    """The login page of a portal configuration, known by its address or its id."""

    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class Census:
    """What was found out about all customers. `pages` is None where the key may not read them.

    `similar` are customers whose emails differ by case or spaces alone: in each group all of them.
    """

    customers: int
    statuses: tuple[tuple[str, int], ...]
    without: tuple[Customer, ...]
    shared: tuple[Shared, ...]
    similar: tuple[Shared, ...]
    pages: tuple[Page, ...] | None = ()

    @property
    def subscribers(self) -> int:
        return sum(number for _, number in self.statuses)

    @property
    def closed(self) -> bool:
        """Whether no login page is on, so that nobody can log in."""
        return self.pages is not None and not any(page.on for page in self.pages)

    @property
    def nameless(self) -> tuple[Customer, ...]:
        """Subscribers that have no email."""
        return tuple(c for c in self.without if c.subscribes)

    @property
    def shut_out(self) -> tuple[tuple[Customer, Shared], ...]:
        """Subscribers in whose place another customer is logged in."""
        return tuple((c, s) for s in self.shared for c in s.customers if c.subscribes and s.login(c) is Login.NO)

    @property
    def unsure(self) -> tuple[tuple[Customer, Shared], ...]:
        """Subscribers of whom it cannot be said, each once."""
        out = {c.id for c, _ in self.shut_out}
        doubted = [(c, s) for s in self.shared for c in s.customers if s.login(c) is Login.UNSURE]
        doubted += [(c, s) for s in self.similar for c in s.customers if s.login(c) is not Login.YES]
        return tuple({c.id: (c, s) for c, s in reversed(doubted) if c.subscribes and c.id not in out}.values())[::-1]

    @property
    def locked_out(self) -> int:
        """Subscribers that certainly cannot log in."""
        return self.subscribers if self.closed else len(self.nameless) + len(self.shut_out)


def census(customers: Iterable[Customer], pages: Sequence[Page] | None = ()) -> Census:
    """Judge them all. Of those whose email nobody shares, nothing is kept."""
    groups: dict[str, list[Customer]] = {}
    statuses = dict.fromkeys(STATUSES, 0)
    without, total = list[Customer](), 0
    for one in customers:
        total += 1
        if one.subscribes:
            statuses[one.status] += 1
        if plain := folded(one.email):
            groups.setdefault(plain, []).append(one)
        else:
            without.append(one)
    shared, similar = list[Shared](), list[Shared]()
    for group in groups.values():
        if len(group) < 2:
            continue
        exact: dict[str, list[Customer]] = {}
        for one in group:
            exact.setdefault(one.email, []).append(one)
        shared += [judged(some) for some in exact.values() if len(some) > 1]
        similar += [judged(group)] if len(exact) > 1 else []
    return Census(
        total,
        tuple(statuses.items()),
        _newest_first(without),
        tuple(sorted(shared, key=_trouble)),
        tuple(sorted(similar, key=_trouble)),
        None if pages is None else tuple(pages),
    )


def folded(email: str) -> str:
    """An email without what people take for the same: case and spaces."""
    return "".join(email.split()).casefold()


def judged(customers: Iterable[Customer]) -> Shared:
    """Customers that have one email, and those of them that Stripe may log in, whatever it counts as active."""
    ordered = _newest_first(customers)
    favoured: dict[str, Customer] = {}
    for counted in _COUNTED:
        having = [c for c in ordered if c.status in counted]
        favoured |= {c.id: c for c in having if c.created == having[0].created}
    return Shared(ordered, tuple(favoured.values()))


def _newest_first(customers: Iterable[Customer]) -> tuple[Customer, ...]:
    return tuple(sorted(customers, key=lambda c: (-c.created, c.id)))


def _trouble(group: Shared) -> tuple[int, int, str]:
    """Where most subscribers are shut out comes first, then what is not certain, then the newest."""
    logins = [group.login(c) for c in group.customers if c.subscribes]
    return -2 * logins.count(Login.NO) - logins.count(Login.UNSURE), -group.customers[0].created, group.customers[0].id
