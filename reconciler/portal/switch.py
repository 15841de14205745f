"""The page on which customers switch plans."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.portal import offers, terms
from reconciler.portal.scene import Scene
from reconciler.portal.view import Block, Item

UPDATE = "features.subscription_update"
_OPTIONS = ("proration_behavior", "billing_cycle_anchor", "trial_update_behavior")


def switch(scene: Scene) -> Iterator[Block]:
    """The page to switch plans: what is offered, and what a switch means."""
    value = scene.portal.value
    allowed = value(f"{UPDATE}.default_allowed_updates") or ()
    waits = [Item(c["type"], terms.WAITS[c["type"]]) for c in value(f"{UPDATE}.schedule_at_period_end.conditions")]
    waits += [Item("now", terms.OTHERWISE if waits else terms.AT_ONCE)]
    choice = "offers" if terms.PRICE in allowed else "amounts"
    yield Block("offers", choice, "", offers.offers(scene.shop, scene.portal, scene.locale))
    if terms.CODE in allowed:
        code = Item("code", "Promotion code", ("",))
        yield Block(terms.CODE, "fields", "", (code,))
    yield Block("terms", "terms", "What a switch means", (*waits, *_charged(scene, terms.PRICE in allowed)))


def _charged(scene: Scene, switches: bool) -> Iterator[Item]:
    """How a switch is charged: between billing intervals otherwise than within one, whatever the options say."""
    chosen = {o: scene.portal.value(f"{UPDATE}.{o}") for o in _OPTIONS}
    several = switches and offers.several_intervals(scene.shop, scene.portal)
    for option, value in chosen.items():
        text = terms.TERMS[f"{UPDATE}.{option}"][value]
        within = several and option != "trial_update_behavior" and value != "now"
        yield Item(option, terms.SAME + text[0].lower() + text[1:] if within else text)
    if several:
        yield Item("another interval", terms.ANOTHER + terms.OTHER[chosen["proration_behavior"]])
