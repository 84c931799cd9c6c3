"""The base of every enumeration an author sees."""

from __future__ import annotations

from enum import Enum


class TextEnum(str, Enum):  # noqa: UP042 - StrEnum would change str() too
    """An enumeration whose members are strings and are interpolated as such.

    Python 3.11 changed ``f"{member}"`` of a string enumeration from its value to ``Class.MEMBER``. Authors put members
    into Slack messages, so interpolation shows the value, on every version. ``str(member)`` is Python's own.
    """

    def __format__(self, format_spec: str) -> str:
        # Not str.__format__(self, ...): without a format it asks for str(self), which is Class.MEMBER.
        return format(str(self.value), format_spec)
