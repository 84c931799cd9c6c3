"""How the tables came to be: one file in ``versions`` per change, ``v<number>_<what>.py``, applied in order.

A migration is history: it spells out its columns and imports nothing of ours, so that it still means the same when the
tables have moved on. What both databases can do is written once; ``op.batch_alter_table`` is for what SQLite
can only do by rebuilding the table.
"""
