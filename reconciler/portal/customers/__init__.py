"""Whom the portal's login page lets in, and whom it does not."""
