"""The integration a strategy works with."""

from __future__ import annotations

from sym.sdk._integration import Integration

__all__ = ["Integration"]
