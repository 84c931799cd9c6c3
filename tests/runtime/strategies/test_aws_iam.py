from __future__ import annotations

from sym.strategies import aws_iam
from tests.shelf_settings import optional, required


def test_it_works_through_permission_context_and_has_no_settings() -> None:
    assert aws_iam.integration == "permission_context"
    assert required(aws_iam.Settings) | optional(aws_iam.Settings) == set()


def test_a_target_is_named_by_its_iam_group() -> None:
    assert set(aws_iam.targets) == {"aws_iam_group"}
    assert required(aws_iam.targets["aws_iam_group"]) == {"iam_group"}
    assert optional(aws_iam.targets["aws_iam_group"]) == set()
    assert aws_iam.multiple == {"iam_group"}
