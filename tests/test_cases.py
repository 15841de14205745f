"""Scenarios: each file in tests/cases/<kind>/ is one story, told through the command line over real HTTP.

    name: What the story shows, in a sentence.
    complaint: [5, 6]          what users of other tools complain about, by its number in the list (optional)
    steps:                     each with any of
    - account: live            another account than the first; one whose name begins with `live` has a live key
      given: …                 how things are: brought about, and applied where it says something about the YAML
      when: …                  what somebody does; then `plan` runs, and `apply` unless that is refused
      plan: …                  what `plan` says
      apply: …                 what `apply` says
      calls: …                 what `apply` writes: all of it, in this order
      then: …                  how things are afterwards

`given`, `when`: `clock` (what the emulator's clock does), `brand` (the branding that somebody sets), `stripe` (what
somebody else does: `post`, `delete` or `get` a path, with `data`, `as` a name for the id, which of a list is the newest
one's), then `yaml` (the root file; its first two lines may be left out), `files` (others), `pictures` (path: `png`,
`another png`, `icon`, `wide`, `jpeg`, `webp` or `gif`) and `edit` (texts of the root file, old: new); `env`, `var`,
`allow`, `only` (addresses) for the command line; `faults` of the emulator, which end with the step.

`plan`: lines in their order, `…` for anything within one. Or a map: lines under `says` (exit 0), `refused` (3),
`invalid` (1) or `misused` (64); under `hides` those that must not be there; under `asked` every request that it makes.
`apply`: lines, or a map of `exit`, `says` and `hides`.
`calls`: `POST /v1/prices`, or that as the key of some of its parameters (null: not sent); a list in the list is a group
in any order.
`then`: by address or id, some of the object's fields (and `as` a name for its id); or `archived`, `untouched`, `gone`.
`<name>` stands for an id: one named with `as`, the live object's of an address, the `account`'s or `account.<name>`'s.

Always asserted: `plan` writes nothing, nor does `apply` when it is refused. After an apply the next plan is empty, no
address has two live objects, and what is not ours is as it was (unless `then` says by its `<name>` how it is; kinds
without metadata aside, which nobody owns). What is said has no control characters in it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness import Project
from tests.story import JUDGED, Story, known

CASES = sorted((Path(__file__).parent / "cases").rglob("*.yaml"))


@pytest.mark.parametrize("saves", [False, True], ids=["", "saved"])
@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case(path: Path, saves: bool, project: Project) -> None:
    project.saves = saves
    case = known(yaml.load(path.read_text(encoding="utf-8"), Strict), {"name", "complaint", "steps"})
    assert any(JUDGED & step.keys() for step in case["steps"]), "a case that asserts nothing"
    story = Story(project)
    try:
        for step in case["steps"]:
            story.step(step)
    finally:
        project.account.calm()
        project.account.control("clock", set=time.time(), run=True)


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice, because the last one would hide what the first one asserts."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"the same key twice: {keys}"
        return super().construct_mapping(node, deep)
