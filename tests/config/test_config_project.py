"""Several files, environments, defaults and variables: what comes together, and where each value says it is from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciler.config import load
from reconciler.errors import Invalid, Unresolved, Usage
from reconciler.model import Document

ROOT = "stripe-portal.yaml"
HEAD = "stripe_portal: 1\nproject: acme\n"
TWO = f"{HEAD}environments:\n  test: {{}}\n  live: {{account: acct_1L, livemode: true, api_key_env: LIVE_KEY}}\n"
CATALOGUE = """\
products:
  pro:
    name: Pro
    images: [a, b]
    metadata: {tier: 1, team: x}
    prices:
      monthly: {amount: 29.00}
      yearly: {amount: 290.00}
  lite:
    name: Lite
"""
INSIDE = "give a path inside the folder: catalogue/*.yaml"

INVALID: tuple[tuple[str, Mapping[str, str], tuple[str, ...]], ...] = (
    (
        "a resource in two files",
        {ROOT: f"{HEAD}include: [b.yaml]\n{CATALOGUE}", "b.yaml": "products:\n  lite: {}\n  new: {}\n"},
        ("b.yaml:2:3 product.lite is declared in two files | the other is at stripe-portal.yaml:12:3; keep one",),
    ),
    (
        "a resource in two included files",
        {ROOT: f"{HEAD}include: ['*.yaml']\n", "b.yaml": "products: {x: {}}", "a.yaml": "products: {x: {}}"},
        ("b.yaml:1:12 product.x is declared in two files | the other is at a.yaml:1:12; keep one",),
    ),
    (
        "another key in two files",
        {ROOT: f"{HEAD}include: [b.yaml]\nproducts: []\n", "b.yaml": "products: {x: {}}"},
        ("b.yaml:1:1 products is declared in two files | the other is at stripe-portal.yaml:4:1; keep one",),
    ),
    (
        "defaults of a kind in two files",
        {ROOT: f"{HEAD}include: [b.yaml]\ndefaults: {{price: {{}}}}\n", "b.yaml": "defaults: {price: {}, product: {}}"},
        ("b.yaml:1:12 defaults.price is declared in two files | the other is at stripe-portal.yaml:4:12; keep one",),
    ),
    (
        "keys of the root file in another",
        {
            ROOT: f"{HEAD}include: [b.yaml]\n",
            "b.yaml": "project: b\ninclude: []\nvars: {}\nenvironments: {}\nstripe_portal: 3\n",
        },
        (
            "b.yaml:1:1 project stands in the root file only | move it there",
            "b.yaml:2:1 include stands in the root file only | move it there",
            "b.yaml:3:1 vars stands in the root file only | move it there",
            "b.yaml:4:1 environments stands in the root file only | move it there",
            "b.yaml:5:16 stripe_portal: 3 is not a version of the format"
            " | the format's only version is 1; a newer one needs a newer stripe-portal",
        ),
    ),
    (
        "problems of every file at once",
        {ROOT: f"{HEAD}include: ['*.yaml']\na: NO\n", "a.yaml": "b: {", "c.yaml": ""},
        (
            "a.yaml:1:5 a value is missing here | every [ and { needs its ] and }",
            "c.yaml:1:1 the file is empty | declare something in it",
            "stripe-portal.yaml:4:4 NO is a boolean to some YAML readers and text to others"
            ' | write false, or "NO" for the text',
        ),
    ),
    (
        "include as a text",
        {ROOT: f"{HEAD}include: catalogue/*.yaml\n"},
        ("stripe-portal.yaml:3:10 include is a text, not a list | write `include: [catalogue/*.yaml]`",),
    ),
    (
        "an include that is a number",
        {ROOT: f"{HEAD}include: [5]\n"},
        ("stripe-portal.yaml:3:11 5 is not a path | write `include: [catalogue/*.yaml]`",),
    ),
    (
        "an include that matches nothing",
        {ROOT: f"{HEAD}include: [nope/*.yaml]\n", "environments/a.yaml": ""},
        ('stripe-portal.yaml:3:11 include "nope/*.yaml" matches no file | paths begin at the folder of this file',),
    ),
    (
        "an include of overlays",
        {ROOT: f"{HEAD}include: [environments/*.yaml]\n", "environments/a.yaml": ""},
        (
            'stripe-portal.yaml:3:11 include "environments/*.yaml" matches no file'
            " | paths begin at the folder of this file",
        ),
    ),
    *(
        (
            f"include {pattern}",
            {ROOT: f"{HEAD}include: ['{pattern}']\n", "x.yaml": "{}"},
            (f'stripe-portal.yaml:3:11 include "{pattern}": {why} | {INSIDE}',),
        )
        for pattern, why in (
            ("/etc/passwd", "an absolute path"),
            ("C:/x.yaml", "an absolute path"),
            ("~/x.yaml", "an absolute path"),
            ("../x.yaml", "leads out of the folder"),
            ("a/../../x.yaml", "leads out of the folder"),
            ("a\\x.yaml", "write / between folders"),
            ("**/**/x.yaml", "** stands once, between slashes"),
            ("a**", "** stands once, between slashes"),
            (".", "not a file"),
            ("", "not a path"),
            ("x.yaml ", "not a path"),
        )
    ),
    (
        "an include with a control character",
        {ROOT: HEAD + 'include: ["a\\e[31m\\tb"]\n'},
        (f'stripe-portal.yaml:3:11 include "a·[31m·b": not a path | {INSIDE}',),
    ),
    (
        "environments as a list",
        {ROOT: f"{HEAD}environments: [test]\n"},
        (
            "stripe-portal.yaml:3:15 environments is a list, not a map"
            " | write `environments: {test: {}, live: {livemode: true}}`",
        ),
    ),
    (
        "settings",
        {
            ROOT: f"{HEAD}environments:\n  a: {{acount: x, account: foo, livemode: 1, api_key_env: a b, vars: [x]}}\n"
            "  a b: {}\n  c: 5\n"
        },
        (
            "stripe-portal.yaml:4:7 unknown key acount in an environment | did you mean account?",
            'stripe-portal.yaml:4:27 account: "foo" is not right | write the account\'s id: acct_…',
            "stripe-portal.yaml:4:42 livemode: 1 is not right | write true or false",
            'stripe-portal.yaml:4:58 api_key_env: "a b" is not right'
            " | write the name of the variable that holds the key: STRIPE_API_KEY",
            "stripe-portal.yaml:4:69 vars: a list is not right | write `vars: {domain: acme.example}`",
            "stripe-portal.yaml:5:3 a b is not a name | letters, digits, _ and -; at most 63",
            "stripe-portal.yaml:6:6 environment c is a number, not a map | write `c: {}`",
        ),
    ),
    (
        "variables of the wrong shape",
        {ROOT: f"{HEAD}vars: {{a: null, 1x: 2, b: [1], c: '${{d}}'}}\nenvironments: {{t: {{vars: {{e: {{}}}}}}}}\n"},
        (
            "stripe-portal.yaml:3:11 the variable a is null | give it a text, a number, true or false",
            "stripe-portal.yaml:3:17 1x is not a variable's name | letters, digits, _ and -",
            "stripe-portal.yaml:3:27 the variable b is a list | give it a text, a number, true or false",
            "stripe-portal.yaml:3:35 the variable c uses another | write its value out",
            "stripe-portal.yaml:4:30 the variable e is a map | give it a text, a number, true or false",
        ),
    ),
    (
        "vars as a list",
        {ROOT: f"{HEAD}vars: [a]\n"},
        ("stripe-portal.yaml:3:7 vars is a list, not a map | write `vars: {domain: acme.example}`",),
    ),
    (
        "unknown variables",
        {ROOT: f"{HEAD}vars: {{domain: x}}\na: '${{domian}}'\nb: ['${{', '${{}}', 'x${{no']\n'${{domain}}': 1\n"},
        (
            "stripe-portal.yaml:4:4 no variable domian | did you mean domain?",
            "stripe-portal.yaml:5:5 a ${ that is not closed | write ${name}, or $${ for a literal ${",
            "stripe-portal.yaml:5:11 no variable without a name | there is domain",
            "stripe-portal.yaml:5:18 a ${ that is not closed | write ${name}, or $${ for a literal ${",
            "stripe-portal.yaml:6:1 a variable in a key | variables stand in values only",
        ),
    ),
    (
        "a variable without vars",
        {ROOT: f"{HEAD}a: ${{domain}}\n"},
        ("stripe-portal.yaml:3:4 no variable domain | declare it: `vars: {domain: …}`",),
    ),
    (
        "a variable of the process environment",
        {ROOT: f"{HEAD}a: ${{PATH}}\n"},
        ("stripe-portal.yaml:3:4 no variable PATH | declare it: `vars: {PATH: …}`",),
    ),
    (
        "a secret key put together",
        {ROOT: f"{HEAD}vars: {{m: live}}\na: sk_${{m}}_51Habcdefgh\n"},
        (
            "stripe-portal.yaml:4:4 a secret key, put together from variables, must not stand in a file"
            " | take it out, roll the key in the Dashboard, and set STRIPE_API_KEY instead",
        ),
    ),
    (
        "defaults",
        {ROOT: f"{HEAD}defaults:\n  prize: {{}}\n  price: 5\n  product: {{nme: x, prices: {{}}}}\n"},
        (
            "stripe-portal.yaml:4:3 defaults for an unknown kind prize | did you mean price?",
            "stripe-portal.yaml:5:10 the defaults of price are a number, not a map | write `price: {…}`",
            "stripe-portal.yaml:6:13 a product has no field nme | did you mean name?",
        ),
    ),
    (
        "defaults as a list",
        {ROOT: f"{HEAD}defaults: []\n"},
        ("stripe-portal.yaml:3:11 defaults is a list, not a map | write `defaults: {price: {currency: usd}}`",),
    ),
    (
        "an overlay that leaves out what is not there",
        {
            ROOT: f"{HEAD}environments: {{test: {{}}}}\n{CATALOGUE}",
            "environments/test.yaml": "products:\n  prx: null\n  pro: {prices: {monthy: null}}\n"
            "portal_configurations: {main: null}\nstripe_portal: 7\n",
        },
        (
            "environments/test.yaml:2:3 no product prx to leave out of this environment | did you mean pro?",
            "environments/test.yaml:3:18 no price monthy to leave out of this environment | did you mean monthly?",
            "environments/test.yaml:4:25 no portal_configuration main to leave out of this environment",
            "environments/test.yaml:5:16 stripe_portal: 7 is not a version of the format"
            " | the format's only version is 1; a newer one needs a newer stripe-portal",
        ),
    ),
    (
        "an overlay that steers",
        {ROOT: f"{HEAD}environments: {{test: {{}}}}\n", "environments/test.yaml": "vars: {a: 1}\n"},
        ("environments/test.yaml:1:1 vars cannot stand in an overlay | variables: environments.<name>.vars",),
    ),
    (
        "a secret key in an overlay",
        {ROOT: f"{HEAD}environments: {{test: {{}}}}\n", "environments/test.yaml": "a: 1\n# rk_live_51Habcdefgh\n"},
        (
            "environments/test.yaml:2:3 a secret key (rk_live_…) must not stand in a file"
            " | take it out, roll the key in the Dashboard, and set STRIPE_API_KEY instead",
        ),
    ),
)

FIRST = "`stripe-portal import` writes that of an existing account, `stripe-portal init` a first one"


@pytest.mark.parametrize(("files", "expected"), [c[1:] for c in INVALID], ids=[c[0] for c in INVALID])
def test_invalid(project: Any, files: Mapping[str, str], expected: tuple[str, ...]) -> None:
    project(files)
    with pytest.raises(Invalid) as caught:
        load()
    found = [f"{p.source} {p.message}" + (f" | {p.hint}" if p.hint else "") for p in caught.value.problems]
    assert found == list(expected)


UNRESOLVED: tuple[tuple[str, Mapping[str, str], dict[str, Any], str], ...] = (
    (
        "empty folder",
        {},
        {},
        f"no stripe-portal.yaml in this folder; {FIRST}",
    ),
    (
        "another name",
        {"stripe-portal.yml": HEAD},
        {},
        f"no stripe-portal.yaml in this folder; {FIRST}; there is stripe-portal.yml:"
        " give its path, or name it stripe-portal.yaml",
    ),
    (
        "no such path",
        {},
        {"path": "shop/catalogue.yaml"},
        f"shop/catalogue.yaml: no such file or folder; {FIRST}",
    ),
    (
        "an impossible path",
        {},
        {"path": "a\0b"},
        f"a·b: no such file or folder; {FIRST}",
    ),
    ("a long path", {}, {"path": "a" * 5000}, "a" * 39 + "…: File name too long"),
    ("unknown environment", {ROOT: TWO}, {"env": "liv"}, "no environment liv: did you mean live?; there is test, live"),
    ("far from any", {ROOT: TWO}, {"env": "xyz"}, "no environment xyz: there is test, live"),
    (
        "an overlay that is not listed",
        {ROOT: TWO, "environments/prod.yaml": "a: 1"},
        {"env": "prod"},
        "no environment prod (environments/prod.yaml is there, but `environments:` does not list it):"
        " there is test, live",
    ),
    (
        "none declared",
        {ROOT: HEAD},
        {"env": "test"},
        "no environment test: the file declares none; write `environments: {test: {}}`, or leave out --env",
    ),
    ("a path as environment", {ROOT: TWO}, {"env": "../../x"}, "no environment ../../x: there is test, live"),
)


@pytest.mark.parametrize(("files", "given", "message"), [c[1:] for c in UNRESOLVED], ids=[c[0] for c in UNRESOLVED])
def test_unresolved(project: Any, files: Mapping[str, str], given: dict[str, Any], message: str) -> None:
    project(files)
    with pytest.raises(Unresolved) as caught:
        load(**given)
    assert str(caught.value).startswith(message)


USAGE: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "several environments: choose one with --env test or --env live"),
    ({"env": "test", "variables": {"domian": "x"}}, "--var domian: no such variable; did you mean domain?"),
    (
        {"env": "test", "variables": {"domain": "NO"}},
        '--var domain: NO is a boolean to some YAML readers and text to others; write false, or "NO" for the text',
    ),
    ({"env": "test", "variables": {"a b": "x"}}, "--var a b: not a variable's name; use letters, digits, _ and -"),
    (
        {"env": "test", "variables": {"domain": "sk_live_51Habcdefgh"}},
        "--var domain: a secret key must not stand in a variable; set STRIPE_API_KEY instead",
    ),
)


@pytest.mark.parametrize(("given", "message"), USAGE)
def test_usage(project: Any, given: dict[str, Any], message: str) -> None:
    project({ROOT: f"{TWO}vars: {{domain: x}}\n"})
    with pytest.raises(Usage) as caught:
        load(**given)
    assert str(caught.value) == message


def test_the_choice_of_an_environment_repeats_no_secret_key(project: Any) -> None:
    project({ROOT: f"{HEAD}environments: {{sk_live_51Habcdefgh: {{}}, test: {{}}}}\n"})
    for env in (None, "tst", "sk_live_51Habcdefghi"):
        with pytest.raises((Usage, Unresolved)) as caught:
            load(env=env)
        assert "sk_live_…" in str(caught.value)
        assert "51Habcdefgh" not in str(caught.value)


def test_files_come_together_in_the_order_of_their_names(project: Any) -> None:
    folder = project(
        {
            ROOT: f"{HEAD}include: [z.yaml, cat/**/*.yaml, cat/b.yaml]\nmoved: [{{from: a, to: b}}]\n{CATALOGUE}",
            "cat/b.yaml": "stripe_portal: 1\nproducts: {b: {name: B}}\nmoved: [{from: c, to: d}]\n"
            "released: [product.x]\n",
            "cat/sub/a.yaml": "portal_configurations: {main: {}}\nunknown: 1\n",
            "cat/.hidden.yaml": "products: {hidden: {}}\n",
            "z.yaml": "products: {z: {name: Z}}\nreleased: [product.w]\n",
            "not-included.yaml": "products: {no: {}}\n",
        }
    )
    document = load()
    assert list(document.data) == [
        *("stripe_portal", "project", "moved", "products", "released", "portal_configurations", "unknown")
    ]
    assert list(document.data["products"]) == ["pro", "lite", "b", "z"]
    assert document.data["moved"] == [{"from": "a", "to": "b"}, {"from": "c", "to": "d"}]
    assert document.data["released"] == ["product.x", "product.w"]
    assert document.files == (ROOT, "cat/b.yaml", "cat/sub/a.yaml", "z.yaml")
    assert at(document, "products", "z", "name") == "z.yaml:1:22"
    assert at(document, "moved", 1, "to") == "cat/b.yaml:3:23"
    assert key_at(document, "unknown") == "cat/sub/a.yaml:2:1"
    assert load(folder / ROOT).data == load(folder).data == document.data


def test_a_file_may_include_everything_beside_it(project: Any) -> None:
    project(
        {ROOT: f"{HEAD}include: ['**/*.yaml']\n", "a/b.yaml": "products: {}", "environments/x.yaml": "products: []"}
    )
    assert load().files == (ROOT, "a/b.yaml")


def test_a_kind_that_is_empty_in_one_file_is_filled_by_another(project: Any) -> None:
    project(
        {ROOT: f"{HEAD}include: [b.yaml, c.yaml]\nproducts:\n", "b.yaml": "products: {x: {}}", "c.yaml": "products:"}
    )
    assert load().data["products"] == {"x": {}}


def test_links_may_stay_inside_the_folder_and_not_leave_it(project: Any) -> None:
    folder = project(
        {
            "shop/stripe-portal.yaml": f"{HEAD}include: [in.yaml, '*/*.yaml']\nenvironments: {{test: {{}}}}\n",
            "shop/deep/a.yaml": "products: {a: {}}",
            "outside/b.yaml": "products: {b: {}}",
        }
    )
    (folder / "shop/in.yaml").symlink_to("deep/c")
    (folder / "shop/deep/c").write_text("products: {c: {}}")
    assert list(load("shop").data["products"]) == ["a", "c"]

    (folder / "shop/out").symlink_to(folder / "outside")
    (folder / "shop/environments").mkdir()
    (folder / "shop/environments/test.yaml").symlink_to(folder / "outside/b.yaml")
    with pytest.raises(Invalid) as caught:
        load("shop")
    assert [str(p).replace("\n    ", " | ") for p in caught.value.problems] == [
        "shop/environments/test.yaml:1:1: a link that leads out of the project | put the file itself here",
        'shop/stripe-portal.yaml:3:20: include "*/*.yaml": out/b.yaml is a link that leads out of the project',
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_files_that_may_not_be_read(project: Any) -> None:
    folder = project({ROOT: f"{HEAD}include: [b.yaml]\n", "b.yaml": ""})
    (folder / "b.yaml").chmod(0)
    with pytest.raises(Invalid, match=r"b\.yaml:1:1: cannot be read: Permission denied"):
        load()
    (folder / ROOT).chmod(0)
    with pytest.raises(Unresolved, match=r"stripe-portal\.yaml: Permission denied"):
        load()


OVERLAY = """\
products:
  pro:
    name: Pro live
    description: null
    images: [c]
    metadata: {tier: null, extra: NO}
    prices:
      yearly: null
      monthly: {nickname: m}
  lite: null
  gold: {name: Gold}
