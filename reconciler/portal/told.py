"""All of one portal: its pages, what stands beside them, and what a merchant should know of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.portal import terms
from reconciler.portal.look import colours, picture
from reconciler.portal.offers import other_currencies
from reconciler.portal.scene import Scene
from reconciler.portal.screens import screens
from reconciler.portal.view import Block, Item, View


def view(scene: Scene) -> View:
    """The portal, told."""
    branding = scene.shop.branding
    return View(
        scene.shop.label,
        Block("brand", "brand", "", tuple(_brand(scene))),
        tuple(screens(scene)),
        Block("facts", "facts", "Behind the pages", tuple(_facts(scene))),
        tuple(_cannot(scene)),
        tuple(_notes(scene)),
        colours(branding.get(("primary_color",)), branding.get(("secondary_color",))),
    )


def _brand(scene: Scene) -> Iterator[Item]:
    """What stands beside every page: the logo in the place of icon and name, as Stripe has it."""
    value, files = scene.portal.value, scene.shop.files
    logo, icon = (picture(scene.shop.branding.get((k,)), files) for k in ("logo", "icon"))
    if logo and logo.uri:
        yield Item("logo", scene.shop.business, picture=logo)
    else:
        yield Item("name", scene.shop.business, picture=icon)
    if headline := value("business_profile.headline"):
        yield Item("headline", str(headline))
    if back := value("default_return_url"):
        yield Item("return", f"Return to {scene.shop.business}", url=str(back))
    for key, text in (("terms_of_service_url", "Terms"), ("privacy_policy_url", "Privacy")):
        if url := value(f"business_profile.{key}"):
            yield Item(key, text, url=str(url))
    for line in scene.shop.contact:
        yield Item(f"contact {line}", line)


def _facts(scene: Scene) -> Iterator[Item]:
    """What customers do not see as such."""
    value, branding = scene.portal.value, scene.shop.branding
    logo, icon = (picture(branding.get((k,)), scene.shop.files) for k in ("logo", "icon"))
    rows: tuple[tuple[str, str, Any], ...] = (
        ("name", "Name in the Dashboard", value("name")),
        ("active", "In use", None if value("active") else "no: it is switched off"),
        ("return", "Return link", value("default_return_url")),
        ("terms", "Terms of service", value("business_profile.terms_of_service_url")),
        ("privacy", "Privacy policy", value("business_profile.privacy_policy_url")),
        ("brand colour", "Brand color", branding.get(("primary_color",))),
        ("accent colour", "Accent color", branding.get(("secondary_color",))),
        ("logo", "Logo", logo and logo.where),
        ("icon", "Icon", icon and icon.where),
        ("methods", "Ways to pay", _methods(scene) if scene.on("features.payment_method_update") else None),
    )
    for key, text, said in rows:
        if said:
            yield Item(key, text, (str(said),))
    if scene.on("features.subscription_update"):
        yield from other_currencies(scene.shop, scene.portal, scene.locale)
    for row in value("features.subscription_update.products") or ():
        key, product = scene.shop.find(row["product"])
        image = picture(((product or {}).get(("images",)) or (None,))[0], scene.shop.files)
        if image:
            yield Item(f"picture {key}", f"Picture of {(product or {}).get(('name',)) or key}", (image.where,))


def _methods(scene: Scene) -> str:
    """Which ways to pay customers may add, as far as it is known."""
    member = scene.portal.value("features.payment_method_update.payment_method_configuration")
    if member is None:
        return "what the account’s default configuration of payment methods has"
    key, found = scene.shop.find(member)
    on = (p[0] for p, v in (found or {}).items() if p[1:] == ("display_preference", "preference") and v == "on")
    return ", ".join(name.replace("_", " ").capitalize() for name in on) or f"those of {key}"


def _cannot(scene: Scene) -> Iterator[str]:
    """What customers cannot do: what is off, and what is on and leaves something out."""
    value = scene.portal.value
    for name, text in terms.WITHOUT.items():
        around = [n for n in terms.WITHOUT if n != name and name.startswith(n.removesuffix("enabled"))]
        if not value(name) and all(map(value, around)):
            yield text
    if scene.on("features.customer_update"):
        allowed = value("features.customer_update.allowed_updates") or ()
        left = [text.lower().replace("tax id", "tax ID") for k, text in terms.DETAILS.items() if k not in allowed]
        if left:
            yield f"change their {', '.join(left)}"
    if scene.on("features.subscription_update"):
        allowed = value("features.subscription_update.default_allowed_updates") or ()
        yield from (text for k, text in terms.UPDATES.items() if k not in allowed)


def _notes(scene: Scene) -> Iterator[str]:
    """What the page is not, and what Stripe makes of it."""
    value = scene.portal.value
    if not value("active"):
        yield "This configuration is switched off: it opens for nobody."
    if not scene.shop.known:
        yield "The name, contact and branding of a business come from its account, which was not read."
    if scene.shop.branding:
        yield "Branding of your own account is set in the Dashboard; apply writes that of connected accounts."
    if scene.on("features.subscription_update"):
        yield "Customers are offered the prices in the currency of their subscription alone."
        if value("features.subscription_update.proration_behavior") != "none":
            yield "How a switch is charged depends on the day; Stripe shows the exact amount before it is confirmed."
    if scene.on("features.subscription_cancel"):
        yield "A coupon for who wants to cancel is set in the Dashboard, or for one session: no configuration has it."
    if scene.on("features.subscription_pause"):
        yield "Pausing takes the redesigned portal, which is switched on in the Dashboard, and flexible billing."
    if scene.on("login_page"):
        yield "Who comes by the login link cannot change their email, whatever the configuration allows."
    if scene.on("features.payment_method_update"):
        yield "The card is made up, like names, dates and invoices."
