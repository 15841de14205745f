"""The rules of a portal configuration (stripe-facts 5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.checks.intervals import too_long
from reconciler.kinds.checks.offers import check_offers
from reconciler.kinds.kind import Children, Objection


def check(data: Mapping[str, Any], children: Children) -> Iterator[Objection]:
    """What is wrong with a portal configuration as written; `children` knows the prices of each product."""
    if data.get("is_default") and data.get("active") is False:
        said = "`active: false` on the account's default configuration"
        yield ("active",), said, "Stripe refuses that: leave `active` or `is_default` out"
    features = data["features"]
    yield from _cancel(features.get("subscription_cancel") or {})
    yield from _pause((features.get("subscription_pause") or {}).get("duration") or {})
    yield from _update(features.get("subscription_update") or {}, children)


def _cancel(cancel: Mapping[str, Any]) -> Iterator[Objection]:
    at = ("features", "subscription_cancel")
    proration, mode = cancel.get("proration_behavior"), cancel.get("mode")
    if proration == "always_invoice":
        said = "`proration_behavior: always_invoice`, which Stripe refuses for cancellations"
        yield (*at, "proration_behavior"), said, "write create_prorations (with `mode: immediately`) or none"
    elif proration == "create_prorations" and mode != "immediately":
        said = "`proration_behavior: create_prorations` without `mode: immediately`"
        yield (*at, "proration_behavior"), said, "at the end of a period nothing is left to prorate; write none"
    reason = cancel.get("cancellation_reason") or {}
    own = [v["id"] if isinstance(v, Mapping) else v for v in reason.get("feedback_options") or ()]
    for number, ident in enumerate(own):
        if ident in own[:number]:
            place = (*at, "cancellation_reason", "feedback_options", number)
            yield place, f"the feedback option {ident} twice", "each once is enough"


def _pause(duration: Mapping[str, Any]) -> Iterator[Objection]:
    at = ("features", "subscription_pause", "duration")
    options = duration.get("interval_options")
    if duration.get("type") == "interval_options" and not options:
        advice = "list the durations: `interval_options: [{interval: month}]`"
        yield (*at, "type"), "`type: interval_options` without `interval_options`", advice
    if duration.get("type") == "indefinite" and options:
        yield (*at, "interval_options"), "`interval_options` beside `type: indefinite`", "keep one of the two"
    seen = set()
    for number, option in enumerate(options or ()):
        interval, count = option["interval"], option.get("interval_count", 1)
        if advice := too_long(interval, count):
            yield (*at, "interval_options", number), f"a pause of {count} {interval}s", advice
        if (interval, count) in seen:
            yield (*at, "interval_options", number), f"{count} {interval} is offered twice", "each once is enough"
        seen.add((interval, count))


def _update(update: Mapping[str, Any], children: Children) -> Iterator[Objection]:
    at = ("features", "subscription_update")
    if update.get("enabled"):
        for key, example in (("default_allowed_updates", "[price]"), ("products", "[{product: pro}]")):
            if not update.get(key):
                place = (*at, key) if key in update else at
                yield place, f"`subscription_update` is enabled without `{key}`", f"for example `{key}: {example}`"
    yield from check_offers(update.get("products") or (), (*at, "products"), children)
