"""The examples that ship, under the eyes of Stripe's own document."""

from __future__ import annotations

import pytest

from reconciler import scaffold
from tests.harness import Project


@pytest.mark.parametrize("example", scaffold.examples())
def test_an_example_is_applied_and_changed(judged: Project, example: str) -> None:
    judged.run("init", "--example", example)
    options = ["--env", "test"] if (judged.folder / "environments").is_dir() else []
    judged.apply(*options)
    judged.converged(*options)


def test_what_is_replaced_with_all_that_follows(judged: Project) -> None:
    judged.run("init", "--example", "everything")
    judged.apply()
    judged.edit("once: {amount: 5.00}", "once: {amount: 6.00}")
    judged.edit("percent_off: 25", "percent_off: 30", "catalogue/discounts.yaml")
    judged.edit("https://pulse.example/stripe/webhook", "https://pulse.example/stripe/hook", "catalogue/selling.yaml")
    judged.edit("features: [api, audit_log]", "features: [api]")
    judged.apply()
    judged.converged()
