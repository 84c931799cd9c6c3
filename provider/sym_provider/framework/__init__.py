"""Terraform's semantics for a provider written in Python. Nothing here knows gRPC, nor what the provider is about.

* ``values``: types, values, the unknown
* ``diagnostics``: errors and warnings with a path
* ``schema``: attributes, nested blocks, resource schemas
* ``validation``, ``planning``, ``upgrading``: pure functions of a schema and values
* ``interfaces``: what a provider author writes
* ``lifecycle``: the driver that puts it all together, one method per operation of Terraform
"""
