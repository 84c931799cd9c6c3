"""Values on the wire: msgpack directed by a type, as Terraform's type system (cty) writes it.

An unknown is a msgpack extension: type 0, or type 12 with refinements. Both come through as
:class:`~sym_provider.framework.values.Unknown`, which keeps the bytes. A number is an int, a float or, when neither
holds it exactly, a decimal string. Everything else is plain msgpack.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgpack  # type: ignore[import-untyped]

from sym_provider.framework.upgrading import coerce
from sym_provider.framework.values import Type, Unknown, Value, ValueMismatch


def decode(kind: Type, packed: bytes, text: bytes = b"") -> Value:
    """Return the value in the one of two encodings that is not empty; none at all is null.

    Raises :class:`ValueMismatch` when it is not of the type, with the path, or not msgpack or JSON at all.
    """
    if packed:
        return kind.conform(_unpack(packed))
    return coerce(kind, parse_json(text)) if text else None


def encode(kind: Type, value: Value) -> bytes:
    """Return the value as msgpack. Raises :class:`ValueMismatch` with the path when it is not of the type."""
    packed: bytes = msgpack.packb(kind.conform(value), default=_pack_other)
    return packed


def parse_json(text: bytes) -> Any:
    """Parse stored state; fractions become ``Decimal`` so that no digit is lost. Raises :class:`ValueMismatch`."""
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        raise ValueMismatch((), "the value is not JSON") from None


def _unpack(packed: bytes) -> Any:
    try:
        return msgpack.unpackb(packed, ext_hook=Unknown)
    except (ValueError, msgpack.UnpackException):
        raise ValueMismatch((), "the value is not msgpack") from None


def _pack_other(value: Any) -> Any:
    if isinstance(value, Unknown):
        return msgpack.ExtType(value.extension, value.refinement)
    if isinstance(value, int | Decimal):  # an int comes here when 64 bits do not hold it
        return str(value)
    raise TypeError(f"a {type(value).__name__} cannot be packed")
