"""Whom a plan touches: who stays on what leaves, what they pay, and what new subscribers will pay."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from reconciler.cli.stages import declared, planned
from reconciler.gateway import Gateway, connect
from reconciler.model import Plan
from reconciler.report import impact
from tests.harness import Account, Project

MONTH = "recurring: {interval: month}"
SHOP = f"""stripe_portal: 1
project: acme
products:
  pro:
    id: pro
    name: Pro
    default_price: monthly
    prices:
      monthly: {{amount: 19.00, currency: usd, {MONTH}, lookup_key: pro_monthly}}
      yearly: {{amount: 190.00, currency: usd, recurring: {{interval: year}}, lookup_key: pro_yearly}}
portal_configurations:
  main:
    is_default: true
    features:
      subscription_update: {{enabled: true, default_allowed_updates: [price], products: [{{product: pro}}]}}
"""


class Shop:
    """A project that is applied, and customers who subscribe to its prices."""

    def __init__(self, project: Project, text: str = SHOP):
        self.project, self.account = project, project.account
        project.write(text)
        project.apply()
        self.customer = self.account.post("/v1/customers", {"email": "ann@acme.example"})["id"]
        self.prices = {p["metadata"]["stripe_portal"].removeprefix("acme/"): p["id"] for p in self.account.of("price")}

    def subscribe(self, name: str, quantity: int | None = None, **more: Any) -> Any:
        item = {"price": self.prices[f"price.{name}"]} | ({} if quantity is None else {"quantity": quantity})
        return self.account.post("/v1/subscriptions", {"customer": self.customer, "items": [item], **more})

    def plan(self, account: Account | None = None, **how: Any) -> Plan:
        with self.opened(account) as gateway:
            return planned(declared(self.project.folder, None, {})[1], gateway, gateway.target(), **how)

    def opened(self, account: Account | None = None) -> Gateway:
        chosen = account or self.account
        return connect(chosen.key, base_url=chosen.url)


@pytest.fixture
def shop(project: Project) -> Shop:
    return Shop(project)


def lists(account: Account) -> list[Mapping[str, Any]]:
    """The lists of subscriptions, but for the one page of all of them that warnings take (test_sense.py)."""
    page = {"limit": "100"}
    return [r for r in account.requests("GET") if r["path"] == "/v1/subscriptions" and r["params"] != page]


def test_who_stays_at_the_old_price_and_cannot_come_back_to_it(shop: Shop) -> None:
    for _ in range(3):
        shop.subscribe("pro.monthly")
    shop.project.edit("amount: 19.00", "amount: 24.00")
    shop.account.forget()
    plan = shop.plan()
    old = shop.prices["price.pro.monthly"]
    assert impact.lines(plan) == [
        f"price.pro.monthly: 3 active subscriptions stay on {old} at $19.00 / month ($57.00 a month in all); none is "
        "moved. After switching plan in the portal they cannot switch back to $19.00. New subscribers pay "
        "$24.00 / month (+26.3 %)."
    ]
    row = impact.Row("price.pro.monthly", "$19.00 / month", "$24.00 / month", "+26.3 %", "3", "$57.00")
    assert impact.table(plan) == [row]
    assert [r["params"].get("price") for r in lists(shop.account)] == [old]


def test_what_comes_back_leaves_those_who_came_in_between(shop: Shop) -> None:
    shop.project.edit("amount: 19.00", "amount: 24.00")
    shop.project.apply()
    new = shop.account.find("price.pro.monthly")["id"]
    for _ in range(2):
        item = {"price": new}
        shop.account.post("/v1/subscriptions", {"customer": shop.customer, "items": [item]})
    shop.project.edit("amount: 24.00", "amount: 19.00")
    (line,) = impact.lines(shop.plan())
    assert line.startswith("price.pro.monthly: 2 subscriptions made at $24.00 keep it. That is $48.00 a month in all.")
    assert line.endswith("New subscribers pay $19.00 / month (-20.8 %).")  # -5 / 24 is -20.83 %


def test_a_portal_that_offers_something_no_more(shop: Shop) -> None:
    shop.subscribe("pro.yearly", 3)
    shop.subscribe("pro.monthly")
    shop.project.edit("products: [{product: pro}]", "products: [{product: pro, prices: [monthly]}]")
    (line,) = impact.lines(shop.plan())
    # 3 × $190.00 ÷ 12 = $47.50
    assert line == (
        "portal_configuration.main: 1 active subscription ($47.50 a month in all) is on what it offered and offers no "
        "more (price.pro.yearly)."
    )


def test_a_portal_without_switching_offers_nothing(shop: Shop) -> None:
    shop.subscribe("pro.yearly")
    shop.project.edit("{enabled: true, default_allowed", "{enabled: false, default_allowed")
    (one,) = shop.plan().impact
    assert (str(one.address), one.subscriptions, len(one.offered)) == ("portal_configuration.main", 1, 2)


def test_a_product_is_all_of_its_prices_those_out_of_service_too(shop: Shop) -> None:
    """A subscription to two of them counts once."""
    shop.subscribe("pro.monthly")
    both = [{"price": shop.prices["price.pro.monthly"]}, {"price": shop.prices["price.pro.yearly"], "quantity": 2}]
    shop.account.post(
        "/v1/subscriptions",
        {"customer": shop.customer, "items": both, "billing_mode": {"type": "flexible"}},
    )
    shop.project.edit("amount: 19.00", "amount: 24.00")
    shop.project.apply()
    shop.prices["price.pro.monthly"] = shop.account.find("price.pro.monthly")["id"]
    shop.subscribe("pro.monthly")
    shop.project.write("stripe_portal: 1\nproject: acme\nproducts: {other: {id: other, name: Other}}\n")
    plan = shop.plan()
    product = next(one for one in plan.impact if one.address.kind == "product")
    # 2 × $19.00 + 1 × $24.00 + 2 × $190.00 ÷ 12 = $62.00 + $31.67
    assert (product.subscriptions, Fraction(product.monthly["usd"])) == (3, 6200 + Fraction(38000, 12))
    said = next(line for line in impact.lines(plan) if line.startswith("product.pro"))
    assert said == "product.pro: 3 active subscriptions are on prices of pro ($93.67 a month in all); none is moved."


@pytest.mark.parametrize(
    ("status", "counted", "paid"),
    [("active", 1, 1900), ("past_due", 1, 1900), ("trialing", 1, 0), ("unpaid", 0, 0), ("incomplete", 0, 0)],
)
def test_who_is_in_service(shop: Shop, status: str, counted: int, paid: int) -> None:
    """A trial is a subscription, and pays nothing yet."""
    made = shop.subscribe("pro.monthly")
    mine = shop.account.get("/v1/account")["id"]
    shop.account.control("objects", id=made["id"], account=mine, set={"status": status})
    shop.account.call("DELETE", f"/v1/subscriptions/{shop.subscribe('pro.monthly')['id']}")
    shop.project.edit("amount: 19.00", "amount: 24.00")
    (one,) = shop.plan().impact
    assert (one.subscriptions, int(one.monthly.get("usd", 0)), one.trial) == (counted, paid, status == "trialing")


MONEY = f"""stripe_portal: 1
project: acme
defaults: {{price: {{currency: usd}}}}
meters:
  calls: {{event_name: calls, display_name: Calls, default_aggregation: {{formula: sum}}}}
