from __future__ import annotations

import pytest

from sym.strategies import aws_lambda
from sym.testing import FakeVendor, StrategyContract
from tests.fakes.services.lambda_function import LambdaFunction
from tests.shelf_settings import optional, required


def test_it_works_through_permission_context_and_has_no_settings() -> None:
    assert aws_lambda.integration == "permission_context"
    assert required(aws_lambda.Settings) | optional(aws_lambda.Settings) == set()


def test_a_target_is_named_by_its_arn() -> None:
    assert set(aws_lambda.targets) == {"aws_lambda_function"}
    assert required(aws_lambda.targets["aws_lambda_function"]) == {"arn"}
    assert optional(aws_lambda.targets["aws_lambda_function"]) == set()
    assert aws_lambda.multiple == set()


class TestLambdaFunction(StrategyContract):
    strategy_type = "aws_lambda"
    not_applicable = {
        "lag_next": "there is nothing to read back",
        "remove_target": "what a function granted is still there when the function is gone; tested below",
    }

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return LambdaFunction()
