"""The ways of granting access, one file each: the type of a ``sym_strategy`` is its module's name.

A module has the schema ``Settings`` (what ``sym_strategy.settings`` may hold), ``targets`` (target type to the schema
of its settings), and either the class ``Strategy``, an ``AccessStrategy``, or ``needs_implementation = True`` where the
class comes with the resource.
"""
