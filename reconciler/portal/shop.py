"""What a preview is made of: the declared portals and what they name; and the same as an account has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.branding import BRANDING
from reconciler.kinds.portal_configuration import PORTAL_CONFIGURATION
from reconciler.kinds.values import filled
from reconciler.model import Address, Desired, Difference, LocalFile, Observed, Pairs, Properties, Ref


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal configuration, under the address that it has, or would have, in the YAML."""

    address: Address
    properties: Properties
    is_default: bool

    def value(self, name: str) -> Any:
        """A field by its name, with what the server fills in."""
        field_ = PORTAL_CONFIGURATION.leaf(tuple(name.split(".")))
        return filled(field_, self.properties.get(field_.path))


@dataclass(frozen=True, slots=True)
class Shop:
    """One reading of all there is to show.

    `objects` are by the text of their address, or by their id; `names` gives the address behind an id. `business` is
    the name that customers know, and `contact` how they reach it; from YAML alone both are unknown.
    """

    label: str
    business: str
    portals: Mapping[str, Portal]
    objects: Mapping[str, Properties]
    branding: Properties
    files: Mapping[Address, LocalFile]
    names: Mapping[str, str] = field(default_factory=dict)
    contact: tuple[str, ...] = ()
    known: bool = False  # an account was read for it

    def find(self, member: Any) -> tuple[str, Properties | None]:
        """What a field names: the key by which to tell it from others on every reading, and what is known of it."""
        name = str(member)
        key = name if isinstance(member, Ref) else self.names.get(name, name)
        return key, self.objects.get(key) or self.objects.get(name)


def declared(desired: Desired, label: str) -> Shop:
    """What the YAML alone says."""
    return Shop(
        label,
        desired.project,
        {a.name: _declared(desired, a) for a in portals(desired)},
        {str(a): r.properties for a, r in desired.resources.items()},
        _branding(desired),
        desired.files,
    )


def portals(desired: Desired) -> tuple[Address, ...]:
    """The addresses of the declared portals, as they are written."""
    return tuple(a for a in desired.resources if a.kind == PORTAL_CONFIGURATION.name)


def _declared(desired: Desired, address: Address, more: Properties | None = None) -> Portal:
    resource = desired.resources[address]
    properties = resource.properties if more is None else more
    return Portal(address, properties, bool(resource.hints.get(PORTAL_CONFIGURATION.default_flag)))


def _branding(desired: Desired) -> Properties:
    return next((r.properties for a, r in desired.resources.items() if a.kind == BRANDING.name), {})


def both(
    desired: Desired,
    observed: Sequence[Observed],
    pairs: Pairs,
    differences: Sequence[Difference],
    account: Mapping[str, Any],
    branding: Properties,
    labels: tuple[str, str],
) -> tuple[Shop, Shop]:
    """What the account has today, and what it has once the YAML is applied.

    `account` is Stripe's raw account, and `branding` its part of that name, with local files recognised.
    """
    names = pairs.names
    business, contact = _business(account), tuple(_contact(account))
    live = {o.id: o.properties for o in observed}
    flag = (PORTAL_CONFIGURATION.default_flag,)
    there = {}
    for pair in pairs.pairs:
        one = pair.observed
        if one is not None and pair.address.kind == PORTAL_CONFIGURATION.name:
            there[pair.address.name] = Portal(pair.address, one.properties, bool(one.properties.get(flag)))
    today = Shop(
        labels[0], business or desired.project, there, live, branding, desired.files, names, contact, known=True
    )
    planned = dict(_planned(differences))
    after = {a: planned.get(a, desired.resources[a].properties) for a in desired.resources}
    then = Shop(
        labels[1],
        business or desired.project,
        {a.name: _declared(desired, a, after[a]) for a in portals(desired)},
        live | {str(a): p for a, p in after.items()},
        {**branding, **_branding(desired)},
        desired.files,
        names,
        contact,
        known=True,
    )
    return today, then


def _planned(differences: Sequence[Difference]) -> Iterator[tuple[Address, Properties]]:
    """What each declared object will be: what nobody declares stays as it is, and what Stripe can clear is cleared."""
    for one in differences:
        if one.pair.desired is None:
            continue
        found = one.pair.observed.properties if one.pair.observed else {}
        changed = {c.path: c.after for change in one.changes for c in change.fields}
        merged = {**found, **one.pair.desired.properties, **changed}
        yield one.pair.address, {path: value for path, value in merged.items() if value is not None}


def _business(account: Mapping[str, Any]) -> str:
    settings = (account.get("settings") or {}).get("dashboard") or {}
    return str((account.get("business_profile") or {}).get("name") or settings.get("display_name") or "")


def _contact(account: Mapping[str, Any]) -> Iterator[str]:
    profile = account.get("business_profile") or {}
    for key in ("support_email", "support_phone", "support_url"):
        if profile.get(key):
            yield str(profile[key])
