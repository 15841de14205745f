"""Catalogues like those of real companies: planned, applied and converged, then changed as such a company would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness import Project

CATALOGUES = sorted((Path(__file__).parents[1] / "catalogues").glob("*.yaml"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_company_changes_its_catalogue(judged: Project, path: Path) -> None:
    company: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    options = ["--env", company["environment"]] if "environment" in company else []
    for name in company.get("meters", ()):
        sent = {"display_name": name, "event_name": name, "default_aggregation[formula]": "sum"}
        options += ["--var", f"{name}={judged.account.post('/v1/billing/meters', sent)['id']}"]
    for name, text in company["files"].items():
        judged.write(text, name)
    judged.apply(*options)
    judged.converged(*options)
    assert company["changes"]
    for change in company["changes"]:
        for name, edits in change["edits"].items():
            for old, new in edits:
                judged.edit(old, new, name)
        if change.get("unchanged"):
            judged.converged(*options)
            continue
        allowed = [word for rule in change.get("allow", ()) for word in ("--allow", rule)]
        plan = judged.plan(*options, *allowed, code=None)
        assert plan.code == 0, f"{change['about']}\n{plan.text}"
        for expected in change["plan"]:
            assert expected in plan.out, f"{change['about']}: no {expected!r}\n{plan.out}"
        judged.apply(*options, *allowed)
        judged.converged(*options)
