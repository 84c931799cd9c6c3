"""Where the audit log is sent, one file each: the type of a ``sym_log_destination`` is its module's name.

A module has the schema ``Settings`` (what ``sym_log_destination.settings`` may hold) and ``integration``, the type of
the integration it sends through, None if it takes any; with ``integration_optional = True`` it works without one. It is
served when it has the class ``Destination``.
"""
