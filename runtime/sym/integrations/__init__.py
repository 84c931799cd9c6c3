"""The services access is granted in, one file each: the type of a ``sym_integration`` is its module's name.

A module has the schema ``Settings`` (what ``sym_integration.settings`` may hold) and ``external_id``, a sentence saying
what the account is called there. Settings that hold the id of a resource say so with ``references``. It is served when
it has ``connect``, or ``needs_no_connection = True`` where nothing has to be connected.

``connect(host, integration)``  what strategies (``self.connection``) and ``functions`` work with; ``host`` is a
                                :class:`sym.sdk.connection.ConnectionHost`. If it has ``find_identity(email)``, that is
                                asked who the person with this e-mail address is in the account: an id, or None
``functions``                   what the author module of the same name asks for, by name: each is called with a
                                :class:`sym.sdk.connection.Asking`; answers are JSON, errors the module's

A ``Settings`` schema on any shelf may have two class variables: ``takes_any_setting = True`` where settings it does not
declare are the author's own, and ``one_of``, groups of optional settings of which one is needed.
"""
