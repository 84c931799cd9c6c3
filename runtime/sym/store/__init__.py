"""The store: the only module of the product that speaks SQL, and the only meeting place of its parts.

``database``    a :class:`~sym.store.database.Store`: one SQLite file or one PostgreSQL database
``resources``   what ``terraform apply`` said, versioned; nothing is deleted while something needs it
``runs events grants``    requests, what happened to them, and the access they led to
``users identities tokens organizations workers``    people, bots, and who may talk to us
``audit``       the log of what happened, committed together with what happened

``quick``       reads a SQLite file for a program that cannot wait for SQLAlchemy

Importing this package costs nothing; its other modules import SQLAlchemy. Their functions take an open connection and
never begin or end a transaction, so that a caller puts what belongs together into one commit. Ids are UUIDs as text,
times are aware datetimes in UTC.
"""
