"""What is written to a connected account, against Stripe's own document."""

from __future__ import annotations

from tests.harness import Project
from tests.test_branding import Brand


def test_branding_is_written_as_stripe_describes_it(judged: Project) -> None:
    brand = Brand(judged)
    brand.apply()
    shop = judged.account.get(f"/v1/accounts/{brand.shop.id}")
    assert None not in shop["settings"]["branding"].values()
    judged.converged(*brand.words)
    judged.plan().shows(["No changes.", "To do in the Dashboard", "icon", "logo", "primary_color", "secondary_color"])
