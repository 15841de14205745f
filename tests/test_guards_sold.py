"""What goes on being sold under the same name, and is not what it was: `price-change` follows addresses, lookup keys
and default prices, through archives and renamings. And limits of the YAML are told where they let something pass."""

from __future__ import annotations

import pytest

from reconciler.report import impact
from tests.harness import Account, Project
from tests.test_guards import HEAD, LIVE, PRO, TIERS, passes_only_with, plan, products

MONTH = "currency: usd, recurring: {interval: month}"
DEFAULT = PRO.replace("    name: Pro\n", "    name: Pro\n    default_price: monthly\n")
KEYLESS = PRO.replace(", lookup_key: monthly", "")


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(HEAD + PRO)
    project.apply()
    return project


def archive(account: Account, address: str) -> str:
    found = str(account.find(address)["id"])
    account.post(f"/v1/prices/{found}", {"active": False})
    return found


def told(project: Project, allow: str) -> str:
    """The one refusal, which just this `--allow` lets pass."""
    (refusal,) = plan(project).refusals
    passes_only_with(project, allow)
    return refusal


PACKETS = {
    ("1, round: up", "100, round: up"): "2000.00 usd would become 20.00 usd for 100 (-99.0 %)",
    ("100, round: up", "1, round: up"): "20.00 usd would become 2000.00 usd for 100 (+9900.0 %)",
    ("100, round: up", "100, round: down"): "20.00 usd would become 0.00 usd (-100.0 %)",
    ("100, round: down", "100, round: up"): "0.00 usd would become 20.00 usd (from nothing)",
    ("5, round: up", "6, round: up"): "",
}


@pytest.mark.parametrize("change", PACKETS, ids=str)
def test_packets_are_compared_by_what_quantities_cost(project: Project, change: tuple[str, str]) -> None:
    project.write(
        HEAD + PRO.replace("{amount: 20.00", f"{{transform_quantity: {{divide_by: {change[0]}}}, amount: 20.00")
    )
    project.apply()
    project.edit(change[0], change[1])
    assert PACKETS[change] in (told(project, "price-change=price.pro.monthly") if PACKETS[change] else "")
    if not PACKETS[change]:
        assert plan(project, "price-change").allowed == ()


def test_one_seat_that_must_buy_a_hundred(shop: Project) -> None:
    """By the unit it is the same, and nobody buys by the hundred."""
    shop.edit("amount: 20.00", "transform_quantity: {divide_by: 100, round: up}, amount: 2000.00")
    assert "20.00 usd would become 2000.00 usd (+9900.0 %)" in told(shop, "price-change=price.pro.monthly")
    assert impact.table(plan(shop))[0].percent == "0.0 % to +9900.0 %"


def test_what_was_archived_in_the_dashboard_is_remembered(shop: Project) -> None:
    old = archive(shop.account, "price.pro.monthly")
    shop.edit("amount: 20.00", "amount: 2000.00")
    refusal = told(shop, "price-change=price.pro.monthly")
    assert f"price.pro.monthly, last sold as {old}: 20.00 usd would become 2000.00 usd (+9900.0 %)" in refusal


@pytest.mark.parametrize("key", [", lookup_key: monthly", ""])
def test_what_was_out_of_service_for_a_while_is_remembered(project: Project, key: str) -> None:
    project.write(HEAD + PRO.replace(", lookup_key: monthly", key))
    project.apply()
    project.edit("month}" + key, "month}, active: false" + key)
    project.apply()
    project.edit(", active: false", "")
    assert plan(project).refusals == (), "it comes back as it was"
    project.edit("amount: 20.00", "amount: 2000.00")
    assert "last sold as" in told(project, "price-change=price.pro.monthly")


def test_what_changes_while_it_is_out_of_service(shop: Project) -> None:
    shop.edit("amount: 20.00, currency: usd", "amount: 2000.00, active: false, currency: usd")
    assert "20.00 usd would become 2000.00 usd" in told(shop, "price-change=price.pro.monthly")


