"""The table of error codes."""

from __future__ import annotations

from pathlib import Path

from sym.sdk._error_codes import error_codes

SOURCE = """
def f(x, code):
    raise OktaError("GROUP_NOT_FOUND", f"There is no group {x}.")
    raise _OneLoginError(name="USER_NOT_FOUND", message="Nobody.")
    raise SymException("Secret", "LOST", "It is lost.")
    raise exceptions.JiraError("NOT_READ", "only bare names are")
    raise ValueError("NO_CODE", "not ours")
    raise SlackError(code, "put together while running")
    raise MissingArgument("a", "b")
    raise NoHost("a")
"""


def test_codes_are_found_where_they_are_raised_with_their_messages(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.py").write_text(SOURCE)
    assert error_codes(tmp_path) == {
        "Okta:GROUP_NOT_FOUND": "There is no group ….",
        "OneLogin:USER_NOT_FOUND": "Nobody.",
        "Secret:LOST": "It is lost.",
        "SymSDK:MISSING_ARGUMENT": "… needs the argument …; pass it.",
        "SymSDK:NO_HOST": "… works only while a flow runs it.",
    }


def test_the_product_has_codes_of_several_families() -> None:
    codes = error_codes()
    assert list(codes) == sorted(codes)
    assert {"Identity", "Slack", "SymSDK"} <= {code.partition(":")[0] for code in codes}
    assert all(codes.values())
