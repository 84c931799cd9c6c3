"""What an author is told when the code raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.engine.sandbox.sandbox import Call, CallFailed, Sandbox
from sym.errors import AuthorCodeFailed
from sym.sdk.exceptions.identity import IdentityNotFound

Fails = Callable[..., CallFailed]


def test_an_exception_is_told_with_file_line_and_handler(fails: Fails) -> None:
    failure = fails("x = 1\nraise ValueError('no such team')")
    assert failure.message == "ValueError: no such team"
    assert (failure.source, failure.line, failure.handler) == ("impl.py", 5, "on_request")
    assert failure.code == "Handler:FAILED"
    assert not failure.retryable


def test_the_line_is_the_deepest_one_in_the_authors_file(fails: Fails) -> None:
    failure = fails("import json\nreturn load(json)", before="def load(json):\n    return json.loads('{')\n")
    assert failure.line == 3
    assert failure.message.startswith("JSONDecodeError: ")


def test_an_sdk_error_keeps_its_message_and_code(fails: Fails) -> None:
    failure = fails("from sym.sdk.exceptions import OktaError\nraise OktaError('GROUP_NOT_FOUND', 'No group.')")
    assert (failure.message, failure.code) == ("No group.", "Okta:GROUP_NOT_FOUND")


def test_an_sdk_error_with_a_hint_keeps_it(fails: Fails) -> None:
    body = "from sym.sdk.exceptions.identity import IdentityNotFound\nraise IdentityNotFound('a@acme.example', 'T1')"
    failure = fails(body)
    assert failure.hint == IdentityNotFound("a@acme.example", "T1").hint
    assert failure.code == "Identity:NOT_FOUND"


def test_a_syntax_error_has_its_line(fails: Fails) -> None:
    failure = fails("x = 1\ny = = 2")
    assert failure.line == 5
    assert "Syntax error" in failure.message


def test_an_error_while_the_file_loads_has_its_line(fails: Fails) -> None:
    failure = fails("return 1", before="x = 1\nraise RuntimeError('loading')\n")
    assert (failure.line, failure.message) == (3, "RuntimeError: loading")


def test_an_undecorated_hook_is_never_called(sandbox: Sandbox, host: Any) -> None:
    text = "def on_request(e):\n    return 'called'\n"
    call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[None])
    with pytest.raises(AuthorCodeFailed, match="no hook named on_request"):
        sandbox.call(call, host)


@pytest.mark.parametrize("raised", ["SystemExit(3)", "KeyboardInterrupt()", "GeneratorExit()", "BaseException('x')"])
def test_what_is_no_exception_proper_is_a_failure_all_the_same(fails: Fails, raised: str) -> None:
    failure = fails(f"raise {raised}")
    assert failure.message.startswith(raised.partition("(")[0])
    assert failure.line == 4


def test_an_exception_that_cannot_be_shown_is_still_reported(fails: Fails) -> None:
    before = "class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError\n"
    assert fails("raise Odd", before=before).message == "Odd: (its text cannot be shown)"


def test_endless_recursion_is_an_exception_like_others(fails: Fails) -> None:
    assert fails("return deeper(1)", before="def deeper(n):\n    return deeper(n + 1)\n").line == 3


RETRIED = [
    ("raise TimeoutError()", True),
    ("raise ConnectionResetError()", True),
    ("raise ValueError()", False),
    ("import requests\nraise requests.Timeout()", True),
    ("import requests\nraise requests.ConnectionError()", True),
    ("import requests\nraise requests.HTTPError(response=answer(503))", True),
    ("import requests\nraise requests.HTTPError(response=answer(429))", True),
    ("import requests\nraise requests.HTTPError(response=answer(404))", False),
    ("import urllib.error\nraise urllib.error.HTTPError('u', 502, 'm', None, None)", True),
    ("import urllib.error\nraise urllib.error.HTTPError('u', 403, 'm', None, None)", False),
    ("import urllib.error\nraise urllib.error.URLError(ConnectionRefusedError())", True),
    ("from sym.sdk.exceptions.access_strategy import TryAgain\nraise TryAgain('busy')", True),
    ("from sym.sdk.exceptions import OktaError\nraise OktaError('X', 'm')", False),
    ("from sym.sdk.exceptions import OktaError\nraise OktaError('X', 'm') from TimeoutError()", True),
    (
        "from sym.sdk.exceptions import OktaError\nerror = OktaError('X', 'm')\nerror.retryable = True\nraise error",
        True,
    ),
    ("error = TimeoutError()\nerror.retryable = False\nraise error", False),
    ("class Odd(Exception):\n    code = property(lambda self: 1 / 0)\nraise Odd()", False),
]


@pytest.mark.parametrize(("body", "retried"), RETRIED, ids=[body.rpartition("raise ")[2] for body, _ in RETRIED])
def test_an_error_tells_whether_trying_again_may_help(fails: Fails, body: str, retried: bool) -> None:
    before = "def answer(status):\n    import requests\n    found = requests.Response()\n"
    before += "    found.status_code = status\n    return found\n"
    assert fails(body, before=before).retryable is retried


def test_only_the_error_that_says_so_means_that_the_access_is_gone(fails: Fails) -> None:
    assert fails("from sym.sdk.exceptions.access_strategy import AlreadyGone\nraise AlreadyGone()").is_gone
    assert not fails("raise FileNotFoundError()").is_gone