def test_what_left_the_yaml_for_a_while_is_remembered(shop: Project) -> None:
    line = f"      monthly: {{amount: 20.00, {MONTH}, lookup_key: monthly}}\n"
    shop.edit(line, "")
    shop.apply()
    shop.edit("      yearly:", line.replace("20.00", "2000.00") + "      yearly:")
    assert "last sold as" in told(shop, "price-change=price.pro.monthly")
    shop.edit("      monthly: ", "      month: ")
    assert "takes lookup_key monthly over from price.pro.monthly" in told(shop, "price-change=price.pro.month")


def test_of_several_that_bore_an_address_the_one_in_use_last_counts(shop: Project) -> None:
    for before, after in (("20.00", "29.00"), ("29.00", "38.00"), ("38.00", "29.00"), ("29.00", "20.00")):
        shop.edit(f"amount: {before}", f"amount: {after}")
        shop.apply()
    archive(shop.account, "price.pro.monthly")
    shop.edit("amount: 20.00", "amount: 29.00")
    assert plan(shop).refusals == (), "29 is 45 % more than 20, which has the lookup key"


def test_a_name_that_changes_without_a_word(shop: Project) -> None:
    shop.edit("      monthly: {amount: 20.00", "      month: {amount: 2000.00")
    refusal = told(shop, "price-change=price.pro.month")
    assert refusal.startswith("price.pro.month, which takes lookup_key monthly over from price.pro.monthly: 20.00 usd ")
    shop.edit("      month: {amount: 2000.00", "      month: {amount: 21.00")
    assert plan(shop).refusals == ()


def test_a_lookup_key_that_goes_to_another(project: Project) -> None:
    project.write(HEAD + PRO + f"      vip: {{amount: 2000.00, {MONTH}}}\n")
    project.apply()
    project.edit(", lookup_key: monthly", "")
    project.edit("2000.00, currency: usd,", "2000.00, currency: usd, lookup_key: monthly,")
    assert "over from price.pro.monthly: 20.00 usd would" in told(project, "price-change=price.pro.vip")


def test_another_default_price(project: Project) -> None:
    project.write(HEAD + DEFAULT)
    project.apply()
    project.edit("default_price: monthly", "default_price: typo")
    project.edit("      yearly:", f"      typo: {{amount: 2000.00, {MONTH}}}\n      yearly:")
    refusal = told(project, "price-change=product.pro")
    assert refusal.startswith(
        "product.pro, whose default_price would be price.pro.typo instead of price.pro.monthly: 20.00 usd would become "
    )
    project.edit("default_price: typo", "default_price: yearly")
    assert plan(project).refusals == (), "200 a year are 16.67 a month"
    project.edit("recurring: {interval: year}, ", "")
    project.edit("lookup_key: yearly}", "lookup_key: once}")
    assert any("cannot be compared with 200.00 usd once" in one for one in plan(project).refusals)


def test_a_default_price_that_follows_is_told_once(project: Project) -> None:
    project.write(HEAD + DEFAULT)
    project.apply()
    project.edit("amount: 20.00", "amount: 2000.00")
    told(project, "price-change=price.pro.monthly")
    project.edit("      monthly: {", "      month: {")
    project.edit("default_price: monthly", "default_price: month")
    told(project, "price-change=price.pro.month")


def test_what_is_released_goes_on_as_the_default_of_nobody(project: Project) -> None:
    project.write(HEAD + DEFAULT.replace(", lookup_key: monthly", ""))
    project.apply()
    project.edit(f"      monthly: {{amount: 20.00, {MONTH}", f"      v2: {{amount: 2000.00, {MONTH}")
    project.edit("default_price: monthly", "default_price: v2")
    project.edit("project: acme\n", "project: acme\nreleased: [price.pro.monthly]\n")
    assert "instead of price.pro.monthly: 20.00 usd would become" in told(project, "price-change=product.pro")


def test_what_is_released_keeps_its_lookup_key(shop: Project) -> None:
    old = shop.account.find("price.pro.monthly")["id"]
    shop.edit("      monthly: {", "      v2: {")
    shop.edit("project: acme\n", "project: acme\nreleased: [price.pro.monthly]\n")
    (refusal,) = plan(shop).refusals
    assert refusal == (
        f"price.pro.monthly: {old} is released and keeps its lookup_key monthly, which price.pro.v2 would take. Retire "
        "price.pro.monthly instead, by taking it out of `released`, or give price.pro.v2 another lookup_key"
    )
    shop.edit("lookup_key: monthly", "lookup_key: v2")
    assert plan(shop).refusals == ()
    shop.apply()
    assert shop.account.get(f"/v1/prices/{old}")["lookup_key"] == "monthly"


