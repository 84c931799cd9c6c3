"""Terraform's plugin protocol 6 over gRPC: the only package that knows HTTP/2 and protobuf.

``handshake.serve`` is the way in. From there a call goes through ``pipe`` (bytes, perhaps encrypted), ``connection``
(calls), ``server`` (which thread) and ``calls`` (decode, call the framework's driver, encode), and back through
``outgoing``; ``frames`` is HTTP/2's grammar. ``wire`` and ``messages`` translate values and everything else; ``tls``
and ``hclog`` are what go-plugin expects of a plugin.
"""
