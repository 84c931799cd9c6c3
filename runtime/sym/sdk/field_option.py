"""The former home of :class:`sym.sdk.forms.FieldOption`."""

from __future__ import annotations

from sym.sdk.forms import FieldOption

__all__ = ["FieldOption"]
