"""A saved document back to the plan that it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.model import (
    Action,
    Address,
    Basis,
    Cause,
    Change,
    FieldChange,
    Impact,
    LocalFile,
    Observed,
    Part,
    Path,
    Plan,
    Ref,
    Resource,
    Source,
    Stamp,
    Target,
    Verb,
)
from reconciler.planfile import format as file
from reconciler.planfile.write import Origin


def plan(saved: file.SavedPlan) -> Plan:
    """The plan. Raises ValueError for what no plan of ours could say."""
    return Plan(
        id=saved.id,
        target=target(saved.account),
        actions=tuple(_action(a, at) for at, a in enumerate(saved.actions)),
        unchanged=saved.unchanged,
        warnings=tuple(saved.warnings),
        refusals=tuple(saved.refusals),
        names=saved.names,
        partial=saved.partial,
        files={
            Address.parse(f.address): LocalFile(f.written, f.location, f.digest, f.size, f.type, f.purpose)
            for f in saved.files
        },
        urls={Address.parse(a): url for a, url in saved.urls.items()},
        checklist=tuple(_change(c) for c in saved.checklist),
        project=saved.project,
        environment=saved.environment,
        impact=tuple(_impact(i) for i in saved.impact),
        allowed=tuple(saved.allowed),
        basis=tuple(
            Basis(
                b.kind,
                b.id,
                Address.parse(b.address) if b.address else None,
                b.key,
                b.fields,
                b.stamp,
                b.active,
                b.is_default,
            )
            for b in saved.basis
        ),
    )


def target(one: file.Account) -> Target:
    return Target(
        one.id, one.name, one.livemode, one.api_version, one.emulator, one.created, one.host, one.connected, one.base
    )


def origin(one: file.Yaml) -> Origin:
    return Origin(one.path, one.digest, one.environment, one.variables, one.settings)


def _impact(one: file.Impact) -> Impact:
    return Impact(
        Address.parse(one.address),
        one.id,
        one.subscriptions,
        one.monthly,
        one.unread,
        one.trial,
        one.metered,
        one.unknown,
        tuple(one.portals),
        tuple(one.offered),
    )


def _action(one: file.Action, at: int) -> Action:
    if any(not 0 <= n < at for n in one.needs):
        raise ValueError(f"action {at} needs what does not come before it")
    return Action(
        verb=Verb(one.verb),
        address=Address.parse(one.address),
        id=one.id,
        params=_decoded(one.params),
        change=_change(one.change) if one.change else None,
        reason=one.reason,
        needs=tuple(one.needs),
        stamp=_mark(one.mark) if one.mark else None,
        pending=_properties(one.pending),
    )


def _change(one: file.Change) -> Change:
    address = Address.parse(one.address)
    return Change(
        address=address,
        part=Part(one.part),
        before=_object(one.before) if one.before else None,
        after=_declared(address, one.after) if one.after else None,
        fields=tuple(
            FieldChange(tuple(f.path), _decoded(f.before), _decoded(f.after), f.forces_replacement, Cause(f.cause))
            for f in one.fields
        ),
    )


def _object(one: file.Object) -> Observed:
    mark = _mark(one.mark) if one.mark else None
    properties, marks = _properties(one.properties), dict.fromkeys(one.marks, "")
    return Observed(one.kind, one.id, mark, properties, one.created, one.active, marks)


def _declared(address: Address, one: file.Declared) -> Resource:
    return Resource(address, _properties(one.properties), Source(one.file, one.line, one.column))


def _mark(one: file.Mark) -> Stamp:
    fields, returned = _properties(one.fields), _properties(one.returned)
    return Stamp(one.project, Address.parse(one.address), fields, returned, one.readable)


def _properties(entries: Sequence[file.Entry]) -> dict[Path, Any]:
    return {tuple(e.path): _decoded(e.value) for e in entries}


def _decoded(value: Any) -> Any:
    """A value as it was."""
    if isinstance(value, list):
        return tuple(map(_decoded, value))
    if not isinstance(value, dict):
        return value
    if set(value) == {"ref"}:
        return Ref(Address.parse(value["ref"]))
    inside = value["map"] if set(value) == {"map"} else value
    return {key: _decoded(v) for key, v in inside.items()}
