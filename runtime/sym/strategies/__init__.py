"""The ways of granting access, one file each: the type of a ``sym_strategy`` is its module's name.

A module has:

``integration``  the type of the integration it works through, None if it takes any; with
                 ``integration_optional = True`` it works without one, too
``Settings``     the schema of ``sym_strategy.settings``
``targets``      target type to the schema of ``sym_target.settings``. Every setting may be named in ``field_bindings``
``multiple``     the target settings that may be bound to a prompt field of a list type: access is then granted to each
``connect``      ``connect(host, settings)``, if it is there, gives ``self.connection`` by the strategy's own settings,
                 in which what names a secret is a ``Secret``; otherwise that is what the integration connects
``account``      ``account(settings)``, for a strategy without an integration: what tells where it grants from where
                 others of its type do

and either the class ``Strategy``, an ``AccessStrategy``, or ``needs_implementation = True`` where the class comes with
the resource. One that has neither is known but not served yet.
"""
