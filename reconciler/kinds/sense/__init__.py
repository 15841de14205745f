"""What makes a right configuration a bad one in practice: a table of warnings. A new one is one more entry."""

from __future__ import annotations

from reconciler.kinds.sense import account, declared
from reconciler.kinds.sense.account import SUBSCRIPTIONS
from reconciler.kinds.sense.rule import Remark, Rule, Seen, Sheet

__all__ = ["SENSE", "SUBSCRIPTIONS", "Remark", "Rule", "Seen", "Sheet"]

_PORTAL = "portal_configuration"

SENSE: tuple[Rule, ...] = (
    Rule(
        name="cancel-reasons",
        kind=_PORTAL,
        when="customers may cancel, and nothing asks them why",
        why="you never learn what they leave for",
        change="Write `cancellation_reason: {enabled: true, options: [too_expensive, unused, other]}`",
        facts="5.2, 16",
        declared=declared.cancel_reasons,
    ),
    Rule(
        name="cancel-credit",
        kind=_PORTAL,
        when="a cancellation takes effect at once, and nothing is credited",
        why="customers lose the rest of what they paid for",
        change="Write `proration_behavior: create_prorations`, or `mode: at_period_end`",
        facts="5.2",
        declared=declared.cancel_credit,
    ),
    Rule(
        name="switch-credit",
        kind=_PORTAL,
        when="customers may switch to a shorter interval at once, and nothing is credited",
        why="they lose the rest of what they paid for",
        change="Write `proration_behavior: create_prorations`, or let such a switch wait: "
        "`schedule_at_period_end: {conditions: [{type: shortening_interval}]}`",
        facts="5.2",
        declared=declared.switch_credit,
    ),
    Rule(
        name="default-price",
        kind=_PORTAL,
        when="a product is offered without its default price",
        why="whoever leaves that price cannot come back to it",
        change="Add it to `prices`",
        facts="5.2, 7",
        declared=declared.default_price,
        account=account.default_price,
    ),
    Rule(
        name="out-of-service",
        kind=_PORTAL,
        when="a product or a price is offered that is out of service",
        why="what is archived can no longer be bought",
        change="Offer another one, or take it out",
        facts="7, 17.1",
        declared=declared.out_of_service,
        account=account.out_of_service,
    ),
    Rule(
        name="seats",
        kind=_PORTAL,
        when="`quantity` may be changed of no product, or a product's quantity without `quantity`",
        why="customers cannot change how many they have",
        change="It takes both: `quantity` in `default_allowed_updates`, and a product with "
        "`adjustable_quantity: {enabled: true, minimum: 1, maximum: 50}`",
        facts="5.2, 16",
        declared=declared.seats,
    ),
    Rule(
        name="details",
        kind=_PORTAL,
        when="customers may edit their details, and `allowed_updates` names none",
        why="there is nothing that they can edit",
        change="Name them, as in `allowed_updates: [address, tax_id]`, or switch `customer_update` off",
        facts="5.2",
        declared=declared.details,
    ),
    Rule(
        name="promotion-codes",
        kind=_PORTAL,
        when="customers may enter a promotion code, and none is in service",
        why="every code that they try is wrong",
        change="Declare one under `promotion_codes`, or take `promotion_code` out of `default_allowed_updates`",
        facts="5.6 (recall), 16",
        account=account.promotion_codes,
    ),
    Rule(
        name="currencies",
        kind=_PORTAL,
        when="customers may switch plans, and no offered price has the currency of some subscriptions",
        why="the portal offers prices in a subscription's own currency alone",
        change="Give the offered prices an amount in it, under `currency_options`",
        facts="5.6 (recall), 6",
        reads=account.SUBSCRIPTIONS,
        account=account.currencies,
    ),
    Rule(
        name="pause-mode",
        kind=_PORTAL,
        when="customers may pause, and some subscriptions are not in flexible billing mode",
        why="Stripe pauses no others",
        change="Move them to flexible billing mode, or switch `subscription_pause` off",
        facts="5.2",
        reads=account.SUBSCRIPTIONS,
        account=account.pause_mode,
    ),
    Rule(
        name="login-emails",
        kind=_PORTAL,
        when="the login page is switched on, and some customers have no email",
        why="without one nobody can log in",
        change="Give them one; `stripe-portal customers` says who they are",
        facts="5.4",
        reads=account.CUSTOMERS,
        account=account.login_emails,
    ),
    Rule(
        name="webhook-events",
        kind=_PORTAL,
        when="customers may cancel, switch or pause, and no webhook endpoint listens to that",
        why="your code does not hear of it",
        change="Add what is missing to the `enabled_events` of an endpoint",
        facts="16",
        account=account.webhook_events,
    ),
    Rule(
        name="legal-links",
        kind=_PORTAL,
        when="a portal in live lacks the URL of the terms or the privacy policy, and the plan does not touch it",
        why="Stripe's own checklist for live asks for them",
        change="Declare what is missing in `business_profile`",
        facts="5.2",
        account=account.legal_links,
    ),
)
