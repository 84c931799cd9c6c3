from __future__ import annotations

from sym.strategies import aws_lambda
from tests.shelf_settings import optional, required


def test_it_works_through_permission_context_and_has_no_settings() -> None:
    assert aws_lambda.integration == "permission_context"
    assert required(aws_lambda.Settings) | optional(aws_lambda.Settings) == set()


def test_a_target_is_named_by_its_arn() -> None:
    assert set(aws_lambda.targets) == {"aws_lambda_function"}
    assert required(aws_lambda.targets["aws_lambda_function"]) == {"arn"}
    assert optional(aws_lambda.targets["aws_lambda_function"]) == set()
    assert aws_lambda.multiple == set()
