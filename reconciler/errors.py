"""Every error that a user can meet.

PortalError
├── Invalid      the YAML is wrong: every problem, with file, line and column
├── Unresolved   something that the run needs cannot be found or read
├── Usage        the command line asks for something that cannot be
├── UnsafePlan   a guard refused; nothing was written
├── WrongTarget  the key or the host is not the one asked for; nothing was sent or nothing was written
└── ApiFailure   Stripe said no, or did not answer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.model import Source


class PortalError(Exception):
    """The root. Its text is for people; only `cli` catches it."""

    exit_code = 1


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong in the YAML. `hint` says what would be right."""

    source: Source
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.message}" + (f"\n    {self.hint}" if self.hint else "")


class Invalid(PortalError):
    """The YAML is wrong. Carries all problems, sorted by place."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class Unresolved(PortalError):
    """Something that the run needs cannot be found or read: a file, an environment, an address."""


class Usage(PortalError):
    """The command line asks for something that cannot be."""

    exit_code = 64


class UnsafePlan(PortalError):
    """A guard refused the plan. `reasons` each name the `--allow` that lets it pass, where one does."""

    exit_code = 3

    def __init__(self, reasons: Sequence[str]):
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


class WrongTarget(PortalError):
    """The key, the account, the mode or the host is not the one that this run may touch."""

    exit_code = 3


class ApiFailure(PortalError):
    """Stripe refused a call, or did not answer.

    `status` is the HTTP status or 0 when there was no answer. `unknown` is true when the call may have taken effect.
    `remembered`: it is Stripe's stored answer to the same call of an earlier run.
    """

    def __init__(
        self,
        call: str,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        param: str = "",
        request_id: str = "",
        unknown: bool = False,
        remembered: bool = False,
    ):
        self.call, self.message, self.status, self.code = call, message, status, code
        self.param, self.request_id, self.unknown = param, request_id, unknown
        self.remembered = remembered
        details = ", ".join(filter(None, [f"HTTP {status}" if status else "", code, param, request_id]))
        super().__init__(f"{call}: {message}" + (f" ({details})" if details else ""))

    def saying(self, message: str) -> ApiFailure:
        """The same failure, in other words."""
        return ApiFailure(
            self.call,
            message,
            status=self.status,
            code=self.code,
            param=self.param,
            request_id=self.request_id,
            unknown=self.unknown,
            remembered=self.remembered,
        )
