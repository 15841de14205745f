"""What `accept` writes into the YAML, and what it refuses to: Stripe's value where the field stands, and no more."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import unified_diff
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness import Project, Result
from tests.pictures import png

SHOP = """\
# The shop
stripe_portal: 1
project: acme

products:
  # The one that everybody takes
  pro:
    id: pro
    name: Pro   # shown to customers
    description: All of it
    default_price: monthly
    metadata: {tier: gold, "seats": 5}
    prices:
      monthly: {amount: 19.00, currency: usd, nickname: 'Monthly', recurring: {interval: month}, lookup_key: pro_m}
      yearly: {amount: 190.00, currency: usd, recurring: {interval: year}}
  team: {id: team, name: "Team"}
"""


def drifted(project: Project, *arguments: str, code: int = 0) -> Result:
    return project.run("drift", *arguments, "--base-url", project.account.url, key=project.account.key, code=code)


def accept(project: Project, *arguments: str, code: int = 0) -> Result:
    """What `accept` says, which writes nothing to Stripe."""
    account = project.account
    account.forget()
    result = project.run("accept", *arguments, "--base-url", account.url, key=account.key, code=code)
    assert {r["method"] for r in account.requests()} <= {"GET"}
    return result


def files(project: Project) -> Mapping[str, bytes]:
    return {str(p.relative_to(project.folder)): p.read_bytes() for p in sorted(project.folder.rglob("*.yaml"))}


def accepted(project: Project, *arguments: str) -> list[str]:
    """Accept, and see that nothing is left to: neither drift nor a change, but for the marks. Gives the lines that
    changed, - and + in front, the files without drift being as they were."""
    environment = [a for a in arguments if a.startswith("--") or arguments[arguments.index(a) - 1].startswith("--")]
    before = files(project)
    accept(project, *arguments)
    after = files(project)
    drifted(project, *environment).shows(["No drift"], hides=["Edited in"])
    project.plan(*environment).shows([], hides=["will be updated", "will be created", "replaced"])
    return [line for name in before for line in difference(before[name], after[name])]


def difference(before: bytes, after: bytes) -> list[str]:
    """The lines that differ."""
    old, new = before.decode().split("\n"), after.decode().split("\n")
    return [line for line in unified_diff(old, new, n=0, lineterm="") if line[0] in "+-"][2:]


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(SHOP)
    project.apply()
    return project


def test_nothing_was_edited(shop: Project) -> None:
    assert accept(shop).out == "Nothing was edited in Stripe: there is nothing to accept.\n"
    accept(shop, "product.pro", code=64).shows(["product.pro is as last applied: there is nothing to accept"])
    accept(shop, "product.por", code=64).shows(["product.por is not declared; did you mean product.pro?"])
    accept(shop, "pro", code=64).shows(["'pro' is not an address"])
    assert shop.read() == SHOP


def test_without_an_address_it_lists_those_that_were_edited(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.account.post("/v1/products/team", {"name": "Teams"})
    accept(shop, code=64).shows(
        [
            "say which ADDRESS to accept. Edited in Stripe:",
            "product.pro",
            "product.team",
            f"All of them: stripe-portal accept product.pro product.team --base-url {shop.account.url}",
        ]
    )
    assert shop.read() == SHOP


def test_what_was_edited_in_the_yaml_alone_is_nothing_to_accept(shop: Project) -> None:
    shop.edit("name: Pro ", "name: Mine ")
    accept(shop, "product.pro", code=64).shows(["product.pro: nothing was edited in Stripe, only in the YAML; apply"])


def test_what_was_deleted_is_to_be_removed_by_hand(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\ncoupons: {launch: {id: LAUNCH, percent_off: 25}}\n"
        "promotion_codes: {launch: {code: LAUNCH, promotion: {coupon: launch}}}\n"
    )
    project.apply()
    project.account.call("DELETE", "/v1/coupons/LAUNCH")
    accept(project, "coupon.launch", code=64).shows(
        ["coupon.launch: it was deleted in Stripe. Remove it from the YAML"]
    )


def test_what_comes_from_a_variable_is_refused_with_its_place(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\nvars: {brand: Acme}\nproducts:\n  pro:\n    id: pro\n    name: ${brand} Pro\n"
        "    description: All of it\n"
    )
    project.apply()
    before = project.read()
    project.account.post("/v1/products/pro", {"name": "Professional", "description": "Less"})
    accept(project, "product.pro", code=3).shows(
        ["Refused: product.pro name: it comes from ${brand}", "stripe-portal.yaml:7:11", "Nothing was written."]
    )
    assert project.read() == before


def test_what_looks_like_a_secret_is_refused(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"description": "sk_" + "live_" + "a1" * 12})
    result = accept(shop, "product.pro", code=3)
    result.shows(["product.pro description: it looks like a secret key"], hides=["a1a1"])
    assert shop.read() == SHOP


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write every file")
def test_a_file_that_cannot_be_written(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    shop.folder.chmod(0o500)
    try:
        accept(shop, "product.pro", code=1).shows(["Nothing was written"])
    finally:
        shop.folder.chmod(0o700)
    assert shop.read() == SHOP


def test_a_value_changes_where_it_stands(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "Professional"})
    drifted(shop, code=2).shows([f"keep it: stripe-portal accept product.pro --base-url {shop.account.url}", "undo it"])
    result = accept(shop, "product.pro")
    assert 'product.pro name: "Pro" → "Professional"  stripe-portal.yaml:9:11\n' in result.out
    assert shop.read() == SHOP.replace("name: Pro ", "name: Professional ")
    drifted(shop).shows(["No drift. 4 resources as last applied."])
    assert "1 to restamp" in shop.plan().out or "up to date" in shop.plan().out


def test_what_the_yaml_has_no_more_comes_back(shop: Project) -> None:
    """Declared when it was applied, taken out since, and edited in Stripe meanwhile."""
    shop.account.post("/v1/products/pro", {"description": "Less"})
    shop.edit("    description: All of it\n", "")
    drifted(shop, code=2).shows(['description "Less" → (none) # and in the YAML'])
    accept(shop, "product.pro").shows(['description: (none) → "Less"', "# the YAML had been edited, too"])
    assert "    description: Less\n" in shop.read()
    drifted(shop).shows(["No drift"])


def test_what_the_yaml_says_is_null_gets_its_value(shop: Project) -> None:
    shop.edit("description: All of it", "description: null  # for now")
    shop.apply()
    shop.account.post("/v1/products/pro", {"description": "Yes"})
    assert accepted(shop, "product.pro")[1:] == ['+    description: "Yes"  # for now']


def test_the_rest_of_a_price_that_the_yaml_replaces(shop: Project) -> None:
    price = shop.account.find("price.pro.monthly")["id"]
    shop.account.post(f"/v1/prices/{price}", {"nickname": "Edited"})
    shop.edit("19.00", "24.00")
    accept(shop, "price.pro.monthly").shows(['price.pro.monthly nickname: "Monthly" → "Edited"'], hides=["unit_amount"])
    drifted(shop).shows(["Edited in the YAML", "unit_amount"], hides=["Edited in Stripe"])
    shop.apply("--allow", "price-change")
    assert shop.account.find("price.pro.monthly")["nickname"] == "Edited"


def test_both_edits_become_stripe_s(shop: Project) -> None:
    shop.account.post("/v1/products/pro", {"name": "In Stripe"})
    shop.edit("name: Pro ", "name: In the YAML ")
    accept(shop, "product.pro").shows(
        ['name: "In the YAML" → "In Stripe"', "# the YAML had been edited, too: that is gone"]
    )
    assert shop.read() == SHOP.replace("name: Pro ", "name: In Stripe ")


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ('It\'s "all"', '    description: "It\'s \\"all\\""'),
        ("a: b # c", '    description: "a: b # c"'),
        ("${all} of it", '    description: "$${all} of it"'),
        ("🚀 Ünï", "    description: '🚀 Ünï'"),
        ("left \u202e right", '    description: "left \\u202e right"'),
        ("no", '    description: "no"'),
        ("12:30", '    description: "12:30"'),
        ("- item", '    description: "- item"'),
        ("*all*", '    description: "*all*"'),
        (" blank ", '    description: " blank "'),
        ("\ttab", '    description: "\\ttab"'),
        ("two\nlines", "    description: |-\n      two\n      lines"),
        ("two\n\nlines\n", "    description: |\n      two\n\n      lines"),
        ("two \nlines", '    description: "two \\nlines"'),
    ],
)
def test_hostile_texts_are_read_back_as_they_are(shop: Project, value: str, line: str) -> None:
    shop.account.post("/v1/products/pro", {"description": value})
    assert accepted(shop, "product.pro") == ["-    description: All of it", *(f"+{one}" for one in line.split("\n"))]


@pytest.mark.parametrize(
    ("path", "data", "address", "lines"),
    [
        (
            "/v1/products/team",
            {"name": "Teams"},
            "product.team",
            ['-  team: {id: team, name: "Team"}', '+  team: {id: team, name: "Teams"}'],
        ),
        (
            "/v1/products/pro",
            {"metadata": {"tier": "", "seats": "7"}},
            "product.pro",
            ['-    metadata: {tier: gold, "seats": 5}', '+    metadata: {"seats": 7}'],
        ),
        (
            "/v1/products/pro",
            {"metadata": {"tier": "", "seats": ""}},
            "product.pro",
            ['-    metadata: {tier: gold, "seats": 5}'],
        ),
        ("/v1/products/pro", {"description": ""}, "product.pro", ["-    description: All of it"]),
        (
            "/v1/products/team",
            {"active": False},
            "product.team",
            ['-  team: {id: team, name: "Team"}', '+  team: {id: team, name: "Team", active: false}'],
        ),
        ("/v1/prices/{monthly}", {"nickname": 'Each "month"'}, "price.pro.monthly", None),
        ("/v1/prices/{monthly}", {"lookup_key": ""}, "price.pro.monthly", None),
        ("/v1/prices/{yearly}", {"active": False}, "price.pro.yearly", None),
        (
            "/v1/products/pro",
            {"default_price": "{yearly}"},
            "product.pro",
            ["-    default_price: monthly", "+    default_price: yearly"],
        ),
    ],
)
def test_one_edit_changes_its_line_alone(
    shop: Project, path: str, data: dict[str, Any], address: str, lines: list[str] | None
) -> None:
    ids = {name: shop.account.find(f"price.pro.{name}")["id"] for name in ("monthly", "yearly")}
    filled = {k: v.format(**ids) if isinstance(v, str) else v for k, v in data.items()}
    shop.account.post(path.format(**ids), filled)
    found = accepted(shop, address)
    assert lines is None or found == lines
    assert len(found) <= 2


PORTAL = """\
portal_configurations:
  main:
    # What they see
    business_profile:
      headline: Manage your plan
    features:
      invoice_history: {enabled: true}
      subscription_update:
        enabled: true
        default_allowed_updates: [price, quantity]  # not promotion codes
        products:
          # the big one
          - product: pro
            prices: all
          - product: team   # for teams
            prices:
              - monthly
