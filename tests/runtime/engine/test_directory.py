"""Who has left by what a directory says, and when it is not believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sym.engine.directory import Comparison, Listed, compare, is_too_many
from sym.store.users import User

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def user(name: str, *, closed: bool = False) -> User:
    return User(id=name, username=name, email=f"{name}@acme.example", type="normal", role="member", created_at=NOW,
                deactivated_at=NOW if closed else None)  # fmt: skip


def there(key: str, name: str | None = None, *, is_open: bool = True, has_say: bool = True) -> Listed:
    return Listed(id=key, email=f"{name}@acme.example" if name else None, is_open=is_open, has_say=has_say)


ADA = user("ada")


def compared(*listed: Listed, known: dict[str, User] | None = None, unknown: User | None = None) -> Comparison:
    others = {str(unknown.email): unknown} if unknown else {}
    return compare(listed, {"U1": ADA} if known is None else known, others)


def test_who_is_listed_as_open_stays() -> None:
    assert compared(there("U1", "ada")) == Comparison(gone=(), missing=(), restored=(), known=1)


def test_who_is_listed_as_closed_is_gone() -> None:
    assert compared(there("U1", "ada", is_open=False)).gone == ((ADA, "U1"),)


def test_who_is_not_listed_is_missing() -> None:
    assert compared(there("U2", "bob")).missing == ((ADA, "U1"),)


def test_a_directory_does_not_speak_for_those_at_home_elsewhere() -> None:
    found = compared(there("U1", "ada", is_open=False, has_say=False))
    assert (found.gone, found.missing) == ((), ())


@pytest.mark.parametrize("old", [(there("U1", "ada", is_open=False),), ()], ids=["closed", "not listed"])
def test_who_has_a_new_account_there_stays(old: tuple[Listed, ...]) -> None:
    found = compared(*old, there("U9", "ada"))
    assert (found.gone, found.missing) == ((), ())


def test_who_was_never_seen_there_is_known_by_address() -> None:
    assert compared(there("U5", "ada", is_open=False), known={}, unknown=ADA) == Comparison(
        gone=((ADA, "U5"),), missing=(), restored=(), known=1
    )


@pytest.mark.parametrize("listed", [(), (there("U5", "ada"),), (there("U5", is_open=False),),
                                    (there("U5", "ada", is_open=False), there("U6", "ada")),
                                    (there("U5", "ada", is_open=False, has_say=False),)])  # fmt: skip
def test_and_is_not_gone_otherwise(listed: tuple[Listed, ...]) -> None:
    assert compared(*listed, known={}, unknown=ADA).gone == ()


def test_who_is_closed_here_is_not_gone_once_more_but_may_be_back() -> None:
    gone = user("ada", closed=True)
    assert compared(there("U1", "ada", is_open=False), known={"U1": gone}).gone == ()
    assert compared(there("U1", "ada"), known={"U1": gone}).restored == (gone,)


@pytest.mark.parametrize(("count", "known", "expected"), [
    (0, 0, False), (4, 4, False), (5, 5, True), (5, 19, True), (5, 20, False), (6, 20, True), (250, 1000, False),
    (251, 1000, True),
])  # fmt: skip
def test_too_many_at_once_are_not_believed(count: int, known: int, expected: bool) -> None:
    assert is_too_many(count, known) is expected
