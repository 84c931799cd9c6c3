"""Where the tokens of workspaces that installed the app are kept: in the store, sealed, bound to the team's id."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore

from sym.audit.events import Actor
from sym.errors import NotServed
from sym.sealing import Sealed, SealingKeys
from sym.store.database import Store
from sym.store.slack import (
    StoredInstallation,
    delete_installation,
    installation_of,
    list_installations,
    save_installation,
)

Document = dict[str, Any]

_ORG_WIDE = "The app is installed workspace by workspace, not for a whole Enterprise organization."


class Installations(InstallationStore):
    """The installations of one store, one for each workspace. What may be read (names, ids, scopes) is plain; the bot
    token is sealed with the keys of the key folder. Tokens of people are neither asked for nor kept."""

    def __init__(self, store: Store, keys: SealingKeys, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    @property
    def logger(self) -> logging.Logger:
        """Where the library may write."""
        return logging.getLogger(__name__)

    def documents(self) -> dict[str, Document]:
        """What may be read of every installation, by team id."""
        with self._store.reading() as conn:
            return {found.team_id: dict(found.document) for found in list_installations(conn)}

    def document(self, team_id: str) -> Document | None:
        """What may be read of an installation, None if there is none."""
        with self._store.reading() as conn:
            found = installation_of(conn, team_id)
        return None if found is None else dict(found.document)

    def bot_token(self, team_id: str) -> str | None:
        """The bot token, None if there is no installation. Raises Unavailable if it cannot be decrypted."""
        with self._store.reading() as conn:
            found = installation_of(conn, team_id)
        if found is None:
            return None
        sealed = Sealed(key_id=found.key_id, ciphertext=found.ciphertext)
        return str(json.loads(self._keys.unseal(_owner(team_id), sealed))["bot_token"])

    def save(self, installation: Installation) -> None:
        """Keep an installation in place of the one the workspace had. Raises NotServed for one of a whole Enterprise
        organization, or one without a bot token that lasts."""
        self.save_bot(installation.to_bot(), installer=installation.user_id)

    def save_bot(self, bot: Bot, *, installer: str | None = None) -> None:
        """As :meth:`save`; ``installer`` is the id of who did it, in that workspace."""
        if bot.is_enterprise_install or not bot.team_id:
            raise NotServed(_ORG_WIDE, hint="Install it in each workspace.")
        if not bot.bot_token:
            raise NotServed("The installation gave no bot token.", hint="Ask for bot scopes, not for user scopes.")
        if bot.bot_token_expires_at is not None:
            raise NotServed("The app rotates its tokens, which is not served.",
                            hint="Turn token rotation off in the app's settings.")  # fmt: skip
        now = self._clock()
        document = {
            "name": bot.team_name, "enterprise_id": bot.enterprise_id, "bot_user_id": bot.bot_user_id,
            "bot_id": bot.bot_id, "scopes": sorted(bot.bot_scopes or ()), "installer": installer,
            "app_id": bot.app_id,
        }  # fmt: skip
        sealed = self._keys.seal(_owner(bot.team_id), json.dumps({"bot_token": bot.bot_token}), now)
        wanted = StoredInstallation(
            team_id=bot.team_id, document=document, key_id=sealed.key_id, ciphertext=sealed.ciphertext,
            installed_at=now, updated_at=now,
        )  # fmt: skip
        with self._store.transaction() as conn:
            save_installation(conn, wanted, actor=Actor.SYSTEM, now=now)

    def find_bot(self, *, enterprise_id: str | None, team_id: str | None,
                 is_enterprise_install: bool | None = False) -> Bot | None:  # fmt: skip
        """The bot of a workspace, None if there is no installation."""
        with self._store.reading() as conn:
            found = installation_of(conn, team_id) if team_id and not is_enterprise_install else None
        if found is None:
            return None
        document = found.document
        return Bot(
            app_id=document.get("app_id"), enterprise_id=enterprise_id, team_id=found.team_id,
            team_name=document.get("name"), bot_token=self.bot_token(found.team_id) or "",
            bot_id=document.get("bot_id") or "", bot_user_id=document.get("bot_user_id") or "",
            bot_scopes=list(document.get("scopes") or ()), installed_at=found.installed_at.timestamp(),
        )  # fmt: skip

    def find_installation(self, *, enterprise_id: str | None, team_id: str | None,
                          user_id: str | None = None,  # noqa: ARG002 - every installation is the bot's
                          is_enterprise_install: bool | None = False) -> Installation | None:  # fmt: skip
        """The installation in a workspace, None if there is none."""
        bot = self.find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )  # fmt: skip
        if bot is None:
            return None
        document = self.document(str(team_id)) or {}
        return Installation(
            app_id=bot.app_id, enterprise_id=enterprise_id, team_id=bot.team_id, team_name=bot.team_name,
            bot_token=bot.bot_token, bot_id=bot.bot_id, bot_user_id=bot.bot_user_id, bot_scopes=bot.bot_scopes,
            user_id=document.get("installer") or "", installed_at=bot.installed_at,
        )  # fmt: skip

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:  # noqa: ARG002 - the protocol's
        """Forget the installation and its token, if there is one."""
        if team_id:
            with self._store.transaction() as conn:
                delete_installation(conn, team_id, actor=Actor.SYSTEM, now=self._clock())

    def delete_installation(self, *, enterprise_id: str | None, team_id: str | None,
                            user_id: str | None = None) -> None:  # fmt: skip
        """Nothing: what is kept is the bot's, and goes with :meth:`delete_bot`; ``user_id`` left, the bot stays."""


def _owner(team_id: str) -> str:
    return f"slack\0{team_id}"
