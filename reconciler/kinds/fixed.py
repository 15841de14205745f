"""What of an object can never change (design 3, ON_CREATE and ONCE)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds import BY_NAME
from reconciler.kinds.kind import Clear, Default, Field, Kind, Retire, Settable
from reconciler.kinds.values import comparable, refs_in, swap_refs
from reconciler.model import Address, Observed, Path, Properties, Resource
from reconciler.stamp import digest

_FIXED = (Settable.ON_CREATE, Settable.ONCE)


def must_replace(kind: Kind, resource: Resource, observed: Observed, found: Mapping[Address, Observed]) -> list[Path]:
    """The fields in which an object can never become what is desired. `found` are the objects of declared resources."""
    asked, has = resource.properties, observed.properties
    declared = observed.stamp.fields if observed.stamp else {}
    differing = []
    for field, path in _fixed(kind, asked, has):
        wanted, before = asked.get(path), has.get(path)
        if field.refers_to:
            if any(_is_younger(found.get(ref.address), observed) for ref in refs_in(wanted)):
                differing.append(path)
                continue
            wanted = swap_refs(wanted, lambda ref: found[ref.address].id if ref.address in found else ref)
        if field.write_only and observed.stamp and not observed.stamp.readable:
            continue  # nobody knows what it is, which is no change (design 4)
        if field.write_only:  # what it was last set to, else the server's default, is what it is
            if digest(comparable(field, wanted)) != declared.get(path, digest(comparable(field, None))):
                differing.append(path)
            continue
        if wanted != before and _differs(field, path in asked, path in declared, wanted, before):
            differing.append(path)
    return sorted(differing)


def _is_younger(target: Observed | None, holder: Observed) -> bool:
    """Whether what an object names was deleted and made again under the same id: it still means the first one."""
    deletable = target is not None and BY_NAME[target.kind].retire is Retire.DELETE
    return bool(target and deletable and holder.created and target.created > holder.created)


def _fixed(kind: Kind, asked: Properties, has: Properties) -> Iterator[tuple[Field, Path]]:
    """The fields that Stripe does not let change, those in maps under every key in use."""
    starred = {field.path[: field.path.index("*")] for field in kind.fixed if "*" in field.path}
    for field in kind.fixed:
        if "*" not in field.path:
            yield field, field.path
    for path in {p for p in (*asked, *has) if any(p[: len(s)] == s for s in starred)} if starred else ():
        found = kind.field_at(path)
        if found and "*" in found.path and found.settable in _FIXED:
            yield found, path


def _differs(field: Field, asked: bool, declared: bool, wanted: Any, before: Any) -> bool:
    if field.fixed:
        return asked and fixed_part(field, wanted) != fixed_part(field, before)
    if field.settable is Settable.ON_CREATE:
        if not asked and field.default is Default.ANY:
            return False
        return any(refs_in(wanted)) or bool(comparable(field, wanted) != comparable(field, before))
    if before is None or before == field.default:
        return False
    if asked:
        return bool(comparable(field, wanted) != comparable(field, before))
    return declared and field.clears_with is Clear.REPLACE


def fixed_part(field: Field, value: Any) -> Any:
    """The items of a list with the members alone that never change, in one order."""
    items = [tuple((name, item.get(name)) for name in field.fixed) for item in value or ()]
    return sorted(items, key=str)


def is_copied(one: Observed) -> bool:
    """Whether the stamp of what is sold came with metadata that somebody copied from another object.

    What is fixed at creation always agrees with a stamp of its own: a clone at another price bears one that does not,
    and is somebody's deal. Archiving it as our old price would be wrong (design 4 would; this is the safe reading).
    """
    kind, stamp = BY_NAME[one.kind], one.stamp
    fixed = [f for f in kind.fixed if f.settable is Settable.ON_CREATE and "*" not in f.path and not f.write_only]
    known = [f for f in fixed if stamp and f.path in stamp.fields and f.default is not Default.ANY]
    return any(stamp and stamp.fields[f.path] != digest(comparable(f, one.properties.get(f.path))) for f in known)
