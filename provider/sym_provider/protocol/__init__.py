"""Terraform's plugin protocol 6 over gRPC: the only package that imports grpc.

``handshake.serve`` is the way in. ``server`` decodes, calls the framework's driver and encodes; ``wire`` and
``messages`` translate values and everything else; ``tls`` and ``hclog`` are what go-plugin expects of a plugin.
"""
