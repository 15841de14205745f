"""The kind `payment_link` (stripe-facts 8, 18). Its prices never change: other prices are another link, at another URL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.kinds import payment_link_lists as lists
from reconciler.kinds.checks.payment_link import check
from reconciler.kinds.kind import Block, Clear, Default, Field, Kind, Settable
from reconciler.kinds.payment_link_choices import COUNTRIES, METHODS
from reconciler.kinds.scopes import scope
from reconciler.kinds.shapes import BOOLEAN, CURRENCY, ID, METADATA, URL, exact, id_of, list_of, one_of, text, whole

_CREATE, _NEVER = Settable.ON_CREATE, Clear.NOTHING
_PERCENT = {"title": "a percentage from 0 to 100", "type": "number", "minimum": 0, "maximum": 100}
_BRANDS = one_of("american_express", "discover_global_network", "mastercard", "visa")
_CONNECT = "for Connect platforms: it names one of their accounts"


def _ids(value: Any) -> Any:
    return tuple(id_of(v) for v in value)


def _copied(name: str, to: str) -> Field:
    return replace(METADATA, name=name, doc=f"A key that {to} bear: at most 40 characters, with text of at most 500.")


# fmt: off
_FIELDS = (
    Field("line_items", lists.LINE_ITEMS, "What is sold: at most 20 prices, each once, in the order of the YAML at creation. A `quantity` left out is 1; `adjustable_quantity` goes from 0 to 99 unless it says otherwise.", required=True, refers_to={"price": "price"}, fixed=("price",), rows="price", match_by="price", expand="line_items", unordered=True, canonical=lists.items, wire=lists.line_items_wire),
    Field("active", BOOLEAN, "Whether its URL takes payments.", settable=Settable.ON_UPDATE, default=True, publishes="url", link_rule="payment-link"),
    Field("inactive_message", text(5000), "What the URL says when the link is no longer active.", clears_with=""),
    # Stripe's own choice is the currency of the first price; what is not said must never replace a link.
    Field("currency", CURRENCY, "Three lower-case letters; every price must have it. Left out, the currency of the first price.", settable=_CREATE, default=Default.ANY),
    Field("optional_items", lists.OPTIONAL_ITEMS, "What customers may add: at most 10 prices, and 20 together with `line_items`.", default=(), clears_with="", refers_to={"price": "price"}, match_by="price", canonical=lists.items),
    Field("after_completion.type", one_of("hosted_confirmation", "redirect"), "Whether Stripe's page or yours follows the payment.", required=True, default="hosted_confirmation"),
    Field("after_completion.hosted_confirmation.custom_message", text(500), "Shown on Stripe's page after the payment.", clears_with=_NEVER, only_when=("after_completion.type", "hosted_confirmation")),
    Field("after_completion.redirect.url", URL | {"maxLength": 2048}, "Your page. `{CHECKOUT_SESSION_ID}` in it becomes the id of the checkout session.", required=True, clears_with=_NEVER, only_when=("after_completion.type", "redirect")),
    Field("allow_promotion_codes", BOOLEAN, "Customers may enter promotion codes.", default=False),
    Field("automatic_tax.enabled", BOOLEAN, "Stripe Tax calculates tax, by the address of the customer.", required=True, default=False),
    Field("billing_address_collection", one_of("auto", "required"), "When customers are asked for their billing address.", default="auto"),
    Field("consent_collection.payment_method_reuse_agreement.position", one_of("auto", "hidden"), "Whether Stripe's text on using the payment method again is shown.", required=True, default="auto"),
    Field("consent_collection.promotions", one_of("auto", "none"), "Ask for consent to promotional messages (United States only).", default="none"),
    Field("consent_collection.terms_of_service", one_of("none", "required"), "Customers must accept the terms, whose URL stands in the Dashboard.", default="none"),
    Field("custom_fields", lists.CUSTOM_FIELDS, "At most 3 questions to the customer.", default=(), clears_with="", match_by="key", canonical=lists.custom_fields),
    Field("custom_text.after_submit.message", text(1200), "Shown after the button that pays.", required=True, clears_with=_NEVER),
    Field("custom_text.shipping_address.message", text(1200), "Shown beside the shipping address.", required=True, clears_with=_NEVER),
    Field("custom_text.submit.message", text(1200), "Shown beside the button that pays.", required=True, clears_with=_NEVER),
    Field("custom_text.terms_of_service_acceptance.message", text(1200), "Shown in the place of Stripe's own text on terms of service.", required=True, clears_with=_NEVER),
    Field("customer_creation", one_of("always", "if_required"), "Whether every payment makes a customer.", default="if_required"),
    Field("invoice_creation.enabled", BOOLEAN, "An invoice follows a one-time payment.", required=True, default=False),
    Field("invoice_creation.invoice_data.account_tax_ids", list_of(ID), "Your tax ids (txi_…) on the invoice.", default=(), clears_with="", unordered=True, canonical=_ids, local=True),
    Field("invoice_creation.invoice_data.custom_fields", lists.INVOICE_FIELDS, "At most 4 lines of your own on the invoice.", default=(), clears_with="", match_by="name", canonical=lists.invoice_fields),
    Field("invoice_creation.invoice_data.description", text(1500), "On the invoice. Stripe cannot unset it.", clears_with=_NEVER),
    Field("invoice_creation.invoice_data.footer", text(5000), "On the invoice. Stripe cannot unset it.", clears_with=_NEVER),
    _copied("invoice_creation.invoice_data.metadata.*", "the invoices"),
    Field("invoice_creation.invoice_data.rendering_options.amount_tax_display", one_of("exclude_tax", "include_inclusive_tax"), "Whether amounts on the invoice's PDF include inclusive tax.", clears_with=""),
    Field("invoice_creation.invoice_data.rendering_options.template", text(255), "The id of a template for invoices (inrtem_…).", clears_with=_NEVER, local=True),
    Field("managed_payments.enabled", BOOLEAN, "Stripe is the merchant of record.", settable=_CREATE, default=False),
    Field("name_collection.business.enabled", BOOLEAN, "Ask for the name of the customer's business.", required=True, default=False),
    Field("name_collection.business.optional", BOOLEAN, "It may be left empty.", default=False),
    Field("name_collection.individual.enabled", BOOLEAN, "Ask for the customer's own name.", required=True, default=False),
    Field("name_collection.individual.optional", BOOLEAN, "It may be left empty.", default=False),
    # Stripe's own choice is not documented; what is not said must never replace a link.
    Field("payment_intent_data.capture_method", one_of("automatic", "automatic_async", "manual"), "When the money is captured.", settable=_CREATE, default=Default.ANY),
    Field("payment_intent_data.description", text(1000), "On each payment.", clears_with=""),
    _copied("payment_intent_data.metadata.*", "the payments"),
    Field("payment_intent_data.setup_future_usage", one_of("off_session", "on_session"), "Keep the payment method for later payments.", clears_with=""),
    Field("payment_intent_data.statement_descriptor", text(22), "On the customer's statement, for payments without a card.", clears_with=""),
    Field("payment_intent_data.statement_descriptor_suffix", text(22), "On the customer's card statement, behind your account's prefix.", clears_with=""),
    Field("payment_intent_data.transfer_group", text(5000), "Groups payments and transfers, for Connect platforms.", clears_with=""),
    Field("payment_method_collection", one_of("always", "if_required"), "`if_required` asks for no payment method where nothing is due; for subscriptions.", default="always"),
    Field("payment_method_options.card.restrictions.brands_blocked", list_of(_BRANDS, unique=True), "Cards that are not accepted.", default=(), clears_with="", unordered=True),
    Field("payment_method_types", list_of(one_of(*METHODS), unique=True), "What customers can pay with. Left out, Stripe shows what fits, from the payment methods of your account.", default=(), clears_with="", unordered=True),
    Field("phone_number_collection.enabled", BOOLEAN, "Ask for a phone number.", required=True, default=False),
    Field("restrictions.completed_sessions.limit", whole(1), "The link takes so many payments, then no more.", required=True, clears_with=_NEVER),
    Field("shipping_address_collection.allowed_countries", list_of(one_of(*COUNTRIES), unique=True) | {"minItems": 1}, "Where you ship to: countries in two upper-case letters.", required=True, clears_with=_NEVER, unordered=True),
    Field("shipping_options", lists.SHIPPING_OPTIONS, "The shipping rates to choose from.", default=(), clears_with="", refers_to={"shipping_rate": "shipping_rate"}, match_by="shipping_rate", canonical=lists.shipping_options),
    Field("submit_type", one_of("auto", "book", "donate", "pay", "subscribe"), "What the button that pays says. Another value is another host in the URL.", default="auto"),
    Field("subscription_data.description", text(500), "On each subscription.", settable=_CREATE),
    Field("subscription_data.invoice_settings.account_tax_ids", list_of(ID), "Your tax ids (txi_…) on the invoices.", default=(), clears_with="", unordered=True, canonical=_ids, local=True),
    Field("subscription_data.invoice_settings.custom_fields", lists.INVOICE_FIELDS, "At most 4 lines of your own on the invoices.", default=(), clears_with="", match_by="name", canonical=lists.invoice_fields),
    Field("subscription_data.invoice_settings.description", text(1500), "On the invoices. Stripe cannot unset it.", clears_with=_NEVER),
    Field("subscription_data.invoice_settings.footer", text(5000), "On the invoices. Stripe cannot unset it.", clears_with=_NEVER),
    _copied("subscription_data.metadata.*", "the subscriptions"),
    Field("subscription_data.trial_period_days", whole(1), "Days before the first charge.", clears_with=""),
    Field("subscription_data.trial_settings.end_behavior.missing_payment_method", one_of("cancel", "create_invoice", "pause"), "What becomes of a trial that ends without a payment method.", required=True, clears_with=_NEVER),
    Field("tax_id_collection.enabled", BOOLEAN, "Ask for a tax id.", required=True, default=False),
    Field("tax_id_collection.required", one_of("if_supported", "never"), "Whether it must be given.", default="never"),
    Field("application_fee_amount", whole(0), "What the platform keeps of a one-time payment, for Connect platforms.", clears_with="", money=True),
    Field("application_fee_percent", _PERCENT, "What the platform keeps of a subscription's invoices, with at most two decimals; for Connect platforms.", clears_with="", canonical=exact),
    Field("on_behalf_of", ID, "The account (acct_…) to charge for, for Connect platforms.", clears_with="", canonical=id_of, local=True),
    Field("transfer_data.destination", ID, "The account (acct_…) that the money goes to, for Connect platforms.", required=True, clears_with=_NEVER, canonical=id_of, local=True),
    Field("transfer_data.amount", whole(0), "How much of it. Left out, all.", clears_with="", money=True),
    METADATA,
)
# fmt: on

PAYMENT_LINK = Kind(
    name="payment_link",
    plural="payment_links",
    service="payment_links",
    sdk="PaymentLink",
    scope=scope("Payment links", "payment_links"),
    doc="A URL that sells: whoever opens it comes to a page of Stripe's and pays for the prices that it lists.",
    read_only=("url",),
    retired_means="takes no more payments: its URL tells customers that the link is no longer active",
    check=check,
    excluded={
        "line_items.price_data": "creates a price that nothing declares; declare it under its product",
        "line_items.id": "found by the price when a link is changed",
        "automatic_tax.liability": _CONNECT,
        "invoice_creation.invoice_data.issuer": _CONNECT,
        "subscription_data.invoice_settings.issuer": _CONNECT,
        "expand": "chosen by the reader",
    },
    fields=_FIELDS,
    blocks=(
        Block(name="after_completion", doc="What follows the payment.", unit=True),
        Block(name="automatic_tax", doc="Stripe Tax.", unit=True),
        Block(name="consent_collection", doc="What customers consent to."),
        Block(name="custom_text", doc="Text of your own on Stripe's page."),
        Block(name="custom_text.after_submit", clears_with=""),
        Block(name="custom_text.shipping_address", clears_with=""),
        Block(name="custom_text.submit", clears_with=""),
        Block(name="custom_text.terms_of_service_acceptance", clears_with=""),
        Block(name="invoice_creation", doc="Invoices for one-time payments.", unit=True),
        Block(name="invoice_creation.invoice_data.rendering_options", clears_with=""),
        Block(name="managed_payments", doc="Stripe's merchant of record. Fixed at creation."),
        Block(name="name_collection", doc="Names to ask for.", clears_with=""),
        Block(name="name_collection.business", unit=True),
        Block(name="name_collection.individual", unit=True),
        Block(name="payment_intent_data", doc="What one-time payments bear."),
        Block(name="payment_intent_data.metadata", unit=True),  # "Updates will clear prior values" (SDK docstring)
        Block(name="payment_method_options", clears_with=""),
        Block(name="payment_method_options.card", clears_with=""),
        Block(name="payment_method_options.card.restrictions", clears_with=""),
        Block(name="restrictions", doc="When the link ends by itself.", clears_with=""),
        Block(name="shipping_address_collection", doc="Ask for an address to ship to.", clears_with=""),
        Block(name="subscription_data", doc="What subscriptions bear. At least one price must be recurring."),
        Block(name="subscription_data.metadata", unit=True),  # as payment_intent_data.metadata
        Block(name="subscription_data.trial_settings", clears_with=""),
        Block(name="tax_id_collection", doc="Tax ids to ask for.", unit=True),
        Block(name="transfer_data", doc="Where the money goes, for Connect platforms.", unit=True, clears_with=""),
    ),
)
