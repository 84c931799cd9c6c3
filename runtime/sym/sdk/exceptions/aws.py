"""AWS refused or failed."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class AWSError(SymException):
    """AWS refused or failed."""

    def __init__(self, name: str, message: str, error_type: str = "AWS") -> None:
        super().__init__(error_type, name, message)


class AWSLambdaError(AWSError):
    """AWS Lambda refused or failed, or the function did."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message, error_type="AWSLambda")


class AWSIAMError(AWSError):
    """AWS IAM refused or failed."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message, error_type="AWSIAM")


class AWSSSOError(AWSError):
    """AWS IAM Identity Center (once AWS SSO) refused or failed."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message, error_type="AWSSSO")
