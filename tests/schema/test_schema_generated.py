"""The schemas for editors: fresh, sound, and never stricter than the tool."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.kinds import KINDS
from reconciler.schema import json_schema, render

ROOT = Path(__file__).parents[2]
VALID = sorted((Path(__file__).parent / "valid").glob("*.yaml"))
NAMES = {"product": ["pro", "basic"], "price": ["pro.monthly", "basic.monthly"]}


def errors(schema: dict[str, Any], text: str) -> list[str]:
    return [e.message for e in Draft202012Validator(schema).iter_errors(yaml.safe_load(text))]


def test_the_committed_schemas_are_those_of_the_tables() -> None:
    committed = {f.name: f.read_text("utf-8") for f in (ROOT / "schemas").glob("stripe-portal.*")}
    assert committed == render(), "run python -m reconciler.schema"


@pytest.mark.parametrize("schema", [json_schema(), json_schema(overlay=True), json_schema(names=NAMES)])
def test_they_are_json_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("file", VALID, ids=lambda f: f.stem)
def test_an_editor_underlines_nothing_in_what_is_right(file: Path) -> None:
    assert errors(json_schema(), file.read_text("utf-8")) == []


def test_every_field_is_there_with_its_description() -> None:
    schema = json_schema()
    for kind in KINDS:
        for field in (*kind.fields, *kind.spellings, *kind.hints):
            if kind.parent and field.name == kind.parent[1]:
                continue
            node = schema["$defs"][kind.name]
            for step in field.path:
                node = node["additionalProperties"] if step == "*" else node["properties"][step]
            assert node["description"] == field.doc


def test_a_part_of_a_project_is_complete_by_itself() -> None:
    """Defaults, includes and the overlay may supply what a file leaves out."""
    assert errors(json_schema(), "products: {pro: {prices: {monthly: {amount: 29.00}}}}") == []


def test_an_editor_underlines_what_is_wrong() -> None:
    schema = json_schema()
    assert errors(schema, "products: {pro: {nmae: Pro}}")
    assert errors(schema, "products: {pro: {prices: {monthly: {currency: USD}}}}")
    assert errors(schema, "products: {my pro: {name: Pro}}")
    assert errors(schema, "released: [pro]")


def test_an_overlay_leaves_resources_out_and_has_no_project() -> None:
    overlay = json_schema(overlay=True)
    text = "products: {legacy: null, pro: {prices: {monthly: null}}}"
    assert errors(overlay, text) == []
    assert errors(json_schema(), text)
    assert errors(overlay, "project: acme")
    assert errors(overlay, "include: [more.yaml]")


@pytest.mark.parametrize("name", ["pro.monthly", "basic.monthly", "monthly", "{id: price_1}"])
def test_a_reference_may_be_any_declared_name_or_an_id(name: str) -> None:
    assert errors(json_schema(names=NAMES), f"products: {{pro: {{default_price: {name}}}}}") == []


@pytest.mark.parametrize("name", ["pro.yearly", "yearly", "price_1"])
def test_a_reference_to_nothing_is_underlined_when_the_names_are_known(name: str) -> None:
    text = f"products: {{pro: {{default_price: {name}}}}}"
    assert errors(json_schema(names=NAMES), text)
    assert errors(json_schema(), text) == []


def test_writing_them(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "reconciler.schema", str(tmp_path)], check=True, cwd=ROOT)
    assert {f.name: f.read_text("utf-8") for f in tmp_path.iterdir()} == render()


def test_importing_the_stage_imports_no_library() -> None:
    program = "import reconciler.schema, sys; print([m for m in sys.modules if m.startswith('jsonschema')])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n"
