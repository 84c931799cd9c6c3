"""The people of a workspace, and its bots, as Slack describes them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

_COLORS = ("#4a154b", "#1264a3", "#007a5a", "#8d3e01", "#9c1c4f", "#3f4b8c", "#5b5b5b", "#7a5c00")


@dataclass(kw_only=True)
class Account:
    """Somebody in a workspace. ``home_team`` differs from ``team`` for people of another company (Slack Connect)."""

    id: str
    team: str
    home_team: str
    handle: str
    name: str
    email: str | None = None
    title: str = ""
    is_admin: bool = False
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_deleted: bool = False
    is_bot: bool = False
    app_id: str | None = None
    bot_id: str | None = None
    updated: int = 0

    @property
    def is_stranger(self) -> bool:
        """Whether this is somebody of another company."""
        return self.home_team != self.team

    def as_slack(self, *, with_email: bool) -> dict[str, Any]:
        """The ``user`` object of ``users.info``; ``profile.email`` only if the app may see it."""
        user: dict[str, Any] = {
            "id": self.id, "team_id": self.home_team, "name": self.handle, "deleted": self.is_deleted,
            "real_name": self.name, "tz": "Etc/UTC", "tz_label": "UTC", "tz_offset": 0, "profile": self._profile(),
            "is_bot": self.is_bot, "is_app_user": False, "updated": self.updated,
        }  # fmt: skip
        if with_email and self.email and not self.is_bot:
            user["profile"]["email"] = self.email
        if self.is_stranger:
            return {**user, "is_stranger": True}
        if not self.is_deleted:
            user |= {
                "is_admin": self.is_admin, "is_owner": False, "is_primary_owner": False,
                "is_restricted": self.is_guest or self.is_single_channel_guest,
                "is_ultra_restricted": self.is_single_channel_guest, "color": self.color.removeprefix("#"),
            }  # fmt: skip
        return user

    def _profile(self) -> dict[str, Any]:
        profile: dict[str, Any] = {
            "real_name": self.name, "real_name_normalized": self.name, "display_name": self.handle,
            "display_name_normalized": self.handle, "title": self.title, "team": self.home_team,
        }  # fmt: skip
        if self.is_bot:
            profile |= {"api_app_id": self.app_id or "", "bot_id": self.bot_id or "", "always_active": True}
        return profile

    @property
    def color(self) -> str:
        """The colour of the square that stands for a picture; always the same for the same handle."""
        return _COLORS[zlib.crc32(self.handle.encode()) % len(_COLORS)]

    def as_page(self) -> dict[str, Any]:
        """What the page shows of this person."""
        initials = "".join(word[0] for word in self.name.split()[:2] if word).upper()
        return {
            "id": self.id, "team": self.team, "home_team": self.home_team, "handle": self.handle, "name": self.name,
            "email": self.email, "initials": initials or "?", "color": self.color, "title": self.title,
            "is_admin": self.is_admin, "is_guest": self.is_guest or self.is_single_channel_guest,
            "is_single_channel_guest": self.is_single_channel_guest, "is_stranger": self.is_stranger,
            "is_deleted": self.is_deleted, "is_bot": self.is_bot,
        }  # fmt: skip