products:
  pro:
    id: pro
    name: Pro
    prices:
      seats: {{amount: 12.00, {MONTH}, nickname: a}}
      yearly: {{amount: 190.00, recurring: {{interval: year}}}}
      weekly: {{amount: 5.00, recurring: {{interval: week}}}}
      daily: {{amount: 1.00, recurring: {{interval: day}}}}
      quarterly: {{amount: 30.00, recurring: {{interval: month, interval_count: 3}}}}
      yen: {{amount: 1500, currency: jpy, {MONTH}}}
      dinar: {{amount: 1.500, currency: kwd, {MONTH}}}
      both: {{amount: 19.00, currency_options: {{eur: {{amount: 18.00}}}}, {MONTH}}}
      graduated:
        recurring: {{interval: month}}
        tiers_mode: graduated
        tiers: [{{up_to: 5, unit_amount: 1000, flat_amount: 2000}}, {{up_to: inf, unit_amount: 800, flat_amount: 500}}]
      volume:
        recurring: {{interval: month}}
        tiers_mode: volume
        tiers: [{{up_to: 10, unit_amount: 900}}, {{up_to: inf, unit_amount: 700, flat_amount: 300}}]
      packets: {{amount: 10.00, transform_quantity: {{divide_by: 10, round: up}}, {MONTH}}}
      full: {{amount: 10.00, transform_quantity: {{divide_by: 10, round: down}}, {MONTH}}}
      fine: {{unit_amount_decimal: "0.5", {MONTH}}}
      metered: {{unit_amount_decimal: "0.05", recurring: {{interval: month, usage_type: metered, meter: calls}}}}
