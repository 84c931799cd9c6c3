"""The database."""

from __future__ import annotations

from tests.runtime.commands.conftest import Symflow


def test_migrating_makes_the_tables_and_again_changes_nothing(bare: Symflow) -> None:
    for _ in range(2):
        result = bare("store", "migrate")
        assert (result.stdout, result.stderr) == ("", "The store is up to date.\n")
    assert "no organization" in bare("users", "create", "a@b", code=1).stderr


def test_a_folder_that_cannot_be_made_is_an_error(bare: Symflow) -> None:
    result = bare("store", "migrate", code=1, SYM_STORE_URL="sqlite:////proc/nothing/store.db")
    assert result.stderr.startswith("Error: ")
