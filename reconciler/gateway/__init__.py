"""The only door to Stripe: keys, addresses, pacing, retries, and lists that are complete or fail."""

from __future__ import annotations

from reconciler.gateway.address import check_account, check_base_url
from reconciler.gateway.client import Gateway, connect
from reconciler.gateway.keys import check_key, is_live, is_restricted
from reconciler.gateway.request import item

__all__ = ["Gateway", "check_account", "check_base_url", "check_key", "connect", "is_live", "is_restricted", "item"]
