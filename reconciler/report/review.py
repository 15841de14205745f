"""A plan as a document to review, before a format lays it out: in what order, and with which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reconciler.model import Plan
from reconciler.report import checklist
from reconciler.report.checklist import Task
from reconciler.report.edits import Edit, edits
from reconciler.report.groups import PARTIAL, Group, groups, summary

REFUSED = "Refused: apply will not do this"
WARNED = "Warnings"
MONEY = "Money"
COLUMNS = ("Address", "Now", "New", "Change", "Active subscriptions", "Monthly recurring revenue")
EDITED = "Edited in Stripe since the last apply, and overwritten by this plan"
CHANGES = "Changes"


class Price(Protocol):
    """One line of the table of money, as report.impact tells it."""

    @property
    def address(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def percent(self) -> str: ...
    @property
    def subscriptions(self) -> str: ...
    @property
    def monthly(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Review:
    """All that there is to say of a plan. Nothing of it is escaped for any format yet."""

    title: str
    about: str
    summary: str
    refusals: tuple[str, ...]
    warnings: tuple[str, ...]
    prices: tuple[Price, ...]
    impact: tuple[str, ...]
    allowed: tuple[str, ...]
    edits: tuple[Edit, ...]
    groups: tuple[Group, ...]
    tasks: tuple[Task, ...]
    command: str


def review(plan: Plan, reads: int | None = None) -> Review:
    """The plan, told."""
    from reconciler.report import impact

    where = f"environment {plan.environment}" if plan.environment else ""
    project = f"project {plan.project}" if plan.project else ""
    used = f"reads used: {reads}" if reads is not None else ""
    return Review(
        title=_joined([str(plan.target), where, PARTIAL.partition(":")[0] if plan.partial else ""]),
        about=_joined([f"API {plan.target.api_version}", project, used, PARTIAL if plan.partial else ""]),
        summary=summary(plan),
        refusals=plan.refusals,
        warnings=plan.warnings,
        prices=tuple(impact.table(plan)),
        impact=tuple(impact.lines(plan)),
        allowed=plan.allowed,
        edits=tuple(edits(plan)),
        groups=groups(plan),
        tasks=tuple(checklist.tasks(plan)),
        command="stripe-portal plan" + (f" --env {plan.environment}" if plan.environment else ""),
    )


def cells(price: Price) -> Sequence[str]:
    """A line of the table, in the order of COLUMNS."""
    return price.address, price.before, price.after, price.percent, price.subscriptions, price.monthly


def _joined(parts: Sequence[str]) -> str:
    return " · ".join(filter(None, parts))
