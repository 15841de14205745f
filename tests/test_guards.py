"""What is refused by default, the exact `--allow` that lets it pass, and what the YAML may allow or protect."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.cli.stages import declared, planned
from reconciler.gateway import connect
from reconciler.guards import RULES, Allow
from reconciler.model import Plan
from tests.harness import Account, Project

HEAD = "stripe_portal: 1\nproject: acme\n"
LIVE = HEAD + "environments: {live: {livemode: true}}\n"
PRO = """products:
  pro:
    id: pro
    name: Pro
    tax_code: txcd_10103001
    prices:
      monthly: {amount: 20.00, currency: usd, recurring: {interval: month}, lookup_key: monthly}
      yearly: {amount: 200.00, currency: usd, recurring: {interval: year}, lookup_key: yearly}
"""
YEARLY = "      yearly: {amount: 200.00, currency: usd, recurring: {interval: year}, lookup_key: yearly}\n"

MONTHLY = "monthly: {amount: 20.00, currency: usd, recurring: {interval: month}}"
BARE = f"""products: {{pro: {{id: pro, name: Pro, prices: {{once: {{amount: 5.00, currency: usd}}, {MONTHLY}}}}}}}
portal_configurations: {{main: {{is_default: true, features: {{invoice_history: {{enabled: true}}}}}}}}
"""


@pytest.fixture
def live(project: Project, live_account: Account) -> Project:
    project.account = live_account
    return project


def plan(project: Project, *allows: str, env: str | None = None, **how: Any) -> Plan:
    _, desired = declared(project.folder, env, {})
    with connect(project.account.key, base_url=project.account.url) as gateway:
        return planned(desired, gateway, gateway.target(), allows=[Allow.parse(a) for a in allows], **how)


def passes_only_with(project: Project, allow: str) -> Plan:
    """One refusal, which prints just this `--allow`; with it, and with the whole rule, the plan passes."""
    (refusal,) = plan(project).refusals
    assert f": --allow {allow}" in refusal
    named, whole = plan(project, allow), plan(project, allow.partition("=")[0])
    assert (named.refusals, whole.refusals) == ((), ())
    assert named.allowed == (f"--allow {allow}",)
    assert whole.allowed == (f"--allow {allow.partition('=')[0]}",)
    assert plan(project, "live").allowed == ()
    return named


def subscribed(account: Account, address: str) -> None:
    customer = account.post("/v1/customers", {"email": "ann@acme.example"})["id"]
    account.post("/v1/subscriptions", {"customer": customer, "items": [{"price": account.find(address)["id"]}]})


def products(names: str, word: str = "N") -> str:
    return HEAD + "products:\n" + "".join(f"  {n}: {{id: {n}, name: {word}{n}}}\n" for n in names)


def test_a_third_may_not_change_at_once(project: Project) -> None:
    project.write(products("abcdefghijk"))
    project.apply()
    project.write(products("abcd", "X") + products("efghijk").partition("products:\n")[2])
    (refusal,) = plan(project).refusals
    assert refusal.startswith("4 of 11 objects would be updated, more than 30%. ")
    assert refusal.endswith("--allow update")
    assert plan(project, "update").allowed == ("--allow update",)
    assert plan(project, "update=product.a").refusals == (), "what is named is not counted"
    project.edit("project: acme\n", "project: acme\nguards: {updates: 40}\n")
    assert plan(project).refusals == ()


def test_up_to_ten_objects_any_share_may_change(project: Project) -> None:
    project.write(products("abcdefghij"))
    project.apply()
    project.write(products("abcdefghij", "X"))
    assert plan(project).refusals == ()


def test_how_much_may_be_retired_is_for_the_yaml_to_say(project: Project) -> None:
    project.write(products("abcdefghijk"))
    project.apply()
    project.write(products("abcdefgh").replace("acme\n", "acme\nguards: {retirements: 20}\n"))
    (refusal,) = plan(project).refusals
    assert refusal.startswith("3 of 11 objects would be retired, more than 20%. ")
    assert plan(project, "retire").refusals == ()
    assert plan(project, "retire=product.i").refusals == ()


def test_an_environment_has_limits_of_its_own(project: Project) -> None:
    project.write(HEAD + "guards: {price_change: 10}\nenvironments: {a: {}, b: {guards: {price_change: 60}}}\n" + PRO)
    project.apply("--env", "a")
    project.edit("amount: 20.00", "amount: 28.00")
    assert "+40.0 %); the limit is 10 %" in plan(project, env="a").refusals[0]
    assert plan(project, env="b").refusals == ()


WRONG = {
    "guards: {updates: 101}": "guards",
    "guards: {update: 10}": "did you mean `updates`?",
    "guards: {required: [tax_codes]}": "tax_code",
    "guards: {price_change: -1}": "price_change",
    "environments: {a: {guards: {price_change: much}}}": "price_change",
    "environments: {a: {guards: 5}}": "write `guards: {price_change: 20}`",
    "products: {pro: {id: pro, name: Pro, allow: [takeover]}}": "allow",
    "products: {pro: {id: pro, name: Pro, allow: price-change}}": "write [price-change]",
    "products: {pro: {id: pro, name: Pro, protect: sure}}": "protect",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_not_a_limit(project: Project, text: str) -> None:
    project.write(f"{HEAD}{text}\n")
    result = project.run("validate", code=1)
    assert WRONG[text] in result.text
    assert "stripe-portal.yaml:3:" in result.text


def test_live_loses_nothing_unasked(live: Project) -> None:
    live.write(LIVE + PRO)
    live.apply()
    live.edit(YEARLY, "")
    refusal = plan(live).refusals[0]
    assert "would be retired in live, without a successor; it stops being sellable" in refusal
    passes_only_with(live, "retire=price.pro.yearly")
    live.edit("amount: 20.00", "amount: 21.00")
    assert len(plan(live).refusals) == 1, "what is replaced has a successor"


def test_what_is_inside_leaves_with_what_it_is_inside_of(live: Project) -> None:
    live.write(LIVE + PRO + "  other: {id: other, name: Other, tax_code: txcd_10103001}\n")
    live.apply()
    live.write(LIVE + "products:\n  other: {id: other, name: Other, tax_code: txcd_10103001}\n")
    passes_only_with(live, "retire=product.pro")


def test_out_of_service_is_retired_too(live: Project) -> None:
    live.write(LIVE + PRO)
    live.apply()
    live.edit("lookup_key: yearly}", "lookup_key: yearly, active: false}")
    passes_only_with(live, "retire=price.pro.yearly")
    live.edit("active: false}", "active: false, allow: [retire]}")
    assert plan(live).refusals == ()


def test_what_is_protected_is_not_replaced(project: Project) -> None:
    project.write(HEAD + PRO.replace("lookup_key: monthly}", "lookup_key: monthly, protect: true}"))
    project.apply()
    project.converged()
    project.edit("amount: 20.00", "amount: 21.00")
    passes_only_with(project, "protect=price.pro.monthly")
    assert "would be replaced, and is protected, as the YAML says" in plan(project).refusals[0]
    project.edit(", protect: true", "")
    assert "as its mark says since the last apply" in plan(project).refusals[0]


def test_what_is_protected_outlives_its_line_in_the_yaml(project: Project) -> None:
    other = "  other: {id: other, name: Other}\n"
    project.write(HEAD + PRO.replace("name: Pro\n", "name: Pro\n    protect: true\n") + other)
    project.apply()
    project.write(f"{HEAD}products:\n{other}")
    passes_only_with(project, "protect=product.pro")
    project.write(HEAD + PRO + other)
    result = project.plan()
    assert "only its stamp changes" in result.out
    project.apply()
    project.converged()
    project.write(f"{HEAD}products:\n{other}")
    assert plan(project).refusals == ()
    project.apply()
    assert project.account.get("/v1/products/pro")["active"] is False


def test_protection_is_put_on_and_says_nothing_to_stripe(project: Project) -> None:
    project.write(HEAD + PRO)
    project.apply()
    project.edit("name: Pro\n", "name: Pro\n    protect: true\n")
    project.account.forget()
    project.apply()
    (write,) = project.account.requests("POST")
    assert set(write["params"]) == {"metadata"}
    project.converged()
    project.edit("name: Pro\n", "name: Professional\n")
    assert plan(project).refusals == (), "what is protected may change in place"


def test_the_default_portal_that_is_protected_is_not_let_go_of(project: Project) -> None:
    portal = BARE.partition("\n")[2].replace("is_default: true", "is_default: true, protect: true")
    project.write(HEAD + PRO + portal)
    project.apply()
    project.write(HEAD + PRO)
    assert "would be let go of, and is protected" in plan(project).refusals[0]
    project.write(HEAD + PRO + "released: [portal_configuration.main]\n")
    assert plan(project).refusals == ()


TIERS = "tiers_mode: graduated, tiers: [{{up_to: 5, unit_amount: 1000}}, {{up_to: inf, unit_amount: {0}}}]"
CHOSEN = "custom_unit_amount: {enabled: true, minimum: 1}, currency: usd"
DEARER = {
    ("amount: 20.00", "amount: 30.00"): "",  # just the limit
    ("amount: 20.00", "amount: 30.01"): "20.00 usd would become 30.01 usd (+50.1 %)",
    ("amount: 20.00", "amount: 9.00"): "20.00 usd would become 9.00 usd (-55.0 %)",
    ("amount: 20.00", "amount: 0"): "20.00 usd would become 0.00 usd (-100.0 %)",
    ("amount: 20.00, currency: usd", "amount: 2000, currency: jpy"): "20.00 usd every month cannot be compared with "
    "2000 jpy every month",
    ("amount: 20.00", "amount: 20.00, currency_options: {eur: {amount: 2000.00}}"): "",  # nobody had that before
    ("20.00, currency: usd, recurring: {interval: month}", "2000.00, currency: usd"): "cannot be compared with 2000.00 "
    "usd once",
    ("amount: 20.00, currency: usd, recurring: {interval: month}", CHOSEN): "20.00 usd every month cannot be compared "
    "with what the customer chooses (usd) once",
    ("interval: month", "interval: year"): "20.00 usd would become 1.67 usd a month (-91.7 %)",
    ("amount: 20.00", TIERS.format(900)): "1000.00 usd would become 455.00 usd for 50 (-54.5 %)",
}


@pytest.mark.parametrize("change", DEARER, ids=str)
def test_an_amount_that_changes_by_half(project: Project, change: tuple[str, str]) -> None:
    project.write(HEAD + PRO)
    project.apply()
    project.edit(*change)
    if not DEARER[change]:
        assert plan(project).refusals == ()
        return
    assert DEARER[change] in plan(project).refusals[0]
    passes_only_with(project, "price-change=price.pro.monthly")


def test_every_tier_and_every_currency_counts(project: Project) -> None:
    project.write(
        HEAD
        + PRO.replace("amount: 20.00", TIERS.format(100)).replace(
            "200.00", "200.00, currency_options: {eur: {amount: 100.00}}"
        )
    )
    project.apply()
    project.edit("unit_amount: 100}", "unit_amount: 160}")
    project.edit("eur: {amount: 100.00}", "eur: {amount: 200.00}")
    tiers, euros = plan(project).refusals
    assert "1.00 usd would become 1.60 usd (+60.0 %)" in tiers
    assert "price.pro.yearly: 100.00 eur would become 200.00 eur (+100.0 %)" in euros


def test_the_yaml_allows_a_rule_for_one_resource(project: Project) -> None:
    project.write(HEAD + PRO)
    project.apply()
    project.edit("lookup_key: monthly}", "lookup_key: monthly,\n        allow: [price-change]}")
    project.edit("amount: 20.00", "amount: 60.00")
    found = plan(project)
    where = f"{project.folder}/stripe-portal.yaml:10:9"
    assert (found.refusals, len(found.allowed)) == ((), 1)
    assert found.allowed[0] == f"price-change, allowed in the YAML for price.pro.monthly ({where})"
    project.edit("amount: 200.00", "amount: 600.00")
    assert "price.pro.yearly" in plan(project).refusals[0]


def test_what_the_yaml_may_allow_is_what_the_table_says(project: Project) -> None:
    for name, rule in RULES.items():
        project.write(f"{HEAD}products: {{pro: {{id: pro, name: Pro, allow: [{name}]}}}}\n")
        project.run("validate", code=0 if rule.reviewed else 1)


def test_what_has_subscribers_does_not_leave_without_a_successor(project: Project) -> None:
    project.write(HEAD + PRO)
    project.apply()
    subscribed(project.account, "price.pro.yearly")
    project.edit("amount: 200.00", "amount: 210.00")
    assert plan(project).refusals == (), "it has a successor"
    project.edit(YEARLY.replace("200", "210"), "")
    assert "has 1 active subscription. If" in plan(project).refusals[0]
    passes_only_with(project, "subscribers=price.pro.yearly")
    assert plan(project, with_impact=False).refusals == ()


def test_live_takes_unknown_subscribers_for_some(live: Project) -> None:
    live.write(LIVE + PRO)
    live.apply()
    live.edit(YEARLY, "")
    (refusal,) = plan(live, "retire", with_impact=False).refusals
    assert "nobody knows who subscribes to it (--no-impact was given)" in refusal
    assert refusal.endswith("--allow subscribers=price.pro.yearly")
    assert plan(live, "retire", "subscribers", with_impact=False).refusals == ()


def test_what_goes_live_has_what_customers_and_code_need(live: Project) -> None:
    live.write(LIVE + BARE)
    refusals = {r.partition(" has")[0]: r for r in plan(live).refusals}
    assert set(refusals) == {"product.pro", "price.pro.monthly", "portal_configuration.main"}
    assert "has no tax_code, which guards.required asks for in live" in refusals["product.pro"]
    assert "has no privacy_policy_url and no terms_of_service_url" in refusals["portal_configuration.main"]
    assert refusals["price.pro.monthly"].endswith("--allow required=price.pro.monthly")
    assert plan(live, "required").refusals == ()
    live.edit("livemode: true", "livemode: true, guards: {required: [tax_code]}")
    assert [r.partition(" has")[0] for r in plan(live).refusals] == ["product.pro"]
    live.edit("name: Pro,", "name: Pro, tax_details: {tax_code: txcd_10103001},")
    assert plan(live).refusals == ()


def test_what_the_dashboard_has_set_is_there(live: Project) -> None:
    live.write(LIVE + PRO.replace("    tax_code: txcd_10103001\n", ""))
    live.apply("--allow", "required")
    live.account.post("/v1/products/pro", {"tax_code": "txcd_10103001"})
    live.edit("name: Pro", "name: Professional")
    assert plan(live).refusals == ()


def test_a_sandbox_asks_for_none_of_it(project: Project) -> None:
    project.write(HEAD + BARE)
    assert plan(project).refusals == ()


def test_what_had_no_value_yet_is_no_mass_change(project: Project) -> None:
    """An apply that stopped half-way is gone on with, and needs nobody's leave for it."""
    project.write(products("abcdefghijk"))
    project.apply()
    project.write(products("abcdefghijk").replace("}", ", description: New}"))
    assert plan(project).refusals == ()
    project.apply()
    project.edit("description: New}\n  b", "description: Other}\n  b")
    assert plan(project).refusals == ()
    project.write(products("abcdefghijk").replace("}", ", description: Other}"))
    assert plan(project).refusals[0].startswith("11 of 11 objects would be updated")


def test_what_is_only_adopted_in_live_is_not_asked_for_more(live: Project) -> None:
    live.account.post("/v1/products", {"id": "pro", "name": "Pro"})
    live.write(LIVE + "products: {pro: {id: pro, name: Pro}}\n")
    assert plan(live).refusals == ()
    live.edit("name: Pro}", "name: Professional}")
    assert plan(live).refusals[0].startswith("product.pro has no tax_code")
