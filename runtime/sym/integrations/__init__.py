"""The services access is granted in, one file each: the type of a ``sym_integration`` is its module's name.

A module has the schema ``Settings`` (what ``sym_integration.settings`` may hold) and ``external_id``, a sentence saying
what the account is called there. Settings that hold the id of a resource say so with ``references``. It is served when
it has the function ``connect``, or ``needs_no_connection = True`` where the author's own code connects. It may have

``find_identity(integration, email)``  who the person with this e-mail address is in the account: an id, or None. Asked
                                       when access is granted to somebody whose identity is not stored
``functions``                          what the author module of the same name asks for: by name, functions of the
                                       integration and the arguments, a dict; answers are JSON, errors the module's

Both are called in the worker, with the host of the flow bound, and must give their requests timeouts.

A ``Settings`` schema on any shelf may have two class variables: ``takes_any_setting = True`` where settings it does not
declare are the author's own, and ``one_of``, groups of optional settings of which one is needed.
"""
