"""stripe-portal: a Stripe catalogue and customer portal as code."""

__version__ = "0.1.0"
