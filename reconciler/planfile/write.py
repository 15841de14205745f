"""A plan to the document that is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler import __version__, stamp
from reconciler.model import (
    Action,
    Change,
    FieldChange,
    Impact,
    Observed,
    Plan,
    Properties,
    Ref,
    Resource,
    Stamp,
    Target,
)
from reconciler.planfile import format as file
from reconciler.redact import redact


@dataclass(frozen=True, slots=True)
class Origin:
    """Which YAML a plan was made from: PATH and options as they were given, and the digest of what it says.

    `settings` are the environment's own: which key it takes, and which account it is for.
    """

    path: str
    digest: str
    environment: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


def document(plan: Plan, origin: Origin | None, *, created: int, summary: str) -> file.SavedPlan:
    """The plan as it is written down. `created` is Unix seconds, UTC."""
    return file.SavedPlan(
        stripe_portal_plan=file.FORMAT,
        id=plan.id,
        version=__version__,
        created=created,
        account=_account(plan.target),
        project=plan.project,
        environment=plan.environment,
        yaml=_yaml(origin) if origin else None,
        summary=summary,
        actions=[_action(a) for a in plan.actions],
        unchanged=plan.unchanged,
        warnings=[redact(w) for w in plan.warnings],
        refusals=[redact(r) for r in plan.refusals],
        allowed=list(plan.allowed),
        impact=[_impact(i) for i in plan.impact],
        checklist=[_change(c) for c in plan.checklist],
        basis=[
            file.Basis(
                b.kind, b.id, str(b.address) if b.address else "", b.key, b.fields, b.stamp, b.active, b.is_default
            )
            for b in plan.basis
        ],
        names={key: redact(name) for key, name in plan.names.items()},
        files=[
            file.File(str(a), f.written, f.location, f.digest, f.size, f.type, f.purpose) for a, f in plan.files.items()
        ],
        urls={str(a): url for a, url in plan.urls.items()},
        partial=plan.partial,
    )


def _impact(one: Impact) -> file.Impact:
    return file.Impact(
        str(one.address),
        one.id,
        one.subscriptions,
        dict(one.monthly),
        redact(one.unread),
        one.trial,
        one.metered,
        one.unknown,
        list(one.portals),
        list(one.offered),
    )


def _account(target: Target) -> file.Account:
    return file.Account(
        target.account,
        target.name,
        target.livemode,
        target.api_version,
        target.emulator,
        target.connected,
        target.created,
        target.host,
        target.base,
    )


def _yaml(origin: Origin) -> file.Yaml:
    variables, settings = dict(origin.variables), dict(origin.settings)
    return file.Yaml(origin.path, origin.digest, origin.environment, variables, settings)


def _action(one: Action) -> file.Action:
    return file.Action(
        verb=one.verb.value,
        address=str(one.address),
        id=one.id,
        params=encoded(one.params),
        needs=list(one.needs),
        reason=one.reason,
        change=_change(one.change) if one.change else None,
        mark=_mark(one.stamp) if one.stamp else None,
        pending=_entries(one.pending),
    )


def _change(one: Change) -> file.Change:
    return file.Change(
        address=str(one.address),
        part=one.part.value,
        fields=[_field(f) for f in one.fields],
        before=_object(one.before, one) if one.before else None,
        after=_declared(one.after) if one.after else None,
    )


def _field(one: FieldChange) -> file.FieldChange:
    before = encoded(_harmless(one.before))
    return file.FieldChange(list(one.path), before, encoded(one.after), one.cause.value, one.forces_replacement)


def _object(one: Observed, change: Change) -> file.Object:
    """What is in metadata by somebody else's hand is nobody's business who reads the file."""
    ours = {f.path for f in change.fields} | set(one.stamp.fields if one.stamp else ())
    kept = {path: v for path, v in one.properties.items() if path[0] != "metadata" or path in ours}
    marks = sorted(key for key in one.metadata if stamp.is_stamp_key(key))
    mark = _mark(one.stamp) if one.stamp else None
    return file.Object(one.id, one.active, _entries(_harmless(kept)), one.kind, one.created, mark, marks)


def _declared(one: Resource) -> file.Declared:
    at = one.source
    return file.Declared(_entries(one.properties), at.file, at.line, at.column)


def _mark(one: Stamp) -> file.Mark:
    return file.Mark(one.project, str(one.address), _entries(one.fields), _entries(one.returned), one.readable)


def _entries(properties: Properties) -> list[file.Entry]:
    return [file.Entry(list(path), encoded(value)) for path, value in sorted(properties.items(), key=lambda p: p[0])]


def encoded(value: Any) -> Any:
    """A canonical value, or parameters, as JSON. Raises AssertionError for what is neither."""
    if isinstance(value, Ref):
        return {"ref": str(value.address)}
    if isinstance(value, Mapping):
        found = {key: encoded(v) for key, v in value.items()}
        return {"map": found} if set(found) in ({"ref"}, {"map"}) else found
    if isinstance(value, tuple | list):
        return [encoded(v) for v in value]
    assert value is None or isinstance(value, bool | int | str), type(value)
    return value


def _harmless(value: Any) -> Any:
    """What Stripe has, without anything in it that looks like a secret key."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: _harmless(v) for key, v in value.items()}
    return type(value)(_harmless(v) for v in value) if isinstance(value, tuple | list) else value