"""
CATALOGUE = """\
stripe_portal: 1
project: acme
products:
  pro:
    id: pro
    name: Pro
    images:
      - https://acme.example/1.png  # front
      # the back is better
      - https://acme.example/2.png
      - https://acme.example/3.png
    marketing_features: [{name: Fast}, {name: Safe}]
    prices:
      monthly: {amount: 19.00, currency: usd, recurring: {interval: month}}
      yearly: {amount: 190.00, currency: usd, recurring: {interval: year}}
  team:
    id: team
    name: Team
    prices:
      monthly: {amount: 49.00, currency: usd, recurring: {interval: month}}
      yearly: {amount: 490.00, currency: usd, recurring: {interval: year}}
  solo: {id: solo, name: Solo, prices: {monthly: {amount: 9.00, currency: usd, recurring: {interval: month}}}}
"""


@pytest.fixture
def catalogue(project: Project) -> Project:
    project.write(CATALOGUE + PORTAL)
    project.apply()
    return project


IMAGES = [f"https://acme.example/{n}.png" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("images", "lines"),
    [
        (IMAGES[:2], ["-      - https://acme.example/3.png"]),
        (IMAGES, ["+      - https://acme.example/4.png"]),
        ([IMAGES[1], IMAGES[2]], ["-      - https://acme.example/1.png  # front"]),
        (
            [IMAGES[0], IMAGES[3], IMAGES[2]],
            ["-      - https://acme.example/2.png", "+      - https://acme.example/4.png"],
        ),
    ],
)
def test_items_of_a_list_that_stay_keep_their_lines(catalogue: Project, images: list[str], lines: list[str]) -> None:
    catalogue.account.post("/v1/products/pro", {"images": images})
    assert accepted(catalogue, "product.pro") == lines


def test_items_that_change_places_between_comments_are_refused(catalogue: Project) -> None:
    catalogue.account.post("/v1/products/pro", {"images": IMAGES[2::-1]})
    before = catalogue.read()
    accept(catalogue, "product.pro", code=3).shows(
        ["product.pro images: comments stand between items that change places (stripe-portal.yaml:8:7)"]
    )
    assert catalogue.read() == before


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["Safe", "Fast"], "[{name: Safe}, {name: Fast}]"),
        (["Fast", "Cheap"], "[{name: Fast}, {name: Cheap}]"),
        (["Safe"], "[{name: Safe}]"),
        (["Fast", "Safe", "It's: # all"], '[{name: Fast}, {name: Safe}, {name: "It\'s: # all"}]'),
    ],
)
def test_items_between_brackets(catalogue: Project, names: list[str], line: str) -> None:
    catalogue.account.post("/v1/products/pro", {"marketing_features": [{"name": n} for n in names]})
    assert accepted(catalogue, "product.pro")[1:] == [f"+    marketing_features: {line}"]


def test_a_list_that_is_emptied_goes(catalogue: Project) -> None:
    catalogue.account.post("/v1/products/pro", {"marketing_features": ""})
    found = accepted(catalogue, "product.pro")
    assert found == ["-    marketing_features: [{name: Fast}, {name: Safe}]"]


def offered(project: Project, *products: tuple[str, list[str]]) -> dict[str, Any]:
    """What the portal offers, by names."""
    rows = []
    for product, prices in products:
        found = [
            name if name.startswith("price_") else project.account.find(f"price.{product}.{name}")["id"]
            for name in prices
        ]
        rows.append({"product": product, "prices": found})
    return {"features": {"subscription_update": {"products": rows}}}


@pytest.mark.parametrize(
    ("products", "lines"),
    [
        (
            [("pro", ["monthly", "yearly"]), ("team", ["monthly", "yearly"])],
            ["-            prices:", "-              - monthly"],
        ),
        (
            [("pro", ["yearly"]), ("team", ["monthly"])],
            ["-            prices: all", "+            prices: [yearly]"],
        ),
        (
            [("pro", ["monthly", "yearly"])],
            ["-          - product: team   # for teams", "-            prices:", "-              - monthly"],
        ),
        (
            [("pro", ["monthly", "yearly"]), ("team", ["monthly"]), ("solo", ["monthly"])],
            ["+          - product: solo"],
        ),
        (
            [("pro", ["monthly", "yearly"]), ("team", ["yearly"])],
            ["-              - monthly", "+              - yearly"],
        ),
    ],
)
def test_what_the_portal_offers_goes_by_names(
    catalogue: Project, products: list[tuple[str, list[str]]], lines: list[str]
) -> None:
    portal = catalogue.account.find("portal_configuration.main")["id"]
    catalogue.account.post(f"/v1/billing_portal/configurations/{portal}", offered(catalogue, *products))
    assert accepted(catalogue, "portal_configuration.main") == lines


def test_switches_deep_inside_are_written_where_they_stand(catalogue: Project) -> None:
    portal = catalogue.account.find("portal_configuration.main")["id"]
    change = {"features": {"invoice_history": {"enabled": False}}, "business_profile": {"headline": "Plans: # all"}}
    catalogue.account.post(f"/v1/billing_portal/configurations/{portal}", change)
    assert accepted(catalogue, "portal_configuration.main") == [
        "-      headline: Manage your plan",
        '+      headline: "Plans: # all"',
        "-      invoice_history: {enabled: true}",
        "+      invoice_history: {enabled: false}",
    ]


def test_a_set_keeps_its_order_and_its_comment(catalogue: Project) -> None:
    portal = catalogue.account.find("portal_configuration.main")["id"]
    change = {"features": {"subscription_update": {"default_allowed_updates": ["promotion_code", "quantity", "price"]}}}
    catalogue.account.post(f"/v1/billing_portal/configurations/{portal}", change)
    assert accepted(catalogue, "portal_configuration.main")[1:] == [
        "+        default_allowed_updates: [price, quantity, promotion_code]  # not promotion codes"
    ]


def test_what_the_yaml_has_no_name_for_is_named_by_its_id(catalogue: Project) -> None:
    foreign = {"product": "solo", "currency": "usd", "unit_amount": 9900, "recurring": {"interval": "year"}}
    price = catalogue.account.post("/v1/prices", foreign)["id"]
    portal = catalogue.account.find("portal_configuration.main")["id"]
    change = offered(catalogue, ("pro", ["monthly", "yearly"]), ("team", ["monthly"]), ("solo", [price]))
    catalogue.account.post(f"/v1/billing_portal/configurations/{portal}", change)
    accept(catalogue, "portal_configuration.main").shows(
        [f"names {price} by its id: the YAML does not declare it; `stripe-portal import` does"]
    )
    assert f"          - product: solo\n            prices: [{{id: {price}}}]\n" in catalogue.read()
    drifted(catalogue).shows(["No drift"])
    catalogue.account.post("/v1/products/solo", {"default_price": price})


def test_a_default_price_that_the_yaml_does_not_declare(shop: Project) -> None:
    price = shop.account.post("/v1/prices", {"product": "pro", "currency": "usd", "unit_amount": 5})["id"]
    shop.account.post("/v1/products/pro", {"default_price": price})
    assert accepted(shop, "product.pro")[1:] == [f"+    default_price: {{id: {price}}}"]


def test_items_from_variables_that_stay_are_no_hindrance(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\nvars: {cdn: https://acme.example}\nproducts:\n  pro:\n    id: pro\n"
        "    name: Pro\n    images: ['${cdn}/1.png', '${cdn}/2.png']\n"
    )
    project.apply()
    project.account.post("/v1/products/pro", {"images": [*IMAGES[:2], "https://other.example/$${x}.png"]})
    assert accepted(project, "product.pro")[1:] == [
        "+    images: ['${cdn}/1.png', '${cdn}/2.png', 'https://other.example/$$${x}.png']"
    ]
    project.account.post("/v1/products/pro", {"images": IMAGES[:1]})
    accept(project, "product.pro", code=3).shows(["product.pro images: it comes from ${cdn}; change that"])


def test_a_price_that_leaves_takes_its_place_in_the_portal_along(catalogue: Project) -> None:
    yearly = catalogue.account.find("price.pro.yearly")["id"]
    catalogue.account.post(f"/v1/prices/{yearly}", {"active": False})
    accept(catalogue, "price.pro.yearly").shows(
        [
            "price.pro.yearly active: true → false",
            "portal_configuration.main features.subscription_update.products follows",
        ]
    )


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_the_ends_of_lines_stay(project: Project, ends: str) -> None:
    path = project.folder / "stripe-portal.yaml"
    path.write_bytes((CATALOGUE + PORTAL).replace("\n", ends).encode())
    project.apply()
    project.account.post("/v1/products/pro", {"name": "Professional", "description": "two\nlines", "images": IMAGES})
    accept(project, "product.pro")
    text = path.read_bytes().decode()
    assert text.count("\n") == text.count(ends)
    assert "name: Professional" in text
    drifted(project).shows(["No drift"])


def test_each_value_changes_in_the_file_that_declares_it(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\ninclude: [catalogue/*.yaml]\nenvironments: {test: {}, dev: {}}\n"
        "defaults: {product: {unit_label: seat, metadata: {team: billing}}}\n"
    )
    project.write("products:\n  pro: {id: pro, name: Pro, description: All}\n", "catalogue/products.yaml")
    project.write("products:\n  pro:\n    name: Pro in test\n", "environments/test.yaml")
    project.write("products:\n  pro:\n    name: Pro in dev\n", "environments/dev.yaml")
    project.apply("--env", "test")
    change = {"name": "A", "description": "B", "unit_label": "user", "metadata": {"team": ""}}
    project.account.post("/v1/products/pro", change)
    result = accept(project, "product.pro", "--env", "test")
    result.shows(
        [
            'product.pro name: "Pro in test" → "A"  environments/test.yaml:3:11',
            'description: "All" → "B"  catalogue/products.yaml:2:42',
            'unit_label: "seat" → "user"  catalogue/products.yaml:2:57',
            "Note: catalogue/products.yaml: this holds for every environment, not only for test",
        ]
    )
    assert project.read("environments/test.yaml") == "products:\n  pro:\n    name: A\n"
    assert project.read("catalogue/products.yaml") == (
        "products:\n  pro: {id: pro, name: Pro, description: B, unit_label: user, metadata: {team: null}}\n"
    )
    drifted(project, "--env", "test").shows(["No drift"])


def test_what_an_overlay_takes_away_does_not_come_back_from_below(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\nenvironments: {test: {}}\n"
        "products:\n  pro: {id: pro, name: P, description: All}\n"
    )
    project.write("products:\n  pro:\n    description: In test\n", "environments/test.yaml")
    project.apply("--env", "test")
    project.account.post("/v1/products/pro", {"description": ""})
    assert accepted(project, "product.pro", "--env", "test") == ["-    description: In test", "+    description: null"]


def test_a_local_picture_beside_a_new_url_stays_its_path(project: Project) -> None:
    (project.folder / "one.png").write_bytes(png())
    project.write("stripe_portal: 1\nproject: acme\nproducts:\n  pro: {id: pro, name: Pro, images: [./one.png]}\n")
    project.apply()
    uploaded = project.account.get("/v1/products/pro")["images"]
    project.account.post("/v1/products/pro", {"images": [IMAGES[0], *uploaded]})
    found = accepted(project, "product.pro")
    assert found[1:] == [f"+  pro: {{id: pro, name: Pro, images: [{IMAGES[0]}, ./one.png]}}"]


def test_one_refusal_leaves_every_file_as_it_was(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\nvars: {n: Pro}\n"
        "products:\n  pro: {id: pro, name: '${n}'}\n  team: {id: team, name: T}\n"
    )
    project.apply()
    before = project.read()
    project.account.post("/v1/products/pro", {"name": "A"})
    project.account.post("/v1/products/team", {"name": "B"})
    accept(project, "product.team", "product.pro", code=3)
    assert project.read() == before
    accept(project, "product.team")
    assert project.read() == before.replace("name: T}", "name: B}")


PLAIN = """\
stripe_portal: 1
project: acme
products:
  pro:
    # what it is called
    name: Pro  # in the shop
    id: pro
    # what it says
    description: 'All of it'
    metadata:
      # for reports
      tier: gold  # or silver
      other: same
    prices:
      monthly:
        nickname: "Monthly"
        amount: 19.00
        currency: usd
