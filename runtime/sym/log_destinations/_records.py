"""What streams of AWS answer for each record."""

from __future__ import annotations

from collections.abc import Mapping


def why_refused(record: Mapping[str, str]) -> str:
    """Why a record was not taken: its code and message; "" if it was."""
    code = record.get("ErrorCode")
    return f"{code}: {record.get('ErrorMessage', '')}".rstrip(": .") if code else ""
