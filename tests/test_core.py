"""The promise in one scenario: a price changes, everything that names it follows, and going back brings it back."""

from __future__ import annotations

import pytest

from tests.harness import Project

YAML = """
stripe_portal: 1
project: acme
products:
  pro:
    id: pro
    name: Pro
    default_price: monthly
    prices:
      monthly: {unit_amount: 1900, currency: usd, recurring: {interval: month}, lookup_key: pro_monthly}
"""
PORTAL = """
portal_configurations:
  main:
    is_default: true
    features:
      subscription_update:
        enabled: true
        default_allowed_updates: [price]
        products: [{product: pro}]
"""


@pytest.mark.parametrize("portal", [True, False])
def test_a_price_change_is_followed_in_order_and_a_revert_revives_the_first_price(
    project: Project, portal: bool
) -> None:
    project.write(YAML + (PORTAL if portal else ""))
    project.apply()
    project.converged()
    first = project.account.find("price.pro.monthly")["id"]

    project.edit("1900", "2400")
    plan = project.plan().out
    assert "1900 → 2400 ($19.00 → $24.00 / month)" in plan
    assert f"{first} stops being sellable" in plan
    assert "code that uses lookup_key pro_monthly follows" in plan
    project.account.forget()
    project.apply()
    second = project.account.find("price.pro.monthly")
    expected = ["/v1/prices", "/v1/products/pro"]
    if portal:
        configuration = project.account.find("portal_configuration.main")
        expected.append(f"/v1/billing_portal/configurations/{configuration['id']}")
        offered = configuration["features"]["subscription_update"]["products"]
        assert offered[0]["prices"] == [second["id"]]
    writes = [r["path"] for r in project.account.requests("POST")]
    assert (writes[0], set(writes[1:-1]), writes[-1]) == (expected[0], set(expected[1:]), f"/v1/prices/{first}")
    assert len(writes) == len(expected) + 1
    assert second["lookup_key"] == "pro_monthly"
    assert project.account.get("/v1/products/pro")["default_price"] == second["id"]
    assert project.account.get(f"/v1/prices/{first}")["active"] is False
    project.converged()

    project.edit("2400", "1900")
    plan = project.plan().out
    assert f"by {first}, which comes back" in plan
    assert "edited in Stripe" not in plan.lower()
    project.apply()
    assert project.account.find("price.pro.monthly")["id"] == first
    assert len(project.account.bearing("price.pro.monthly")) == 2
    project.converged()


def test_a_price_that_was_cloned_with_our_metadata_is_somebodys_deal_and_stays_on_sale(project: Project) -> None:
    project.write(YAML)
    project.apply()
    ours = project.account.find("price.pro.monthly")
    deal = project.account.post(
        "/v1/prices",
        {
            "product": "pro",
            "unit_amount": 99900,
            "currency": "usd",
            "recurring[interval]": "month",
            **{f"metadata[{key}]": value for key, value in ours["metadata"].items()},
        },
    )
    plan = project.plan().out
    assert f"{deal['id']} bears the mark of price.pro.monthly" in plan
    assert "No changes" in plan
    project.edit("1900", "2400")
    project.apply()
    assert project.account.get(f"/v1/prices/{deal['id']}")["active"] is True
    assert project.account.get(f"/v1/prices/{ours['id']}")["active"] is False
    project.converged()


def test_a_portal_that_is_let_go_is_not_left_offering_what_is_archived_without_a_word(project: Project) -> None:
    project.write(YAML + PORTAL)
    project.apply()
    portal = project.account.find("portal_configuration.main")["id"]
    project.write(YAML.replace("1900", "2400"))
    plan = project.plan().out
    assert "portal_configuration.main will be released" in plan
    assert f"{portal} (features.subscription_update.products) still points at" in plan
