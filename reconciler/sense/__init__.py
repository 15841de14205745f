"""What is right and makes a bad portal all the same: warnings, of the YAML alone and of the account (kinds.sense).

They change no exit code. Each goes by a name, and `silence` in the YAML takes it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.errors import Problem
from reconciler.gateway import Gateway
from reconciler.kinds.inside import declared
from reconciler.kinds.sense import SENSE, SUBSCRIPTIONS, Rule, Seen
from reconciler.model import Address, Desired, Document, Observed, Pairs, Place, Plan, Resource, Source
from reconciler.sense.sheets import Sheets

__all__ = ["idle", "in_account", "in_yaml"]

KEY = "silence"


def in_yaml(document: Document, desired: Desired) -> list[Problem]:
    """What the YAML shows, in the order of the files. The hint is what silences it."""
    where = _places(document, desired)
    return sorted(
        Problem(_source(document, where[resource.address], path), _text(rule, resource, said), f"{KEY}: {rule.name}")
        for rule, resource in _judged(desired)
        if rule.declared and not _is_silent(rule, resource, desired)
        for path, said in rule.declared(resource, desired)
    )


def idle(document: Document, desired: Desired) -> list[Problem]:
    """What the YAML silences although it shows nothing to silence.

    Only where there is one environment: what nothing is to one may be something to another.
    """
    if document.environment is not None:
        return []
    where = _places(document, desired)
    busy = {
        (rule.name, resource.address)
        for rule, resource in _judged(desired)
        if rule.account or (rule.declared and any(True for _ in rule.declared(resource, desired)))
    }
    named = [(resource.address, name) for resource in desired.resources.values() for name in _silenced(resource)]
    found = [((*where[a], KEY), f"{a}: {name}") for a, name in named if (name, a) not in busy]
    found += [((KEY,), name) for name in desired.silenced if name not in {rule for rule, _ in busy}]
    return sorted(Problem(document.key_at(at), f"{said} is silenced, and says nothing") for at, said in found)


def in_account(
    gateway: Gateway | None,
    plan: Plan,
    desired: Desired,
    observed: Sequence[Observed],
    pairs: Pairs,
    *,
    unread: Sequence[str] = (),
    only: Sequence[Address] = (),
) -> Plan:
    """The plan with what only the account shows. Costs at most one page of each collection that a rule wants.

    Without a gateway nothing more is read, and nothing is said of it. What could not be read is said once, and never
    fails a plan. `only` are the chosen addresses, where some were chosen.
    """
    spared = frozenset([SUBSCRIPTIONS]) if any(one.unread for one in plan.impact) else frozenset()
    sheets = Sheets(gateway, spared)
    found: list[str] = []
    for rule, resource in _judged(desired):
        if rule.account is None or _is_silent(rule, resource, desired) or (only and resource.address not in only):
            continue
        seen = Seen(desired, plan, observed, pairs.found, unread, sheets.reader(rule.name))
        for _, said in rule.account(resource, seen):
            found.append(f"{_text(rule, resource, said)} ({resource.source}; {KEY}: {rule.name})")
    return replace(plan, warnings=(*plan.warnings, *found, *sheets.failures()))


def _judged(desired: Desired) -> Iterator[tuple[Rule, Resource]]:
    """Every rule with every resource in service that it is for."""
    kinds = {rule.kind for rule in SENSE}
    judged = [r for a, r in desired.resources.items() if a.kind in kinds and r.properties.get(("active",)) is not False]
    for resource in judged:
        yield from ((rule, resource) for rule in SENSE if rule.kind == resource.address.kind)


def _silenced(resource: Resource) -> tuple[str, ...]:
    return tuple(resource.hints.get(KEY) or ())


def _is_silent(rule: Rule, resource: Resource, desired: Desired) -> bool:
    return rule.name in desired.silenced or rule.name in _silenced(resource)


def _text(rule: Rule, resource: Resource, said: str) -> str:
    return f"{resource.address}: {said}: {rule.why}. {rule.change}"


def _places(document: Document, desired: Desired) -> Mapping[Address, Place]:
    """Where the resources stand that rules are for."""
    kinds = {resource.address.kind for _, resource in _judged(desired)}
    return {d.address: d.place for d in declared(document.data) if d.address.kind in kinds}


def _source(document: Document, place: Place, path: Place) -> Source:
    """Where something stands in a resource, or the innermost thing around it that is written."""
    while path and (*place, *path) not in document.sources:
        path = path[:-1]
    listed = bool(path) and isinstance(path[-1], int)
    return (document.at if listed else document.key_at)((*place, *path))
