from __future__ import annotations

from sym.strategies import github
from tests.shelf_settings import optional, required


def test_it_works_through_github_and_has_no_settings() -> None:
    assert github.integration == "github"
    assert required(github.Settings) | optional(github.Settings) == set()


def test_a_target_is_named_by_its_repo_name() -> None:
    assert set(github.targets) == {"github_repo"}
    assert required(github.targets["github_repo"]) == {"repo_name"}
    assert optional(github.targets["github_repo"]) == set()
    assert github.multiple == set()
