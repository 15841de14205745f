"""Cancelling and staying after all, pausing and resuming."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from reconciler.emulator import objects
from reconciler.emulator.pages import codes, flows, home, rights, words
from reconciler.emulator.pages.asked import Asked, forbidden
from reconciler.emulator.periods import period_end
from reconciler.emulator.store import Body


def cancel(asked: Asked) -> Response:
    """When it would end, why the customer goes, and the offer that a session may carry."""
    subscription = rights.permitted(asked, "cancel")
    feature = asked.feature("subscription_cancel")
    coupon = codes.offered(asked, subscription)
    return home.shown(
        asked,
        "cancel.html",
        subscription=subscription["id"],
        ends=None if feature["mode"] == "immediately" else last_day(subscription),
        credited=feature["proration_behavior"] == "create_prorations",
        reasons=reasons(asked),
        asks=feature["cancellation_reason"]["enabled"],
        offer=coupon and words.discount(coupon, subscription["currency"]),
    )


def cancelled(asked: Asked) -> Response:
    """Through the API's own calls, at once or at the end of the period as the configuration says. Why is optional
    (recall), and must be one of the reasons asked for."""
    subscription = rights.permitted(asked, "cancel")
    feature = asked.feature("subscription_cancel")
    tree: dict[str, Any] = {}
    details = given(asked, feature["cancellation_reason"]["enabled"])
    if details:
        tree["cancellation_details"] = details
    name = {"subscription_exposed_id": subscription["id"]}
    if feature["mode"] == "immediately":
        prorated = {"prorate": str(feature["proration_behavior"] == "create_prorations").lower()}
        asked.act("subscription.cancel", name, tree | prorated)
    else:
        asked.act("subscription.update", name, tree | {"cancel_at_period_end": "true"})
    rights.unplan(asked, subscription)
    return flows.finished(asked, "cancel", "cancel", subscription["id"])


def given(asked: Asked, wanted: bool) -> dict[str, str]:
    reason, comment = asked.form.get("reason", ""), asked.form.get("comment", "").strip()
    if (reason or comment) and not wanted:
        raise forbidden()
    if reason and reason not in dict(reasons(asked)):
        raise forbidden()
    found = {"feedback" if reason in words.REASONS else "feedback_option": reason} if reason else {}
    return found | ({"comment": comment} if comment else {})


def reasons(asked: Asked) -> list[tuple[str, str]]:
    """Stripe's, then those that the merchant wrote, while they are active."""
    reason = asked.configuration["features"]["subscription_cancel"]["cancellation_reason"]
    written = [objects.find(asked.call, "billing.feedback_option", one) for one in reason["feedback_options"] or ()]
    own = [(one["id"], one["description"]) for one in written if one and one["status"] == "active"]
    return [*((option, words.REASONS[option]) for option in reason["options"]), *own]


def kept(asked: Asked) -> Response:
    """Takes the offer: the coupon is redeemed, and nothing ends."""
    subscription = rights.permitted(asked, "cancel")
    coupon = codes.offered(asked, subscription)
    if coupon is None:
        raise forbidden()
    held = [*({"discount": one} for one in subscription["discounts"]), {"coupon": coupon["id"]}]
    tree = {"discounts": {str(place): one for place, one in enumerate(held)}}
    asked.act("subscription.update", {"subscription_exposed_id": subscription["id"]}, tree)
    return flows.finished(asked, "cancel", "keep", subscription["id"])


def renewed(asked: Asked) -> Response:
    subscription = rights.permitted(asked, "renew")
    name = {"subscription_exposed_id": subscription["id"]}
    asked.act("subscription.update", name, {"cancel_at_period_end": "false"})
    return flows.finished(asked, "renew", "renew", subscription["id"])


def pause(asked: Asked) -> Response:
    """For how long, where the configuration asks."""
    subscription = rights.permitted(asked, "pause")
    return home.shown(asked, "pause.html", subscription=subscription["id"], lengths=lengths(asked))


def lengths(asked: Asked) -> list[str]:
    duration = asked.feature("subscription_pause")["duration"]
    return [words.span(option) for option in duration["interval_options"]]


def paused(asked: Asked) -> Response:
    """Through the API's own call. When to resume, Stripe keeps in a schedule (SDK docstring of `pause_schedules`); here
    it is shown, and no time makes it come true."""
    subscription = rights.permitted(asked, "pause")
    options = asked.feature("subscription_pause")["duration"]["interval_options"]
    chosen = asked.form.get("length", "")
    if chosen not in (lengths(asked) if options else [""]):
        raise forbidden()
    asked.act("subscription.pause", {"subscription": subscription["id"]}, {})
    for option in options:
        if words.span(option) == chosen:
            resumes = period_end(asked.call.now, option["interval"], option["interval_count"])
            rights.plan(asked, subscription, {"resumes": resumes})
    return flows.finished(asked, "pause", "pause", subscription["id"])


def resumed(asked: Asked) -> Response:
    subscription = rights.permitted(asked, "resume")
    asked.act("subscription.resume", {"subscription": subscription["id"]}, {})
    rights.plan(asked, subscription, None)
    return flows.finished(asked, "resume", "resume", subscription["id"])


def last_day(subscription: Body) -> int:
    return max(int(item["current_period_end"]) for item in subscription["items"]["data"])
