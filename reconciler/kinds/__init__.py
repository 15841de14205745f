"""All kinds, in the order in which a YAML file and the reference list them. A new kind is one more entry."""

from __future__ import annotations

from reconciler.kinds.branding import BRANDING
from reconciler.kinds.coupon import COUPON
from reconciler.kinds.feature import FEATURE
from reconciler.kinds.feedback_option import FEEDBACK_OPTION
from reconciler.kinds.kind import Kind
from reconciler.kinds.meter import METER
from reconciler.kinds.payment_link import PAYMENT_LINK
from reconciler.kinds.payment_method_configuration import PAYMENT_METHOD_CONFIGURATION
from reconciler.kinds.portal_configuration import PORTAL_CONFIGURATION
from reconciler.kinds.price import PRICE
from reconciler.kinds.product import PRODUCT
from reconciler.kinds.promotion_code import PROMOTION_CODE
from reconciler.kinds.shipping_rate import SHIPPING_RATE
from reconciler.kinds.tax_rate import TAX_RATE
from reconciler.kinds.webhook_endpoint import WEBHOOK_ENDPOINT

KINDS: tuple[Kind, ...] = (
    FEATURE,
    PRODUCT,
    PRICE,
    COUPON,
    PROMOTION_CODE,
    TAX_RATE,
    SHIPPING_RATE,
    PAYMENT_LINK,
    METER,
    PORTAL_CONFIGURATION,
    FEEDBACK_OPTION,
    PAYMENT_METHOD_CONFIGURATION,
    WEBHOOK_ENDPOINT,
)

PARTS: tuple[Kind, ...] = (BRANDING,)
"""What there is one of in each account, because it is a part of it."""

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in (*KINDS, *PARTS)}
