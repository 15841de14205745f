"""All kinds, in the order in which a YAML file and the reference list them. A new kind is one more entry."""

from __future__ import annotations

from reconciler.kinds.kind import Kind
from reconciler.kinds.portal_configuration import PORTAL_CONFIGURATION
from reconciler.kinds.price import PRICE
from reconciler.kinds.product import PRODUCT

KINDS: tuple[Kind, ...] = (PRODUCT, PRICE, PORTAL_CONFIGURATION)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
