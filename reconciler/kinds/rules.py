"""What is refused unless somebody allows it by name (design 9), and the keys of the YAML that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.kinds import KINDS
from reconciler.kinds.kind import Field, Kind, Shape
from reconciler.kinds.sense import SENSE
from reconciler.kinds.shapes import BOOLEAN, list_of, one_of, text, whole


@dataclass(frozen=True, slots=True)
class Rule:
    """What it lets a plan do. `reviewed`: a resource may allow it for itself in the YAML, with `allow: […]`."""

    means: str
    reviewed: bool = True


RULES: Mapping[str, Rule] = {
    "adopt": Rule("take over an object that has the natural key, and no owner"),
    "takeover": Rule("take over objects of another project; takeover=PROJECT for one", reviewed=False),
    "update": Rule("update more than 30 % of the owned objects", reviewed=False),
    "retire": Rule("retire more than 30 % of the owned objects, or all of them; in live, any that has no successor"),
    "replace": Rule("replace a resource that others are declared inside"),
    "permanent": Rule("take something out of service that can never come back"),
    "protect": Rule("retire, replace or let go of what is protected", reviewed=False),
    "price-change": Rule("change an amount by more than 50 %, or to what cannot be compared"),
    "subscribers": Rule("retire what has active subscriptions, or in live what may have some, without a successor"),
    "required": Rule("create or update in live what lacks a tax code, a lookup key, terms or a privacy policy"),
    "login-link": Rule("switch a live login page off, and with it the link that customers hold"),
    "payment-link": Rule("switch a live payment link off, which customers may hold"),
    "live": Rule("use a live key where the environment does not say livemode: true", reviewed=False),
}

REQUIRED: tuple[str, ...] = tuple(dict.fromkeys(f.needed for k in KINDS for f in k.fields if f.needed))
"""What live asks for, as `guards.required` names it."""

ADOPT = Field("adopt", text(255), "The id of a live object that becomes this resource. Needed once.")
PROTECT = Field("protect", BOOLEAN, "Refuse to retire or replace it. Its mark says so too, so that it holds when the resource leaves the YAML: take this line out and apply first.")  # fmt: skip
ALLOW = Field("allow", list_of(one_of(*(n for n, r in RULES.items() if r.reviewed)), unique=True), "Rules that are allowed for this resource, as `--allow RULE` would.")  # fmt: skip

SILENCED = list_of(one_of(*(rule.name for rule in SENSE)), unique=True)
"""The key `silence` of a file: for every resource."""
_SILENCE: Mapping[str, tuple[Field, ...]] = {
    kind: (Field("silence", list_of(one_of(*(r.name for r in SENSE if r.kind == kind)), unique=True), "Warnings that are not given of it."),)
    for kind in dict.fromkeys(rule.kind for rule in SENSE)
}  # fmt: skip


def hints_of(kind: Kind) -> tuple[Field, ...]:
    """The keys of a resource that are never sent to Stripe."""
    if kind.part:
        return kind.hints
    return (*kind.hints, *(() if kind.own_id else (ADOPT,)), PROTECT, ALLOW, *_SILENCE.get(kind.name, ()))


def _percent(doc: str, default: int, maximum: int | None = None) -> Shape:
    return {"description": f"{doc} In percent.", **whole(0, maximum), "default": default}


LIMITS: Mapping[str, int] = {"updates": 30, "retirements": 30, "price_change": 50}
"""Percent."""

GUARDS: Shape = {
    "type": "object",
    "properties": {
        "updates": _percent("Above ten owned objects, at most this share is updated at once.", LIMITS["updates"], 100),
        "retirements": _percent("Above ten owned objects, at most this share is retired.", LIMITS["retirements"], 100),
        "price_change": _percent("An amount changes at most by this much, up or down.", LIMITS["price_change"]),
        "required": {
            "description": "What live asks for in resources that are created or updated; all of these by default.",
            **list_of(one_of(*REQUIRED), unique=True),
            "default": list(REQUIRED),
        },
    },
    "additionalProperties": False,
}
"""The key `guards`, of a file and of an environment."""
