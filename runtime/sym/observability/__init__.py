"""What the people who run the product can see of it: logs, metrics and traces.

``watch`` is what the rest of the product calls; ``logs``, ``metrics`` and ``tracing`` are what it writes to; ``page``
adds what the store knows and shows it. Nothing here decides anything, and nothing fails because it could not be told.
"""