portal_configurations:
  main:
    features: {invoice_history: {enabled: true}}
    business_profile:
      headline: Plans
      # the end
"""
OWN_LINES = ("name", "description", "tier", "nickname", "headline")
TEXTS = st.text(
    st.one_of(
        st.sampled_from(" \n\t:#'\"{}[]$%&*!|>-?,\\`~=<0e\u00a0\u2028\u202e\u200d\ufeff\r\x85"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    min_size=1,
    max_size=40,
)


def besides(text: str) -> list[str]:
    """The lines of a file but for those of the fields that change, and what goes on under them."""
    found, under = list[str](), None
    for line in text.split("\n"):
        deep = len(line) - len(line.lstrip(" "))
        if under is not None and (not line.strip() or deep > under):
            continue
        key = line.strip().partition(":")[0]
        under = deep if key in OWN_LINES else None
        found.append(line.partition(":")[0] if key in OWN_LINES else line)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_was_edited_drift_is_gone_and_other_lines_are_as_they_were(
    data: st.DataObject, project: Project
) -> None:
    """Each round goes on where the last one ended: what was accepted is edited again."""
    account = project.account
    if not project.folder.joinpath("stripe-portal.yaml").exists():
        project.write(PLAIN)
        project.apply()
    paths = {
        "name": "/v1/products/pro",
        "description": "/v1/products/pro",
        "tier": "/v1/products/pro",
        "nickname": f"/v1/prices/{account.find('price.pro.monthly')['id']}",
        "headline": f"/v1/billing_portal/configurations/{account.find('portal_configuration.main')['id']}",
    }
    for name in data.draw(st.sets(st.sampled_from(OWN_LINES), min_size=1), label="fields"):
        text = data.draw(TEXTS.filter(lambda t: t.strip()), label=name)
        nested = {"tier": {"metadata": {"tier": text}}, "headline": {"business_profile": {"headline": text}}}
        account.post(paths[name], nested.get(name, {name: text}))
    addresses = [line.split()[1] for line in drifted(project, code=None).out.splitlines() if line.startswith("  ~ ")]
    if not addresses:
        return
    accept(project, *addresses)
    drifted(project).shows(["No drift"])
    assert besides(project.read()) == besides(PLAIN)
    assert all(f"  # {note}\n" in project.read() for note in ("in the shop", "or silver"))
