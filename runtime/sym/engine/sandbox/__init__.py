"""Runs code that came through the store, in processes of its own: with a deadline, a memory limit and no secrets but
those its flow declares. Start with :mod:`sym.engine.sandbox.sandbox`; this package itself imports nothing."""
