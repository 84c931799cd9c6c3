"""A request's JSON, read strictly: what could mean two things, or nothing at all to a database, is refused."""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import parse_qsl

from sym.errors import Invalid

_DEEPEST = 64
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MOST_FIELDS = 20


def parse(raw: bytes) -> Any:
    """The value of a JSON body.

    Raises Invalid (code ``API:MALFORMED_JSON``) for what is not JSON in UTF-8, for a key that occurs twice, for NaN and
    numbers out of range, for characters no database stores (NUL, lone surrogates) and for nesting deeper than 64.
    """
    try:
        document = json.loads(raw.decode(), parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _malformed("it is nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise _malformed(str(error)) from None
    _check(document)
    return document


def parse_form(raw: bytes) -> dict[str, str]:
    """The fields of a form's body (``application/x-www-form-urlencoded``). Raises Invalid (``API:INVALID_REQUEST``) for
    what is none, and for a field that occurs twice."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Invalid("The body is no usable form.", code="API:INVALID_REQUEST") from None
    document = dict(pairs)
    if len(document) < len(pairs):
        raise Invalid("A field of the form occurs twice.", code="API:INVALID_REQUEST")
    _check(document)
    return document


def _malformed(reason: str) -> Invalid:
    return Invalid(f"The body is not usable JSON: {reason}.", code="API:MALFORMED_JSON")


def _refuse_constant(name: str) -> Any:
    raise _malformed(f"{name} is no JSON value")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _malformed(f"the key {name[:100]!r} occurs twice")
        found[name] = value
    return found


def _check(document: Any) -> None:
    level: list[Any] = [document]
    depth = 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise _malformed(f"it is nested deeper than {_DEEPEST} levels")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += [*value, *value.values()]
            elif isinstance(value, list):
                inner += value
            else:
                _check_scalar(value)
        level = inner


def _check_scalar(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise _malformed("a number is out of range")
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise _malformed("a text holds NUL or half of a surrogate pair")
