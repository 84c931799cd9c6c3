"""Who may do something; apart from :mod:`sym.sdk.request_permission` because users need it too."""

from __future__ import annotations

from sym.sdk._text_enum import TextEnum


class PermissionLevel(TextEnum):
    """A group of users by their role."""

    ADMIN = "admin"
    """Administrators."""
    MEMBER = "member"
    """Members and administrators."""
    ALL_USERS = "all_users"
    """Everybody, guests included."""
