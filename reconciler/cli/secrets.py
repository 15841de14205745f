"""A file of secrets that Stripe tells once, for nobody but the user (stripe-facts 8, webhook endpoints)."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from reconciler.errors import Unresolved, UnsafePlan
from reconciler.kinds import BY_NAME
from reconciler.model import Action, Address, Outcome, Plan, Status, Verb


class SecretsFile:
    """`{"webhook_endpoint.main": {"id": "we_…", "secret": "whsec_…"}}`, mode 0600, complete after every secret."""

    def __init__(self, path: Path | None, plan: Plan):
        """Make the file where the plan brings secrets, before anything is written to Stripe.

        Raises UnsafePlan when it is there already, as it may hold what nobody can get again; Unresolved when it cannot
        be made.
        """
        self.path = path
        self._kept: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()
        self._handle = -1
        if path is None or not any(map(_brings_secret, plan.actions)):
            return
        try:
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            reason = f"{path} is there already, and may hold secrets that cannot be had again: name another file"
            raise UnsafePlan([reason]) from None
        except OSError as error:
            raise Unresolved(f"{path} cannot be written: {error.strerror}. Nothing was written to Stripe") from None

    def keep(self, address: Address, ident: str, secret: str) -> None:
        """Add one. Never raises: what was created stays created, and `close` tells what was not kept."""
        if self._handle < 0:
            return
        with self._lock:
            kept = {**self._kept, str(address): {"id": ident, "secret": secret}}
            try:
                text = json.dumps(kept, indent=2).encode() + b"\n"
                while os.pwrite(self._handle, text, 0) < len(text):  # a disk that fills up raises on the next try
                    pass
                os.fsync(self._handle)
            except OSError:
                return
            self._kept = kept

    def close(self, outcomes: Sequence[Outcome]) -> None:
        """Say where each secret is. A file that none came to is taken away."""
        made = [o for o in outcomes if o.status is Status.DONE and _brings_secret(o.action)]
        for outcome in made:
            kept = str(outcome.action.address) in self._kept
            where = f"is in {self.path}" if kept else "was not kept (--secrets-to FILE does): the Dashboard shows it"
            click.echo(f"The secret of {outcome.action.address} ({outcome.id}) {where}.", err=True)
        if self._handle >= 0:
            os.close(self._handle)
            if not self._kept and self.path:
                self.path.unlink(missing_ok=True)


def _brings_secret(action: Action) -> bool:
    return action.verb is Verb.CREATE and bool(BY_NAME[action.address.kind].secret)
