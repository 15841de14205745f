"""The pages that customers go through: what is on each, from what the portal lets them do."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.portal import terms
from reconciler.portal.money import day, later, money, span
from reconciler.portal.scene import Scene
from reconciler.portal.switch import UPDATE, switch
from reconciler.portal.view import Block, Item, Screen

_INVOICES = 3
_EXAMPLES = {
    "name": "Jenny Rosen",
    "email": "jenny.rosen@example.com",
    "address": "510 Townsend Street, San Francisco, CA 94103, US",
    "shipping": "510 Townsend Street, San Francisco, CA 94103, US",
    "phone": "+1 555 010 0199",
    "tax_id": "EU 123 456 789",
}
_CODE = "123456"
HOME, SWITCH, CANCEL, PAUSE, DETAILS = "home", "switch", "cancel", "pause", "details"
LOGIN, ENTER = "login", "login-code"
_CANCEL, _PAUSE = "features.subscription_cancel", "features.subscription_pause"


def screens(scene: Scene) -> Iterator[Screen]:
    """Every page that customers can get to."""
    yield _home(scene)
    if scene.on(UPDATE):
        yield Screen(SWITCH, "Update plan", tuple(switch(scene)), "", "Continue")
    if scene.on(_CANCEL):
        yield _cancel(scene)
    if scene.on(_PAUSE):
        yield _pause(scene)
    if scene.on("features.customer_update"):
        fields = tuple(_details(scene))
        block = Block("fields", "fields", "", fields)
        yield Screen(DETAILS, "Update details", (block,), "", "Save" if fields else "")
    if scene.on("login_page"):
        lead = "Enter your email, and we will send a one-time code to it."
        fields = (Item("email", "Email", (_EXAMPLES["email"],)),)
        yield Screen(LOGIN, "Log in", (Block("email", "fields", "", fields, example=True),), lead, "Send code")
        lead = f"If {_EXAMPLES['email']} belongs to a customer, a one-time code is on its way to it."
        fields = (Item("code", "Code from the email", (_CODE,)),)
        yield Screen(ENTER, "Enter the code", (Block("code", "fields", "", fields, example=True),), lead, "Log in")


def _home(scene: Scene) -> Screen:
    actions = [
        Item(key, text, url=f"#{key}")
        for key, text, feature in (
            (SWITCH, "Update plan", UPDATE),
            (CANCEL, "Cancel plan", _CANCEL),
            (PAUSE, "Pause plan", _PAUSE),
        )
        if scene.on(feature)
    ]
    blocks = [Block("plan", "plan", "Current plan", (_current(scene),), example=True)]
    if actions:
        blocks.append(Block("actions", "actions", "", tuple(actions)))
    if scene.on("features.payment_method_update"):
        card = Item("card", "Visa •••• 4242", (f"Expires 12/{scene.today.year + 3}",), example=True)
        blocks.append(Block("card", "lines", "Payment method", (card,)))
    if scene.on("features.customer_update"):
        shown = (Item(k, terms.DETAILS[k], (_EXAMPLES[k],), example=True) for k in ("name", "email"))
        link = Item("update", "Update details", url=f"#{DETAILS}")
        blocks.append(Block("details", "lines", "Billing information", (*shown, link)))
    if scene.on("features.invoice_history"):
        blocks.append(Block("invoices", "invoices", "Invoice history", tuple(_invoices(scene))))
    return Screen(HOME, "Homepage", tuple(blocks))


def _current(scene: Scene) -> Item:
    plan = scene.plan
    if plan is None:
        return Item("plan", "The customer’s plan", example=True)
    every = plan.tariff.every
    renews = [day(later(scene.today, every), scene.locale).within("Renews on ")] if every else []
    quantity = [f"Quantity: {plan.quantity}"] if plan.quantity > 1 else []
    return Item("plan", plan.product, (plan.price, *quantity, *renews), example=True)


def _invoices(scene: Scene) -> Iterator[Item]:
    plan = scene.plan
    every = plan.tariff.every if plan else None
    for number in range(_INVOICES):
        when = day(later(scene.today, every or ("month", 1), -number), scene.locale)
        due = money(plan.due, plan.tariff.currency, scene.locale) if plan and plan.due is not None else ""
        yield Item(str(number), when, tuple(filter(None, (due, "Paid"))), example=True)


def _cancel(scene: Scene) -> Screen:
    value = scene.portal.value
    mode, proration = value(f"{_CANCEL}.mode"), value(f"{_CANCEL}.proration_behavior")
    said = [Item("mode", terms.ENDS[mode])]
    plan = scene.plan
    if plan and plan.tariff.every and mode == "at_period_end":
        until = day(later(scene.today, plan.tariff.every), scene.locale).within("Until ", " in this example.")
        said.append(Item("until", until, example=True))
    said.append(Item("proration", terms.TERMS[f"{_CANCEL}.proration_behavior"][proration]))
    blocks = [Block("terms", "terms", "", tuple(said))]
    if scene.on(f"{_CANCEL}.cancellation_reason"):
        blocks.append(Block("reasons", "choices", "Why do you cancel?", tuple(_reasons(scene))))
    return Screen(CANCEL, "Cancel plan", tuple(blocks), "", "Cancel plan")


def _reasons(scene: Scene) -> Iterator[Item]:
    given = scene.portal.value(f"{_CANCEL}.cancellation_reason.options") or ()
    yield from (Item(o, text) for o, text in terms.REASONS.items() if o in given)
    for member in scene.portal.value(f"{_CANCEL}.cancellation_reason.feedback_options") or ():
        key, found = scene.shop.find(member)
        yield Item(key, str((found or {}).get(("description",)) or key))


def _pause(scene: Scene) -> Screen:
    kind = scene.portal.value(f"{_PAUSE}.duration.type")
    blocks = [Block("terms", "terms", "", (Item("type", terms.PAUSES[kind]),))]
    options = scene.portal.value(f"{_PAUSE}.duration.interval_options") or ()
    if kind == "interval_options":
        known = [(o["interval"], o.get("interval_count") or 1) for o in options]
        items = tuple(Item(f"{o[0]} {o[1]}", span(*o, scene.locale)) for o in known)
        blocks.append(Block("durations", "choices", "For how long?", items))
    return Screen(PAUSE, "Pause plan", tuple(blocks), "", "Pause plan")


def _details(scene: Scene) -> Iterator[Item]:
    allowed = scene.portal.value("features.customer_update.allowed_updates") or ()
    yield from (Item(k, text, (_EXAMPLES[k],)) for k, text in terms.DETAILS.items() if k in allowed)