def test_metered_and_not(project: Project) -> None:
    meters = "meters: {m: {event_name: m, display_name: m, default_aggregation: {formula: sum}}}\n"
    project.write(HEAD + meters + PRO)
    project.apply()
    project.edit("recurring: {interval: month}", "recurring: {interval: month, usage_type: metered, meter: m}")
    refusal = told(project, "price-change=price.pro.monthly")
    assert "20.00 usd every month cannot be compared with 20.00 usd every month, metered. If" in refusal


def test_the_least_that_a_customer_may_choose(project: Project) -> None:
    chosen = "custom_unit_amount: {enabled: true, minimum: 500, preset: 900}"
    project.write(HEAD + KEYLESS.replace("amount: 20.00", chosen).replace(", recurring: {interval: month}", ""))
    project.apply()
    project.edit("preset: 900", "preset: 9000")
    assert plan(project).refusals == ()
    project.edit("minimum: 500", "minimum: 5000")
    assert "5.00 usd would become 50.00 usd (+900.0 %)" in told(project, "price-change=price.pro.monthly")


def test_what_nobody_had_before_needs_nobodys_leave(shop: Project) -> None:
    shop.edit("      yearly:", f"      plus: {{amount: 2000.00, {MONTH}, lookup_key: plus}}\n      yearly:")
    shop.edit("amount: 200.00", "amount: 200.00, currency_options: {eur: {amount: 9999.00}}")
    assert plan(shop).refusals == ()
    shop.apply()
    shop.edit(", currency_options: {eur: {amount: 9999.00}}", "")
    assert plan(shop).refusals == (), "an option that goes leaves nothing to compare"


def test_tiers_in_the_place_of_an_amount(shop: Project) -> None:
    shop.edit("amount: 20.00", TIERS.format(2000))
    assert plan(shop).refusals == (), "10.00 for the first is just the limit"
    shop.edit("unit_amount: 1000}", "unit_amount: 1000, flat_amount: 90000}")
    assert "20.00 usd would become 910.00 usd (+4450.0 %)" in told(shop, "price-change=price.pro.monthly")


@pytest.mark.parametrize("word", ["price-change=", "retire= "])
def test_an_empty_address_is_not_every_address(shop: Project, word: str) -> None:
    result = shop.plan("--allow", word, code=64)
    rule = word.partition("=")[0]
    assert f"names nothing: write {rule}=ADDRESS, or {rule} to allow it everywhere" in " ".join(result.text.split())


def test_a_limit_that_lets_something_pass_is_told(shop: Project) -> None:
    shop.edit("project: acme\n", "project: acme\nguards: {price_change: 100000, updates: 100}\n")
    assert plan(shop).allowed == ()
    shop.edit("amount: 20.00", "amount: 29.00")
    assert plan(shop).allowed == (), "the usual limit would let it pass"
    shop.edit("amount: 29.00", "amount: 2000.00")
    found = plan(shop)
    assert (found.refusals, found.allowed) == ((), ("guards.price_change: 100000 in the YAML",))
    shop.edit("price_change: 100000", "price_change: 5")
    assert plan(shop, "price-change").allowed == ("--allow price-change",)


def test_a_share_that_lets_something_pass_is_told(project: Project) -> None:
    project.write(products("abcdefghijkl"))
    project.apply()
    loose = "acme\nguards: {updates: 100, retirements: 90}\n"
    project.write(products("abcdef", "X").replace("acme\n", loose))
    found = plan(project)
    assert found.refusals == ()
    assert found.allowed == ("guards.retirements: 90 in the YAML", "guards.updates: 100 in the YAML")


def test_what_is_not_required_any_more_is_told(project: Project, live_account: Account) -> None:
    project.account = live_account
    project.write(LIVE.replace("livemode: true", "livemode: true, guards: {required: [lookup_key]}") + PRO)
    assert plan(project).allowed == ()
    project.edit("    tax_code: txcd_10103001\n", "")
    found = plan(project)
    assert (found.refusals, found.allowed) == ((), ("guards.required: [lookup_key] in the YAML",))
