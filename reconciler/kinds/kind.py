"""What a kind of Stripe object is: one table of fields, from which every stage takes what it needs to know.

A field is a leaf: `features.subscription_cancel.mode` is one, and so is a whole list. `*` in a name stands for any key
of a map: `metadata.*`, `currency_options.*.unit_amount`. What concerns an object around fields stands in a Block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reconciler.kinds.paths import matches, split
from reconciler.kinds.scopes import Scope

if TYPE_CHECKING:
    from reconciler.kinds.tariff import Tariff
    from reconciler.model import Path, Properties

Shape = dict[str, Any]
Children = Callable[[str], Mapping[str, Mapping[str, Any]]]
Objection = tuple[tuple[str | int, ...], str, str]
"""What a kind's check has against a resource: the place inside it, what is wrong, what would be right."""


class Settable(Enum):
    """When Stripe accepts a value."""

    ALWAYS = "always"
    ON_CREATE = "on create"  # a change replaces the object; absence is a value too: the server's default
    ON_UPDATE = "on update"  # a second step after creation
    ONCE = "once"  # until it has a value; after that a change replaces
    SWITCHED = "switched"  # on or off, each by a call of its own (Kind.switches)
    ATTACHED = "attached"  # a list whose members come and go, each by a call of its own (Field.rows)


class Retire(Enum):
    """How an object leaves service."""

    ARCHIVE = "archive"
    DELETE = "delete"
    NEVER = "never"  # only when the YAML says `active: false`


class Clear(Enum):
    """What unsets a field, where that is not a value to send."""

    NOTHING = "nothing"  # Stripe cannot unset it
    DEFAULT = "default"  # sending the server's default does; with no default, nothing does
    REPLACE = "replace"  # only a successor without it


class Default(Enum):
    """What the server fills in, where that is not a fixed value."""

    ANY = "any"  # its own choice: when not declared, every value is right


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """An object around fields, where there is something to say of it as a whole."""

    name: str
    doc: str = ""
    required: bool = False
    unit: bool = False  # sent whole (declared values, else observed), because Stripe requires members together
    clears_with: Any = Clear.NOTHING

    @property
    def path(self) -> Path:
        return split(self.name)


