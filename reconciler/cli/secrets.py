"""A file of secrets that Stripe tells once, for nobody but the user (stripe-facts 8, webhook endpoints)."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import click

from reconciler.errors import Unresolved, UnsafePlan
from reconciler.kinds import BY_NAME
from reconciler.model import Address, Plan, Verb


class SecretsFile:
    """`{"webhook_endpoint.main": {"id": "we_…", "secret": "whsec_…"}}`, mode 0600, complete after every secret."""

    def __init__(self, path: Path | None, plan: Plan):
        """Make the file where the plan brings secrets, before anything is written to Stripe.

        Raises UnsafePlan when it is there already, as it may hold what nobody can get again; Unresolved when it cannot
        be made.
        """
        brings = any(a.verb is Verb.CREATE and BY_NAME[a.address.kind].secret for a in plan.actions)
        self.path = path if brings else None
        self._kept: dict[str, dict[str, str]] = {}
        self._lost: dict[str, str] = {}
        self._lock = threading.Lock()
        if self.path is None:
            return
        try:
            _write(self.path, b"")
        except FileExistsError:
            reason = f"{path} is there already, and may hold secrets that cannot be had again: name another file"
            raise UnsafePlan([reason]) from None
        except OSError as error:
            raise Unresolved(f"{path} cannot be written: {error.strerror}. Nothing was written to Stripe") from None

    def keep(self, address: Address, ident: str, secret: str) -> None:
        """Add one. Never raises: what was created stays created, and `close` tells what was not kept."""
        with self._lock:
            if self.path is None:
                self._lost[f"{address} ({ident})"] = "was not kept (--secrets-to FILE does)"
                return
            kept = {**self._kept, str(address): {"id": ident, "secret": secret}}
            part = self.path.with_name(f"{self.path.name}.part")
            try:
                part.unlink(missing_ok=True)
                _write(part, json.dumps(kept, indent=2).encode() + b"\n")
                part.replace(self.path)
            except OSError as error:
                self._lost[f"{address} ({ident})"] = f"could not be kept in {self.path}: {error.strerror}"
                part.unlink(missing_ok=True)
            else:
                self._kept = kept

    def close(self) -> bool:
        """Say where each secret is, and whether all are where they should be. A file that none came to goes."""
        for address, one in self._kept.items():
            click.echo(f"The secret of {address} ({one['id']}) is in {self.path}.", err=True)
        for who, why in self._lost.items():
            click.echo(f"The secret of {who} {why}: the Dashboard shows it.", err=True)
        if self.path and not self._kept:
            self.path.unlink(missing_ok=True)
        return self.path is None or not self._lost


def _write(path: Path, content: bytes) -> None:
    """A new file that only the user can read, down to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
