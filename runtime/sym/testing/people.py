"""The people of a test, as its author names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sym.store.users import User


@dataclass(frozen=True)
class Person:
    """Somebody with an account in the test's organization."""

    user: User

    @property
    def id(self) -> str:
        """Their id, a UUID as text."""
        return self.user.id

    @property
    def name(self) -> str:
        """Their e-mail address; a bot's name."""
        return self.user.email or self.user.username

    @property
    def email(self) -> str | None:
        """Their e-mail address, None for bots."""
        return self.user.email

    @property
    def role(self) -> str:
        """``admin``, ``member``, ``guest``, or ``requester`` for bots."""
        return self.user.role

    def __str__(self) -> str:
        return self.name


def plain(value: Any) -> Any:
    """A value as author modules hand it over: JSON, in which a person is ``{"id", "username", "email"}``.

    Raises TypeError for what JSON cannot hold.
    """
    if isinstance(value, Person):
        return {"id": value.id, "username": value.user.username, "email": value.email}
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    if callable(dump := getattr(value, "dict", None)):
        return plain(dump())
    raise TypeError(f"a fake cannot answer with a {type(value).__name__}; use text, numbers, lists, dicts or people")