@dataclass(frozen=True, slots=True)
class Field:
    """One leaf of a kind. `shape` is its JSON Schema, as the YAML may write it."""

    name: str
    shape: Shape
    doc: str
    required: bool = False
    settable: Settable = Settable.ALWAYS
    default: Any = None
    refers_to: str | Mapping[str, str] | None = None  # a kind; in a list of objects, member -> kind
    clears_with: Any = Clear.DEFAULT
    expand: str = ""  # includable: hidden unless this path is expanded (stripe-facts 2.4); `*` is each key in use
    present_when: tuple[str, Any] | None = None  # (field, value): then it must be there once expanded
    only_when: tuple[str, Any] | None = None  # the object has it only while that field has that value
    unordered: bool = False  # lists in it, at any depth, are sets
    match_by: str = ""  # the member that tells one item of a list from another, for showing what changed
    fixed: tuple[str, ...] = ()  # members of a list's items that never change: other ones are another object
    rows: str = ""  # a collection of its own under the object: the member of a row that says what the row is about
    lost_means: str = ""  # what subscribers lose with a member of the list, for the plan
    write_only: bool = False  # never answered: only the stamp tells what it is
    uploads: bool = False  # paths of local images may stand in it
    purpose: str = ""  # what an upload of it is for: its value is then the file's id, and not the URL of a link
    canonical: Callable[[Any], Any] | None = None  # one value to its one spelling, from YAML and from Stripe alike
    wire: Callable[[Any], Any] | None = None  # a canonical value to Stripe's spelling, where that differs
    rewritten: bool = False  # Stripe may answer with another value than it was sent
    money: bool = False  # minor units of the object's currency, or of the map's key
    holds: bool = False  # Stripe refuses to retire what this field points at
    publishes: str = ""  # the observed field that holds the URL which lives while this is true
    link_rule: str = ""  # the `--allow` that lets that URL die
    local: bool = False  # what it names is in one account alone
    usual: Any = None  # another value that the server fills in: import does not take it for somebody's choice
    transfer: str = ""  # the parameter that moves this unique value over from whoever holds it
    offers: str = ""  # the member of the list's items that names what subscribers may switch to
    needed: str = ""  # live asks for a value in one of the fields that say this, unless `guards.required` leaves it out
    needed_with: str = ""  # only where this field has a value too

    @property
    def path(self) -> Path:
        return split(self.name)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of Stripe object.

    Some callables say what a table cannot. `check(data, children)` yields what is wrong in a resource as written that no
    schema can say; data that a schema refuses never comes to it, and `{}` stands for a child that has problems itself.
    `spell(data, children)` turns YAML's own spellings into Stripe's. `children(name)` are the resources declared inside
    the named one; for a check it raises LookupError when no resource has the name. `read(raw)` does what `spell` does
    for an answer. `ended(raw)` says that an object went out of service by itself and for good: used up, or expired.
    `unspell(data, children)` is the inverse of `spell`, for import: Stripe's spellings to those that people write.
    `called(properties)` are names for an object that nobody named, each saying more than the one before.
    """

    name: str
    plural: str
    service: str  # the SDK's: billing_portal.configurations
    sdk: str  # the SDK's resource class: billing_portal.Configuration
    scope: Scope  # what a restricted key must be allowed
    doc: str
    fields: tuple[Field, ...]
    blocks: tuple[Block, ...] = ()
    spellings: tuple[Field, ...] = ()  # keys of the YAML that `spell` turns into fields
    hints: tuple[Field, ...] = ()  # keys of the YAML that say how to pair, and are never sent
    read_only: tuple[str, ...] = ()  # fields of the answer that guards and reports look at
    excluded: Mapping[str, str] = field(default_factory=dict)  # SDK parameters left out on purpose -> why
    natural_key: str | None = None
    key_within: str = ""  # the field of which each value has natural keys of its own
    known_by: tuple[str, ...] = ()  # what people tell it by, where what never changes does not say enough
    unique_key: bool = True  # no two objects in service have the same natural key
    frees_key: bool = False  # out of service it gives its natural key up, and so must leave before a successor comes
    stampable: bool = True  # has metadata; else it pairs by natural key without asking
    creatable: bool = True
    revivable: bool = True  # an object out of service can come back
    retire: Retire = Retire.ARCHIVE
    retired_means: str = ""  # what a retired object no longer does, for the plan
    parent: tuple[str, str] | None = None  # (kind, field that names it): declared inside the parent
    own_id: bool = False  # `id` may be chosen at creation
    default_flag: str = ""  # the read-only field and hint that mark the account's default, which is never retired
    by_created: bool = False  # lists take a `created` filter
    served: Mapping[str, Any] = field(default_factory=lambda: {"active": True})  # lists what is in service
    unserved: Mapping[str, Any] | None = field(default_factory=lambda: {"active": False})  # what is not; None: no list
    switches: Mapping[bool, str] = field(default_factory=dict)  # the calls that a SWITCHED field takes
    secret: str = ""  # the member of the answer that creation alone gives
    subscriptions: str = ""  # the filter by which subscriptions to it are listed, and the member of their items
    tariffs: Callable[[Properties], Mapping[str, Tariff]] | None = None  # what it asks for, by currency, its own first
    part: str = ""  # the part of an account that it is: there is one, which is declared without a name
    dashboard: str = ""  # the page where people must set it: Stripe lets an API do that for connected accounts alone
    check: Callable[[Mapping[str, Any], Children], Iterable[Objection]] | None = None
    spell: Callable[[Mapping[str, Any], Children], Mapping[str, Any]] | None = None
    read: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    ended: Callable[[Mapping[str, Any]], bool] | None = None
    unspell: Callable[[Mapping[str, Any], Children], Mapping[str, Any]] | None = None
    called: Callable[[Properties], Sequence[str]] | None = None

    @property
    def leaving_means(self) -> str:
        """What an object no longer does once it is retired, and whether that is for good."""
        for_good = not self.revivable and self.retire is not Retire.DELETE
        return self.retired_means + (", and that is permanent" if for_good else "")

    @property
    def path(self) -> str:
        """The URL path of the collection."""
        return "/v1/" + self.service.replace(".", "/")

    @cached_property
    def _maps(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if "*" in f.path)

    @cached_property
    def _found(self) -> dict[Path, Field | None]:
        return {f.path: f for f in self.fields if "*" not in f.path}

    @cached_property
    def _around(self) -> dict[Path, Block | None]:
        return {}

    @cached_property
    def tree(self) -> Mapping[str, Any]:
        """The fields by the keys that lead to them."""
        tree: dict[str, Any] = {}
        for f in self.fields:
            node = tree
            for key in f.path[:-1]:
                node = node.setdefault(key, {})
            node[f.path[-1]] = f
        return tree

    def field_at(self, path: Path) -> Field | None:
        """The field that `path` belongs to, a `*` taking any key; or None."""
        if path not in self._found:
            self._found[path] = next((f for f in self._maps if matches(f.path, path)), None)
        return self._found[path]

    def leaf(self, path: Path) -> Field:
        """The field at a path of the kind's properties."""
        found = self.field_at(path)
        assert found is not None, (self.name, path)
        return found

    def block_of(self, path: Path) -> Block | None:
        """The innermost block around `path` that has something to say, or None."""
        if path not in self._around:
            around = [b for b in self.blocks if matches(b.path, path[: len(b.path)])]
            self._around[path] = max(around, key=lambda b: len(b.path), default=None)
        return self._around[path]

    def key_of(self, properties: Properties) -> Any:
        """The natural key of an object, with what it is one within; or None."""
        value = properties.get((self.natural_key,)) if self.natural_key else None
        return value if value is None or not self.key_within else (value, properties.get((self.key_within,)))

    def units_around(self, path: Path) -> tuple[Path, ...]:
        """The blocks around `path` that are sent whole: one may stand in another."""
        return tuple(path[: len(b.path)] for b in self.blocks if b.unit and matches(b.path, path[: len(b.path)]))

    @cached_property
    def fixed(self) -> tuple[Field, ...]:
        """The fields in which another value may mean another object."""
        return tuple(f for f in self.fields if f.settable in (Settable.ON_CREATE, Settable.ONCE) or f.fixed)

    @cached_property
    def referring(self) -> tuple[Field, ...]:
        """The fields that name other objects."""
        return tuple(f for f in self.fields if f.refers_to)

    @cached_property
    def moving(self) -> tuple[Field, ...]:
        """The fields with a unique value that moves from one object to another."""
        return tuple(f for f in self.fields if f.transfer)
