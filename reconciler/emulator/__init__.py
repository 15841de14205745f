"""A strict, stateful, local Stripe over real HTTP.

The emulator judges the rest of this project, so it imports nothing of it: it learns accepted parameters from the SDK's
own types and behaviour from what is known of Stripe. Start it with `reconciler.emulator.server.serve`.
"""
