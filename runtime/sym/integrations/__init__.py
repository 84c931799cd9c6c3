"""The services access is granted in, one file each: the type of a ``sym_integration`` is its module's name.

A module has the schema ``Settings`` (what ``sym_integration.settings`` may hold) and ``external_id``, a sentence saying
what the account is called there.
"""
