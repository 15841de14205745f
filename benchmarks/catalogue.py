"""A catalogue of any size, as YAML: what the other benchmarks work on."""

from __future__ import annotations

from pathlib import Path

PER_FILE = 1000
PRODUCT = """  p{n}:
    id: p{n}
    name: Product number {n}
    description: A product that is described in one sentence of quite ordinary length, as most are.
    tax_code: txcd_10103001
    statement_descriptor: ACME P{n}
    unit_label: seat
    metadata: {{tier: gold, team: catalogue, number: "{n}"}}
    marketing_features: [{{name: Unlimited projects}}, {{name: Support by email}}]
    default_price: monthly
    prices:
      monthly:
        amount: {amount}.00
        currency: usd
        lookup_key: p{n}_monthly
        tax_behavior: exclusive
        recurring: {{interval: month}}
        currency_options:
          eur: {{amount: {amount}.50}}
      yearly:
        amount: {amount}0.00
        currency: usd
        lookup_key: p{n}_yearly
        tax_behavior: exclusive
        recurring: {{interval: year}}
        currency_options:
          eur: {{amount: {amount}5.00}}
      setup:
        amount: {amount}.99
        currency: usd
        lookup_key: p{n}_setup
        tax_behavior: exclusive
        nickname: Setup fee of product {n}
        metadata: {{kind: setup, number: "{n}"}}
"""


def write(folder: Path, products: int) -> int:
    """Write the YAML of so many products with three prices each, in files of a thousand. Gives its size in bytes."""
    (folder / "catalogue").mkdir(parents=True, exist_ok=True)
    root = "stripe_portal: 1\nproject: benchmark\ninclude: [catalogue/*.yaml]\n"
    (folder / "stripe-portal.yaml").write_text(root)
    size = len(root)
    for start in range(0, products, PER_FILE):
        numbers = range(start, min(start + PER_FILE, products))
        text = "products:\n" + "".join(PRODUCT.format(n=n, amount=10 + n % 90) for n in numbers)
        (folder / "catalogue" / f"{start:06}.yaml").write_text(text)
        size += len(text)
    return size
