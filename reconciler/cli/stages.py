"""The stages, composed: files to desired, desired and account to plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from reconciler import config, images, impact, schema, sense, uploads
from reconciler.basis import rests_on
from reconciler.desired import declared_addresses, resolve
from reconciler.diff import diff
from reconciler.errors import Invalid, Usage
from reconciler.gateway import Gateway
from reconciler.guards import Allow, guard, is_allowed
from reconciler.kinds import KINDS
from reconciler.kinds.inside import moved
from reconciler.model import Address, Desired, Difference, Document, Observed, Pairs, Plan, Target
from reconciler.observed import Progress, check_complete, fetch, with_attached, with_members
from reconciler.pair import pair
from reconciler.plan import make


def declared(path: Path, env: str | None, variables: Mapping[str, str]) -> tuple[Document, Desired]:
    """Load, check, look at local files, and resolve. Raises Invalid with every problem of all four."""
    document = config.load(path, env=env, variables=variables)
    findings = schema.check(document)
    files, unfit = images.find(document)
    desired, problems = resolve(document, findings.broken, files)
    if findings.problems or unfit or problems:
        raise Invalid([*findings.problems, *unfit, *problems])
    return document, desired


@dataclass(frozen=True, slots=True)
class Survey:
    """One reading of the account, paired with the YAML and compared: what every command that judges it begins with.

    `unread` are the plurals of kinds that the key may not read; `urls` are those of local files that were uploaded.
    """

    observed: tuple[Observed, ...]
    pairs: Pairs
    differences: tuple[Difference, ...]
    urls: Mapping[Address, str]
    unread: tuple[str, ...]


def surveyed(
    desired: Desired,
    gateway: Gateway,
    *,
    allows: Sequence[Allow] = (),
    only: Sequence[Address] = (),
    every: bool = False,
    progress: Progress | None = None,
) -> Survey:
    """Read the account, pair and compare. Archived objects are read only for kinds that have something unsettled.

    With `every`, kinds that carry no mark are read too where nothing declares one.
    """
    unread: list[str] = []
    observed = fetch(gateway, desired, every=every, progress=progress, unread=unread.append)
    desired, observed, urls = uploads.recognised(gateway, desired, observed)
    archived: set[str] = set()
    while True:
        takeover = [p for p in _projects(observed) if is_allowed(allows, "takeover", p)]
        pairs = pair(desired, observed, takeover=takeover)
        unknown = [a for a in only if a not in _known(desired, observed)]
        missing = {a.kind for a in (*pairs.unsettled, *unknown)} - archived
        if not missing:
            break
        kinds = [k for k in KINDS if k.name in missing]
        archived |= missing
        observed += uploads.with_files(fetch(gateway, desired, kinds, active=False, progress=progress), urls)
    _check_chosen(only, _known(desired, observed))
    check_complete(pairs)
    pairs = with_members(gateway, pairs)
    observed = with_attached(gateway, observed, pairs)
    return Survey(observed, pairs, diff(pairs, desired.project), urls, tuple(unread))


def planned(
    desired: Desired,
    gateway: Gateway,
    target: Target,
    *,
    allows: Sequence[Allow] = (),
    only: Sequence[Address] = (),
    progress: Progress | None = None,
    environment: str | None = None,
    with_impact: bool = True,
) -> Plan:
    """Read the account and plan."""
    found = surveyed(desired, gateway, allows=allows, only=only, progress=progress)
    plan = make(desired, found.observed, found.pairs, found.differences, target, only, found.urls)
    plan = impact.touching(gateway, plan, found.observed, read=with_impact)
    plan = guard(plan, desired, found.observed, found.pairs, allows)
    door = gateway if with_impact else None
    plan = sense.in_account(door, plan, desired, found.observed, found.pairs, unread=found.unread, only=only)
    idle = _idle(allows, _known(desired, found.observed))
    warnings = (*not_read(found.unread), *plan.warnings, *idle)
    return replace(plan, warnings=warnings, environment=environment, basis=rests_on(plan, found.observed))


def not_read(plurals: Sequence[str]) -> Iterator[str]:
    """What a reader must know of kinds that the key may not read."""
    if plurals:
        names = ", ".join(k.plural for k in KINDS if k.plural in plurals)
        yield f"not read, as the key may not: {names}. What this project may once have made of them is not seen"


def _projects(observed: Sequence[Observed]) -> set[str]:
    return {o.stamp.project for o in observed if o.stamp}


def names(path: Path, env: str | None, variables: Mapping[str, str]) -> dict[str, list[str]]:
    """Every declared name by kind, also those of resources that have problems."""
    document = config.load(path, env=env, variables=variables)
    found: dict[str, list[str]] = {}
    for address in declared_addresses(document):
        found.setdefault(address.kind, []).append(address.name)
    return found


def _known(desired: Desired, observed: Sequence[Observed]) -> set[Address]:
    """Every address that the YAML declares or an object bears."""
    return {*desired.resources, *(moved(desired.moved, o.stamp.address) for o in observed if o.stamp)}


def _check_chosen(only: Sequence[Address], known: set[Address]) -> None:
    """An address that neither the YAML nor the account knows is a slip, and not a plan with nothing in it."""
    for address in only:
        if address not in known:
            near = get_close_matches(str(address), map(str, known), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise Usage(f"neither the YAML nor the account has {address}{hint}")


def _idle(allows: Sequence[Allow], known: set[Address]) -> Iterator[str]:
    """A leave for what is not there may be a slip, or one that a pipeline still gives; `takeover` names a project."""
    for one in allows:
        if "." in one.only and one.only not in set(map(str, known)):
            yield f"--allow {one.rule}={one.only} is for nothing: neither the YAML nor the account has that address"
