"""KnowBe4: trainings and groups."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.knowbe4 import KnowBe4Error as KnowBe4Error
from sym.sdk.integrations import _call
from sym.sdk.user import User


@stubbed
def get_training_enrollments_for_user(
    user: User, store_purchase_id: int | None = None, campaign_id: int | None = None
) -> list[dict[str, Any]]:
    """Return the user's enrolments, of one purchase or one campaign only if given.

    Raises:
        KnowBe4Error: KnowBe4 does not know the user, or failed.
    """
    answer = _call.ask(
        "knowbe4",
        "get_training_enrollments_for_user",
        user=user,
        store_purchase_id=store_purchase_id,
        campaign_id=campaign_id,
    )
    return cast("list[dict[str, Any]]", answer)


@stubbed
def is_user_in_group(user: User, group_id: int) -> bool:
    """Say whether the user is in the group with this id. Raises ``KnowBe4Error``."""
    return bool(_call.ask("knowbe4", "is_user_in_group", user=user, group_id=group_id))
