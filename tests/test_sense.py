"""What is right and makes a bad portal all the same: each warning is given, is not given, and is silenced."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler import config, reference, sense
from reconciler.desired import resolve
from reconciler.kinds.sense import SENSE
from tests.harness import Project

GOOD: dict[str, Any] = {
    "stripe_portal": 1,
    "project": "acme",
    "products": {
        "pro": {
            "id": "pro",
            "name": "Pro",
            "default_price": "monthly",
            "prices": {
                "monthly": {"amount": 20, "currency": "jpy", "recurring": {"interval": "month"}},
                "yearly": {"amount": 200, "currency": "jpy", "recurring": {"interval": "year"}},
            },
        },
        "team": {
            "id": "team",
            "name": "Team",
            "default_price": "monthly",
            "prices": {"monthly": {"amount": 50, "currency": "jpy", "recurring": {"interval": "month"}}},
        },
    },
    "portal_configurations": {
        "main": {
            "is_default": True,
            "login_page": {"enabled": True},
            "features": {
                "customer_update": {"enabled": True, "allowed_updates": ["address"]},
                "subscription_cancel": {
                    "enabled": True,
                    "mode": "immediately",
                    "proration_behavior": "create_prorations",
                    "cancellation_reason": {"enabled": True, "options": ["unused", "other"]},
                },
                "subscription_update": {
                    "enabled": True,
                    "default_allowed_updates": ["price", "quantity"],
                    "proration_behavior": "create_prorations",
                    "products": [
                        {"product": "pro", "adjustable_quantity": {"enabled": True, "maximum": 9}},
                        {"product": "team"},
                    ],
                },
            },
        }
    },
}
MAIN = "portal_configurations.main"
CANCEL, UPDATE = f"{MAIN}.features.subscription_cancel", f"{MAIN}.features.subscription_update"
GONE = object()


def changed(*edits: tuple[str, Any]) -> dict[str, Any]:
    """The good configuration with other values at dotted places."""
    data = copy.deepcopy(GOOD)
    for place, value in edits:
        *around, last = place.split(".")
        node: Any = data
        for key in around:
            node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
        if value is GONE:
            del node[last]
        else:
            node[int(last) if isinstance(node, list) else last] = value
    return data


def written(project: Project, data: dict[str, Any]) -> Project:
    project.write(yaml.safe_dump(data, sort_keys=False, default_flow_style=False))
    return project


BAD: dict[str, tuple[tuple[tuple[str, Any], ...], str, str]] = {
    "no reasons": (((f"{CANCEL}.cancellation_reason", GONE),), "cancel-reasons", "subscription_cancel"),
    "reasons off": (((f"{CANCEL}.cancellation_reason.enabled", False),), "cancel-reasons", "enabled"),
    "gone at once": (((f"{CANCEL}.proration_behavior", "none"),), "cancel-credit", "proration_behavior"),
    "shorter": (((f"{UPDATE}.proration_behavior", GONE),), "switch-credit", "subscription_update"),
    "without default": (((f"{UPDATE}.products.0.prices", ["yearly"]),), "default-price", "prices"),
    "no product has seats": (((f"{UPDATE}.products.0.adjustable_quantity", GONE),), "seats", "default_allowed_updates"),
    "seats for nothing": (((f"{UPDATE}.default_allowed_updates", ["price"]),), "seats", "adjustable_quantity"),
    "no details": (((f"{MAIN}.features.customer_update.allowed_updates", []),), "details", "allowed_updates"),
    "archived product": ((("products.team.active", False),), "out-of-service", "product"),
}
"""What is changed, which warning comes of it, and the key on whose line it is."""

FINE: dict[str, tuple[tuple[str, Any], ...]] = {
    "nothing": (),
    "no cancelling": ((f"{CANCEL}", {"enabled": False}),),
    "at the end": ((f"{CANCEL}.mode", "at_period_end"), (f"{CANCEL}.proration_behavior", "none")),
    "shorter waits": (
        (f"{UPDATE}.proration_behavior", "none"),
        (f"{UPDATE}.schedule_at_period_end", {"conditions": [{"type": "shortening_interval"}]}),
    ),
    "one interval": ((f"{UPDATE}.proration_behavior", GONE), (f"{UPDATE}.products.0.prices", ["monthly"])),
    "quantity alone": (
        (f"{UPDATE}.proration_behavior", GONE),
        (f"{UPDATE}.default_allowed_updates", ["quantity"]),
    ),
    "default is paid once": (
        ("products.team.prices.once", {"amount": 5, "currency": "jpy"}),
        ("products.team.default_price", "once"),
    ),
    "no default": (("products.pro.default_price", GONE), (f"{UPDATE}.products.0.prices", ["yearly"])),
    "out of service": (
        (f"{MAIN}.is_default", False),
        (f"{MAIN}.active", False),
        (f"{CANCEL}.cancellation_reason", GONE),
    ),
    "details off": ((f"{MAIN}.features.customer_update", {"enabled": False}),),
}


@pytest.mark.parametrize("case", BAD)
def test_the_yaml_shows_it(project: Project, case: str) -> None:
    edits, name, key = BAD[case]
    result = written(project, changed(*edits)).run("validate")
    found = re.fullmatch(
        r"Warning: stripe-portal\.yaml:(\d+):(\d+): portal_configuration\.main: .+: .+\. .+  \(silence: (.+)\)\n",
        result.err,
    )
    assert found, result.err
    assert found[3] == name
    assert project.read().split("\n")[int(found[1]) - 1][int(found[2]) - 1 :].startswith(f"{key}:")
    assert result.out.startswith("Valid: 2 products")
    rule = next(r for r in SENSE if r.name == name)
    assert rule.why in result.err
    assert rule.change in result.err


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("place", [f"{MAIN}.silence", "silence"])
def test_it_is_silenced_by_its_name(project: Project, case: str, place: str) -> None:
    edits, name, _ = BAD[case]
    assert written(project, changed(*edits, (place, [name]))).run("validate").err == ""
    other = next(r.name for r in SENSE if r.name != name and r.account)
    assert name in written(project, changed(*edits, (place, [other]))).run("validate").err


@pytest.mark.parametrize("case", FINE)
def test_what_is_well_goes_without_a_word(project: Project, case: str) -> None:
    assert written(project, changed(*FINE[case])).run("validate").err == ""


def test_what_silences_nothing_is_pointed_out(project: Project) -> None:
    written(project, changed(("silence", ["seats"]), (f"{MAIN}.silence", ["details", "currencies"])))
    result = project.run("validate")
    result.shows(
        [
            "Note: stripe-portal.yaml:…: portal_configuration.main: details is silenced, and says nothing",
            "Note: stripe-portal.yaml:…: seats is silenced, and says nothing",
        ],
        hides=["currencies"],
    )
    assert "Warning" not in result.err


def test_one_environment_may_need_what_another_does_not(project: Project) -> None:
    data = changed(("environments", {"a": {}, "b": {}}), (f"{MAIN}.silence", ["details"]))
    assert written(project, data).run("validate", "--env", "a").err == ""


def test_an_overlay_silences_too(project: Project) -> None:
    written(project, changed(("environments", {"a": {}, "b": {}}), (f"{CANCEL}.cancellation_reason", GONE)))
    project.write("silence: [cancel-reasons]\n", "environments/b.yaml")
    assert "cancel-reasons" in project.run("validate", "--env", "a").err
    assert project.run("validate", "--env", "b").err == ""


@pytest.mark.parametrize("place", [f"{MAIN}.silence", "silence"])
def test_a_name_that_no_warning_has_is_an_error(project: Project, place: str) -> None:
    result = written(project, changed((place, ["cancel-reason"]))).run("validate", code=1)
    assert "did you mean `cancel-reasons`?" in result.err


def test_what_no_warning_is_about_has_nothing_to_silence(project: Project) -> None:
    result = written(project, changed(("products.pro.silence", ["details"]))).run("validate", code=1)
    assert "unknown key `silence` in product.pro" in result.err


def test_github_marks_the_line(project: Project) -> None:
    written(project, changed((f"{CANCEL}.cancellation_reason", GONE)))
    result = project.run("validate", "--format", "github")
    assert re.match(r"::warning file=stripe-portal\.yaml,line=\d+,col=\d+,title=Warning::portal_config", result.out)
    assert "silence: cancel-reasons" in result.out


def test_a_plan_leaves_it_to_validate(project: Project) -> None:
    written(project, changed((f"{CANCEL}.cancellation_reason", GONE)))
    assert "cancel-reasons" not in project.plan().text


def test_every_warning_is_in_the_reference_and_rests_on_facts() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", reference.render()["warnings.md"], re.M)
    assert sorted(rows) == sorted(r.name for r in SENSE)
    assert len(set(rows)) == len(rows)
    assert [r.name for r in SENSE if not re.match(r"\d+", r.facts) or not (r.declared or r.account)] == []


@st.composite
def well(draw: st.DrawFn) -> dict[str, Any]:
    """A configuration with any features, each of them done well."""
    flag = st.booleans()
    features = copy.deepcopy(GOOD["portal_configurations"]["main"]["features"])
    for name in [name for name in features if draw(flag)]:
        del features[name]
    if "subscription_cancel" in features and draw(flag):
        features["subscription_cancel"] |= {"mode": "at_period_end", "proration_behavior": "none"}
    if "subscription_update" in features:
        update = features["subscription_update"]
        if draw(flag):
            update["schedule_at_period_end"] = {"conditions": [{"type": "shortening_interval"}]}
            update["proration_behavior"] = draw(st.sampled_from(["none", "always_invoice"]))
        update["products"] = draw(st.permutations(update["products"]))
        if draw(flag):
            update["products"] = [p for p in update["products"] if p["product"] == "pro"]
    features["invoice_history"] = {"enabled": draw(flag)}
    return changed((f"{MAIN}.features", features), (f"{MAIN}.login_page.enabled", draw(flag)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=well())
def test_no_configuration_that_is_done_well_is_warned_of(tmp_path: Path, data: dict[str, Any]) -> None:
    path = tmp_path / "stripe-portal.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    document = config.load(path)
    desired, problems = resolve(document)
    assert not problems
    assert sense.in_yaml(document, desired) == []


@pytest.mark.parametrize("name", ["minimal", "saas", "usage-based", "everything"])
def test_what_init_writes_is_free_of_warnings(project: Project, name: str) -> None:
    project.run("init", "--example", name)
    for env in (["--env", "dev"], ["--env", "test"], ["--env", "live"]) if name == "saas" else ([],):
        assert project.run("validate", *env).err == ""
        if env != ["--env", "live"]:
            assert "silence:" not in project.plan(*env).text
