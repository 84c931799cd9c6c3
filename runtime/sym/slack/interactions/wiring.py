"""What listeners need of the rest of the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sym.engine.form import Form, OfferedFlow, Option
from sym.engine.inbound import Accepted, Inbound
from sym.store.database import Store
from sym.store.users import User

if TYPE_CHECKING:
    from slack_sdk import WebClient


class FormsLike(Protocol):
    """:class:`sym.engine.forms.Forms`: what it raises is said there."""

    def offered(self, user: User, *, source: str = "slack", now: datetime) -> list[OfferedFlow]:
        """The flows ``user`` may ask for."""
        ...

    def open(self, user: User, flow: str, *, environment: str | None = None, source: str = "slack",
             channel_identifier: str | None, now: datetime) -> Form:  # fmt: skip
        """A new form of a flow."""
        ...

    def get(self, form_id: str, user: User, *, now: datetime) -> Form:
        """The form as it is."""
        ...

    def change(self, form_id: str, user: User, field: str, values: dict[str, Any], *, now: datetime) -> Form:
        """The form after ``field`` was changed."""
        ...

    def options(self, form_id: str, user: User, field: str, typed: str, *, now: datetime) -> list[Option]:
        """The options of a field that fit what was typed."""
        ...

    def submit(self, form_id: str, user: User, values: dict[str, Any], *, now: datetime,
               channel_identifier: str | None = None) -> Accepted:  # fmt: skip
        """Ask for what the form says."""
        ...


class WorkspacesLike(Protocol):
    """The connected workspaces."""

    def client(self, team_id: str, *, retries: bool = True) -> WebClient:
        """The client of a workspace; without ``retries`` what fails is not tried again by itself."""
        ...


class PeopleLike(Protocol):
    """Who is who in Slack."""

    def user_of(self, team_id: str, slack_user_id: str, now: datetime) -> User:
        """The account of a person in Slack. Raises Refused for whom there is none, Unavailable if that cannot be
        told now."""
        ...

    def mention(self, team_id: str) -> Callable[[Mapping[str, Any]], str]:
        """What turns a person's document into Slack's markdown, as it is shown in a workspace."""
        ...

    def slack_id_of(self, user_id: str, team_id: str) -> str | None:
        """Who an account is in a workspace, None if they are not in it. Raises Unavailable if that cannot be told
        now."""
        ...


class Wiring(Protocol):
    """What the program gives to the listeners."""

    @property
    def store(self) -> Store:
        """The store."""
        ...

    @property
    def inbound(self) -> Inbound:
        """The engine's door."""
        ...

    @property
    def forms(self) -> FormsLike:
        """The forms."""
        ...

    @property
    def workspaces(self) -> WorkspacesLike:
        """The workspaces."""
        ...

    @property
    def people(self) -> PeopleLike:
        """The people."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """What time it is."""
        ...
