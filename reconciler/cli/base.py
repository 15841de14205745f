"""A plan without a key: against an emulator that is as another revision's YAML would have made the account."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.apply import apply
from reconciler.cli import revision, stand_ins
from reconciler.cli.earlier import declared_at
from reconciler.cli.foreign import adopting, masking, swapped, without_hints
from reconciler.cli.stages import planned
from reconciler.cli.stand_ins import Room
from reconciler.config.files import locate
from reconciler.errors import Unresolved
from reconciler.gateway import Gateway, connect
from reconciler.guards import RULES, Allow
from reconciler.kinds import BY_NAME
from reconciler.kinds.inside import moved
from reconciler.kinds.shapes import moment
from reconciler.model import Address, Desired, Document, Outcome, Plan, Ref, Status, Target

CONNECTED = "acct_1Base000000000000"
"""The account, where the environment has no connected one: also a connected one, whose branding can be written."""

_SAID, _HOUR = 5, 3600


@dataclass(frozen=True, slots=True)
class Base:
    """Where to plan and what; `masked` is the plan with the ids that people know, and with what was assumed."""

    gateway: Gateway
    target: Target
    desired: Desired
    masked: Callable[[Plan], Plan]


@contextmanager
def base(name: str, path: Path, document: Document, desired: Desired, variables: Mapping[str, str]) -> Iterator[Base]:
    """An account as the YAML at the revision `name` makes it, which is gone afterwards. No key is read.

    Raises Usage and Unresolved when there is no such revision, or its YAML is not right or cannot be applied.
    """
    from reconciler.emulator.accounts import ACCOUNT, LIVE_KEY, TEST_KEY
    from reconciler.emulator.server import serve

    root = locate(path)
    found = revision.find(name, root.parent)
    live = document.settings.get("livemode") is True
    account = document.settings.get("stripe_account") or CONNECTED
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="stripe-portal-")))
        before, notes = declared_at(found, root.name, folder, document.environment, variables)
        running = stack.enter_context(serve(None))
        running.order("accounts", id=account, connected_to=ACCOUNT)
        key = LIVE_KEY if live else TEST_KEY
        with connect(key, base_url=running.url, account=account) as gateway:
            try:
                ids, assumed = _prepared(Room(running, gateway, account, live), before, desired)
            except ValueError as reason:
                raise Unresolved(f"the YAML at {found} could not be applied to an empty emulator: {reason}") from None
        # The other gateway keeps the account as it was before.
        gateway = stack.enter_context(connect(key, base_url=running.url, account=account))
        known = {ident: _known(found, before, address, ident) for address, ident in ids.items()}
        mask = masking(known, running.url)

        def masked(plan: Plan) -> Plan:
            shown: Plan = mask(plan)
            return replace(shown, warnings=(*notes, *assumed, *shown.warnings))

        connected = bool(document.settings.get("stripe_account"))
        target = replace(
            gateway.target(), account="", name="", host="", emulator=True, connected=connected, base=str(found)
        )
        taken = {hint: ids[address] for address, hint in adopting(before).items() if address in ids}
        yield Base(gateway, target, swapped(desired, taken), masked)


def _known(found: revision.Revision, before: Desired, address: Address, ident: str) -> str:
    """What people call an object: the id that the YAML gives it, else where it comes from."""
    own = before.resources[address].properties.get(("id",))
    return adopting(before).get(address) or (ident if ident == own else f"{found.label}:{address}")


def _prepared(room: Room, before: Desired, after: Desired) -> tuple[dict[Address, str], list[str]]:
    """Bring about what was declared before, and what either takes for granted.

    Gives the id of each resource, and what was assumed. Raises ValueError with what cannot be.
    """
    assumed = stand_ins.furnish(room, before, after)
    kept = {moved(after.moved, address) for address in before.resources}
    fresh = {address: hint for address, hint in adopting(after).items() if address not in kept}
    late = stand_ins.adopted(room, after, fresh, before, {})
    hints = adopting(before)
    created = without_hints(swapped(before, {hint: Ref(address) for address, hint in hints.items()}), hints)
    if past := _past(before):
        room.running.order("clock", set=past - _HOUR)
    ids = {o.action.address: o.id for o in _applied(room, created) if o.id}
    if past:
        room.running.order("clock", set=time.time(), run=True)
    placed = {moved(after.moved, address): ident for address, ident in ids.items()}
    lost = stand_ins.adopted(room, after, late, before, placed)
    assumed += [f"{a}: {h} is taken for what the YAML says of it" for a, h in fresh.items() if a not in lost]
    return ids, assumed


def _past(desired: Desired) -> int:
    """The oldest moment that is over by now, or 0: when it was declared, it was not."""
    now, found = int(time.time()), []
    for address, resource in desired.resources.items():
        rows = ((BY_NAME[address.kind].leaf(path), value) for path, value in resource.properties.items())
        found += [value for row, value in rows if row.canonical is moment and isinstance(value, int) and value <= now]
    return min(found, default=0)


def _applied(room: Room, desired: Desired) -> tuple[Outcome, ...]:
    """Apply to the emulator whatever a guard would say. Raises ValueError with what failed."""
    waiting = stand_ins.named(room, desired)
    target = room.gateway.target()
    plan = planned(desired, room.gateway, target, allows=[Allow(rule) for rule in RULES], with_impact=False)

    def follow(outcome: Outcome) -> None:
        for one in waiting.pop(outcome.action.address, ()) if outcome.id else ():
            stand_ins.put(room, one, outcome.id, desired)

    outcomes = apply(plan, room.gateway, follow) if not plan.refusals else ()
    failed = [f"{o.action.address}: {o.error}" for o in outcomes if o.status is Status.FAILED]
    if said := [*plan.refusals, *failed]:
        raise ValueError("\n".join(said[:_SAID]))
    return outcomes