portal_configurations: {main: {}}
released: [product.old]
defaults: {price: {currency: eur}}
"""


def test_an_overlay_merges_maps_and_replaces_the_rest(project: Any) -> None:
    project({ROOT: f"{TWO}defaults: {{price: {{currency: usd, tax_behavior: exclusive}}}}\n{CATALOGUE}"})
    Path("environments").mkdir()
    Path("environments/live.yaml").write_text(OVERLAY)
    live, test = load(env="live"), load(env="test")
    assert live.data == {
        "stripe_portal": 1,
        "project": "acme",
        "products": {
            "pro": {
                "name": "Pro live",
                "images": ["c"],
                "metadata": {"tier": None, "team": "x", "extra": "NO"},
                "prices": {
                    "monthly": {
                        "amount": Decimal("29.00"),
                        "nickname": "m",
                        "currency": "eur",
                        "tax_behavior": "exclusive",
                    }
                },
                "description": None,
            },
            "gold": {"name": "Gold"},
        },
        "portal_configurations": {"main": {}},
        "released": ["product.old"],
    }
    assert live.settings == {"account": "acct_1L", "livemode": True, "api_key_env": "LIVE_KEY"}
    assert (live.environment, live.files) == ("live", (ROOT, "environments/live.yaml"))
    assert at(live, "products", "pro", "name") == "environments/live.yaml:3:11"
    assert at(live, "products", "pro", "images", 0) == "environments/live.yaml:5:14"
    assert at(live, "products", "pro", "metadata", "team") == "stripe-portal.yaml:11:31"
    assert key_at(live, "products", "pro", "description") == "environments/live.yaml:4:5"
    assert at(live, "products", "pro", "prices", "monthly", "currency") == "environments/live.yaml:14:30"
    assert ("products", "lite") not in live.sources
    assert ("products", "pro", "images", 1) not in live.sources

    assert (test.environment, test.settings, test.files) == ("test", {}, (ROOT,))
    assert list(test.data["products"]) == ["pro", "lite"]


def test_the_only_environment_is_chosen(project: Any) -> None:
    project({ROOT: f"{HEAD}environments: {{test: }}\n", "environments/test.yaml": "products: {a: {}}"})
    document = load()
    assert (document.environment, document.data["products"]) == ("test", {"a": {}})


def test_no_environment_is_needed(project: Any) -> None:
    project({ROOT: HEAD})
    document = load()
    assert (document.environment, document.settings, document.data) == (
        None,
        {},
        {"stripe_portal": 1, "project": "acme"},
    )


def test_defaults_fill_what_is_not_declared(project: Any) -> None:
    project(
        {
            ROOT: f"{HEAD}defaults:\n"
            "  price: {currency: usd, recurring: {interval: month}, metadata: {by: NO}}\n"
            "  product: {tax_code: txcd_1, active: true}\n"
            "products:\n"
            "  pro:\n"
            "    tax_code: null\n"
            "    prices:\n"
            "      a: {recurring: {interval_count: 2}, metadata: {own: 1}}\n"
            "      b: {recurring: null, currency: eur}\n"
            "  broken: 5\n"
        }
    )
    document = load()
    assert document.data["products"] == {
        "pro": {
            "tax_code": None,
            "active": True,
            "prices": {
                "a": {
                    "currency": "usd",
                    "recurring": {"interval": "month", "interval_count": 2},
                    "metadata": {"by": "NO", "own": "1"},
                },
                "b": {"currency": "eur", "recurring": None, "metadata": {"by": "NO"}},
            },
        },
        "broken": 5,
    }
    price = ("products", "pro", "prices", "a")
    assert at(document, *price, "currency") == "stripe-portal.yaml:4:21"
    assert key_at(document, *price, "recurring", "interval") == "stripe-portal.yaml:4:38"
    assert at(document, *price, "recurring", "interval_count") == "stripe-portal.yaml:10:39"
    assert at(document, "products", "pro", "active") == "stripe-portal.yaml:5:39"


VARIABLES = """\
vars: {domain: acme.example, seats: 5, price: 29.00, on_sale: true, quoted: "5"}
environments: {live: {vars: {domain: live.example}}}
a: https://${domain}/x?${seats}
b: ${seats}
c: [{d: "${price}"}, "${on_sale}", '${quoted}']
e: $${domain} and $$${seats} $ {domain}
f: "costs ${price}, ${on_sale}"
metadata: {g: "${price}", h: "${on_sale}"}
defaults: {product: {url: "https://${domain}/$${x}"}}
products: {p: {}, q: {}}
"""


def test_variables_take_their_place_and_keep_their_type(project: Any) -> None:
    project({ROOT: HEAD + VARIABLES})
    data = load().data
    assert data["a"] == "https://live.example/x?5"
    assert data["b"] == 5
    assert data["c"] == [{"d": Decimal("29.00")}, True, "5"]
    assert str(data["c"][0]["d"]) == "29.00"
    assert data["e"] == "${domain} and $${seats} $ {domain}"
    assert data["f"] == "costs 29.00, true"
    assert data["metadata"] == {"g": "29.00", "h": "true"}
    assert {p["url"] for p in data["products"].values()} == {"https://live.example/${x}"}


def test_variables_of_the_command_line_win_and_are_typed(project: Any) -> None:
    project({ROOT: HEAD + VARIABLES})
    given = {"domain": "${x}", "seats": "7", "price": "30.10", "on_sale": "false", "quoted": '"NO"'}
    data = load(variables=given).data
    assert data["a"] == "https://${x}/x?7"
    assert data["b"] == 7
    assert data["c"] == [{"d": Decimal("30.10")}, False, "NO"]


def test_a_variable_may_come_from_the_command_line_alone(project: Any) -> None:
    project({ROOT: f"{HEAD}a: ${{who}}\nb: x${{empty}}\n"})
    data = load(variables={"who": "null", "empty": ""}).data
    assert (data["a"], data["b"]) == ("null", "x")


def test_what_the_schema_check_must_report_is_kept(project: Any) -> None:
    project({ROOT: f"{HEAD}products: [1]\nportal_configurations: text\nprodcts: {{}}\nmoved: 5\n"})
    document = load()
    assert document.data == {
        "stripe_portal": 1,
        "project": "acme",
        "products": [1],
        "portal_configurations": "text",
        "prodcts": {},
        "moved": 5,
    }
    assert key_at(document, "prodcts") == "stripe-portal.yaml:5:1"


def test_sources_are_a_mapping_of_every_place(project: Any) -> None:
    project({ROOT: f"{HEAD}a:\n  b: [1, {{c: 2}}]\n"})
    document = load()
    places = {place: str(source) for place, source in document.sources.items()}
    assert places == {
        ("stripe_portal",): "stripe-portal.yaml:1:16",
        ("project",): "stripe-portal.yaml:2:10",
        ("a",): "stripe-portal.yaml:4:3",
        ("a", "b"): "stripe-portal.yaml:4:6",
        ("a", "b", 0): "stripe-portal.yaml:4:7",
        ("a", "b", 1): "stripe-portal.yaml:4:10",
        ("a", "b", 1, "c"): "stripe-portal.yaml:4:14",
    }
    assert len(document.keys) == len(places)
    assert key_at(document, "a", "b") == "stripe-portal.yaml:4:3"
    assert key_at(document, "a", "b", 1, "c") == "stripe-portal.yaml:4:11"
    for missing in ((), ("x",), ("a", "b", 2), ("a", "b", -1), ("a", 0), ("a", "b", "c"), ("a", "b", 0, "c")):
        assert missing not in document.sources
    assert at(document, "a", "b", 1, "zzz") == "stripe-portal.yaml:4:10"


def at(document: Document, *place: str | int) -> str:
    return str(document.at(place))


def key_at(document: Document, *place: str | int) -> str:
    return str(document.key_at(place))
