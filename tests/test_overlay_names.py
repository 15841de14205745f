"""An overlay that names what no other file declares any more."""

from __future__ import annotations

from tests.harness import Project


def test_a_resource_that_was_renamed_under_its_overlay_is_pointed_out(project: Project) -> None:
    project.write(
        "stripe_portal: 1\nproject: acme\nenvironments: {test: {}}\n"
        "products: {pro: {name: Pro, prices: {month: {amount: 1.00, currency: usd}}}}\n"
    )
    project.write("products:\n  pro:\n    prices:\n      monthly: {adopt: price_1}\n", "environments/test.yaml")
    project.run("validate", code=1).shows(
        [
            "environments/test.yaml:4:7: price.pro.monthly has no `currency`",
            "Only environments/test.yaml declares price.pro.monthly: if it was renamed in the other files, rename it",
        ]
    )