"""
BOUGHT: Mapping[str, list[tuple[int | None, str]]] = {
    "seats": [(3, "usd"), (5, "usd")],
    "yearly": [(2, "usd")],
    "weekly": [(1, "usd")],
    "daily": [(1, "usd")],
    "quarterly": [(1, "usd")],
    "yen": [(1, "jpy"), (2, "jpy")],
    "dinar": [(3, "kwd")],
    "both": [(1, "usd"), (2, "eur")],
    "graduated": [(7, "usd"), (5, "usd")],
    "volume": [(12, "usd"), (10, "usd")],
    "packets": [(25, "usd")],
    "full": [(25, "usd")],
    "fine": [(1003, "usd")],
    "metered": [(None, "usd")],
}
BY_HAND = {
    "seats": ("$12.00 / month", "$96.00"),  # 8 × 12.00
    "yearly": ("$190.00 / year", "$31.67"),  # 2 × 190.00 = 380.00; ÷ 12 = 31.666…
    "weekly": ("$5.00 / week", "$21.67"),  # 5.00 × 52 = 260.00; ÷ 12 = 21.666…
    "daily": ("$1.00 / day", "$30.42"),  # 365.00 ÷ 12 = 30.41666…
    "quarterly": ("$30.00 / 3 months", "$10.00"),  # 30.00 ÷ 3
    "yen": ("¥1,500 / month", "¥4,500"),  # 3 × 1,500; no decimals
    "dinar": ("KWD1.500 / month", "KWD4.500"),  # 3 × 1.500; three decimals
    "both": ("$19.00 / month", "€36.00 + $19.00"),  # 2 × 18.00 eur, and 19.00 usd
    # 7: 20.00 + 5 × 10.00 + 5.00 + 2 × 8.00 = 91.00; 5: 20.00 + 50.00 = 70.00
    "graduated": ("graduated: from $30.00 / month", "$161.00"),
    # 12: 12 × 7.00 + 3.00 = 87.00; 10: 10 × 9.00 = 90.00
    "volume": ("volume: from $9.00 / month", "$177.00"),
    "packets": ("$10.00 for 10 / month", "$30.00"),  # 25 are 3 packets of 10
    "full": ("$10.00 for 10 / month", "$20.00"),  # 25 are 2 full packets of 10
    "fine": ("$0.005 / month", "$5.02"),  # 1003 × 0.5 cents = 501.5 cents, rounded once, to the even cent
    "metered": ("$0.0005 / month, metered", "metered"),
}


def test_sums_are_what_people_work_out_by_hand(project: Project) -> None:
    shop = Shop(project, MONEY)
    for name, bought in BOUGHT.items():
        for quantity, currency in bought:
            shop.subscribe(f"pro.{name}", quantity, currency=currency)
    project.write("stripe_portal: 1\nproject: acme\nproducts: {pro: {id: pro, name: Pro}}\n")
    rows = {row.address.removeprefix("price.pro."): row for row in impact.table(shop.plan())}
    assert {name: (row.before, row.monthly) for name, row in rows.items()} == BY_HAND
    assert {row.after for row in rows.values()} == {"retired"}
    assert [rows[name].subscriptions for name in ("seats", "both", "metered")] == ["2", "2", "1"]


def test_what_is_metered_is_counted_and_not_summed(project: Project) -> None:
    shop = Shop(project, MONEY)
    shop.subscribe("pro.metered")
    shop.project.edit('unit_amount_decimal: "0.05"', 'unit_amount_decimal: "0.06"')
    (line,) = impact.lines(shop.plan())
    assert "1 active subscription stays on price_" in line
    assert "at $0.0005 / month, metered; none is moved. Not in the sum: 1 metered." in line
    assert line.endswith("New subscribers pay $0.0006 / month, metered (+20.0 %).")


CHANGES = {
    ("12.00, recurring: {interval: month}, nickname", "144.00, recurring: {interval: year}, nickname"): (
        "$144.00 / year",
        "0.0 % per month",
    ),
    ("yearly: {amount: 190.00", "yearly: {amount: 152.00"): ("$152.00 / year", "-20.0 %"),
    ("eur: {amount: 18.00}", "eur: {amount: 20.00}"): ("$19.00 / month", "0.0 %, +11.1 % EUR"),
    ("both: {amount: 19.00, currency_options: {eur: {amount: 18.00}}", "both: {amount: 9.00, currency: eur"): (
        "€9.00 / month",
        "-50.0 % EUR",
    ),
    ("unit_amount: 900}", "unit_amount: 990}"): ("volume: from $9.90 / month", "0.0 % to +10.0 %"),
    ("yen: {amount: 1500, currency: jpy", "yen: {amount: 15.00, currency: usd"): ("$15.00 / month", ""),
    ("packets: {amount: 10.00", "packets: {amount: 12.50"): ("$12.50 for 10 / month", "+25.0 %"),
    (
        "packets: {amount: 10.00, transform_quantity: {divide_by: 10",
        "packets: {amount: 20.00, transform_quantity: {divide_by: 20",
    ): (
        "$20.00 for 20 / month",
        "0.0 % to +100.0 %",  # one pays for twenty; eleven pay what they did
    ),
    ("packets: {amount: 10.00, transform_quantity: {divide_by: 10, round: up}", "packets: {amount: 1.00"): (
        "$1.00 / month",
        "-90.0 % to 0.0 %",
    ),
    ("divide_by: 10, round: up", "divide_by: 10, round: down"): ("$10.00 for 10 / month", "-100.0 % to 0.0 %"),
    ("divide_by: 10, round: down", "divide_by: 10, round: up"): (
        "$10.00 for 10 / month",
        "by packets of 10, rounded up",
    ),
}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_by_how_much_it_changes(project: Project, change: tuple[str, str]) -> None:
    shop = Shop(project, MONEY)
    project.edit(*change)
    (row,) = impact.table(shop.plan())
    assert (row.after, row.percent) == CHANGES[change]


def test_what_is_new_has_nobody_yet(shop: Shop) -> None:
    shop.project.edit(
        "      yearly:", "      plus: {amount: 49.00, currency: usd, recurring: {interval: week}}\n      yearly:"
    )
    assert impact.table(shop.plan())[0] == impact.Row("price.pro.plus", "new", "$49.00 / week", "", "", "")
    assert impact.lines(shop.plan())[1:] == []


def test_what_is_paid_once_has_no_subscriptions_to_ask_for(project: Project) -> None:
    mug = "products: {mug: {id: mug, name: Mug, prices: {it: {amount: 9.00, currency: usd}}}}"
    shop = Shop(project, f"stripe_portal: 1\nproject: acme\n{mug}\n")
    project.edit("9.00", "10.00")
    shop.account.forget()
    assert (shop.plan().impact, lists(shop.account)) == ((), [])


def test_a_long_list_is_paged_through_and_each_price_read_once(shop: Shop) -> None:
    for _ in range(203):
        shop.subscribe("pro.monthly")
    shop.project.edit("amount: 19.00", "amount: 24.00")
    shop.account.forget()
    with shop.opened() as gateway:
        plan = planned(declared(shop.project.folder, None, {})[1], gateway, gateway.target())
        pages = lists(shop.account)
        assert gateway.reads == len(shop.account.requests("GET")) - 1
    assert [one.subscriptions for one in plan.impact] == [203]
    assert len(pages) == 3
    assert [p["params"].get("limit") for p in pages] == ["100"] * 3


def narrowed(account: Account) -> Account:
    """A key that may read and write everything but subscriptions."""
    names = ("product", "plan", "customer_portal", "connected_account", "entitlements", "coupon", "tax_rate")
    names += ("shipping_rate", "payment_links", "billing_meter", "payment_method_configuration", "webhook", "file")
    mine = account.get("/v1/account")["id"]
    scopes = [f"{n}_{'read' if n == 'connected_account' else 'write'}" for n in names]
    return Account.register(account.url, account.key.replace("sk_", "rk_"), id=mine, permissions=scopes)


def test_a_key_that_may_not_read_subscriptions_plans_all_the_same(shop: Shop) -> None:
    shop.project.edit("amount: 19.00", "amount: 24.00")
    shop.project.edit("amount: 190.00", "amount: 200.00")
    key = narrowed(shop.account)
    shop.account.forget()
    plan = shop.plan(key)
    (line,) = impact.lines(plan)
    assert line.startswith("price.pro.monthly, price.pro.yearly: how many are subscribed could not be read: ")
    assert "In the Dashboard that is Subscriptions: Read. `stripe-portal doctor`" in line
    assert len(lists(shop.account)) == 1
    assert {(r.subscriptions, r.monthly) for r in impact.table(plan)} == {("not read", "not read")}
    assert plan.refusals == ()


def test_nobody_has_to_wait_for_it(shop: Shop) -> None:
    shop.project.edit("amount: 19.00", "amount: 24.00")
    shop.account.forget()
    plan = shop.plan(with_impact=False)
    assert impact.lines(plan) == ["Who is subscribed to what this plan touches was not read: --no-impact was given."]
    assert lists(shop.account) == []
    assert impact.table(plan)[0].monthly == "not read"


def test_nothing_is_asked_where_nobody_is_touched(shop: Shop) -> None:
    shop.project.edit("name: Pro", "name: Professional")
    shop.account.forget()
    plan = shop.plan()
    assert (plan.impact, impact.lines(plan), lists(shop.account)) == ((), [], [])
