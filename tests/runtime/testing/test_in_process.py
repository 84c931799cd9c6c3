"""Code in the test's process stands behind the same border as in the sandbox."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest

from sym.engine.sandbox.sandbox import Call, CallFailed, Sandbox
from sym.sdk.exceptions import OktaError
from sym.testing.in_process import InProcess

HEAD = "from sym.sdk import *\n"
SAME = {
    "a value": "return {'a': [1, 2.5, None, True]}",
    "a tuple becomes a list": "return (1, 2)",
    "what JSON cannot hold": "return {1, 2}",
    "not a number": "return float('nan')",
    "an error": "raise ValueError('no')",
    "an error without text": "raise KeyError",
    "an exit": "import sys; sys.exit(3)",
    "the host's error": "return okta.is_user_in_group(user=None, group_id='g')",
    "the host's error, caught": """
    try:
        okta.is_user_in_group(user=None, group_id='g')
    except okta.OktaError as error:
        return [str(error), error.error_code]""",
    "globals begin anew": "seen.append(1); return len(seen)",
    "prebound names": "return user_ids([])",
    "its own file": "return __file__.endswith('impl.py')",
}


class Host:
    """Okta is down."""

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        raise OktaError("ERROR_RESPONSE", f"{module}.{function} is down: {sorted(arguments)}")


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with Sandbox() as started:
        yield started


def outcome(sandbox: Sandbox, body: str, host: Any) -> Any:
    text = f"{HEAD}seen = []\n@hook\ndef on_request(event):\n    {body.strip()}\n"
    call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[{}])
    try:
        return sandbox.call(call, host).value
    except CallFailed as error:
        return error.message, error.line, error.hint, error.code, error.retryable


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_both_give_the_same(sandbox: Sandbox, body: str, capfd: pytest.CaptureFixture[str]) -> None:
    here = InProcess(lambda _: None)
    assert outcome(here, body, Host()) == outcome(sandbox, body, Host())
    assert outcome(here, body, Host()) == outcome(here, body, Host())


def test_the_error_itself_is_the_cause() -> None:
    text = f"{HEAD}@hook\ndef on_request(event):\n    raise ValueError('no')\n"
    call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[{}])
    with pytest.raises(CallFailed) as caught:
        InProcess(lambda _: "/somewhere/impl.py").call(call, Host())  # type: ignore[arg-type]
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.line == 4
    assert caught.value.__cause__.__traceback__ is not None


def test_a_failure_of_the_host_is_not_the_authors_to_catch() -> None:
    class Broken:
        def call(self, *_: Any) -> Any:
            raise ZeroDivisionError

    body = "try:\n        okta.is_user_in_group(user=None, group_id='g')\n    except Exception:\n        pass"
    with pytest.raises(ZeroDivisionError):
        outcome(InProcess(lambda _: None), body, Broken())


OUTPUT = """
import logging, sys, traceback
log = logging.getLogger("acme.access")
print("loaded")
@hook
def on_request(event):
    print("one", 2, sep="-", end="!\\n", flush=True)
    print("to standard error", file=sys.stderr)
    sys.stdout.writelines(["three\\n"])
    log.debug("not kept")
    log.info("asked by %s", "ada")
    logging.warning("careful")
    {last}
"""


@pytest.mark.parametrize("last", ["pass", "raise ValueError('no')", "print('x' * 70000)"])
def test_both_keep_the_same_output(sandbox: Sandbox, last: str, capsys: pytest.CaptureFixture[str]) -> None:
    call = Call(source="impl.py", text=HEAD + OUTPUT.format(last=last), kind="hook", function="on_request",
                arguments=[{}])  # fmt: skip
    kept = []
    for place in (InProcess(lambda _: None), sandbox):
        try:
            kept.append(place.call(call, Host()).log)  # type: ignore[arg-type]
        except CallFailed as error:
            kept.append(error.log)
    assert kept[0] == kept[1]
    assert kept[0].startswith(
        "loaded\none-2!\nto standard error\nthree\nINFO acme.access: asked by ada\nWARNING root: careful\n"
    )
    assert "one-2!\nthree\n" in capsys.readouterr().out


def test_logging_is_afterwards_as_it_was() -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), sys.stdout, sys.stderr)
    call = Call(source="impl.py", text=f"{HEAD}@hook\ndef on_request(event): return 1\n", kind="hook",
                function="on_request", arguments=[{}])  # fmt: skip
    InProcess(lambda _: None).call(call, Host())  # type: ignore[arg-type]
    assert (root.level, root.handlers, sys.stdout, sys.stderr) == before


class Secretive:
    """Has one secret."""

    def secret(self, secret_id: str) -> str:
        return f"s3cret-{secret_id}"


def test_no_answer_repeats_a_secret(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    head = "from sym.sdk._host import current_host\n"
    for last in ("return {'a': ['it is ' + value]}", "raise ValueError(value)"):
        text = f"{HEAD}{head}@hook\ndef on_request(event):\n    value = current_host('x').secret('one')\n" \
               f"    print(value)\n    {last}\n"  # fmt: skip
        call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[{}])
        told: list[Any] = []
        for place in (InProcess(lambda _: None), sandbox):
            try:
                answer = place.call(call, Secretive())  # type: ignore[arg-type]
                told.append((answer.value, answer.log))
            except CallFailed as error:
                told.append((str(error), error.log))
        assert told[0] == told[1]
        assert "s3cret-one" not in repr(told)
