"""What authors' code asks of the host."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from sym.engine.sandbox.sandbox import Answer, CallFailed
from sym.errors import Unavailable
from sym.sdk.exceptions import OktaError

Run = Callable[..., Answer]
Fails = Callable[..., CallFailed]


def test_a_secret_comes_over_the_line_and_never_into_log_or_message(run: Run, fails: Fails, host: Any) -> None:
    host.secrets["s1"] = "correct-horse"
    ask = "from sym.sdk._host import current_host\nvalue = current_host('test').secret('s1')\nprint('it is', value)\n"
    answer = run(ask + "return len(value)")
    assert answer.value == len("correct-horse")
    assert answer.log == "it is ••••\n"
    failure = fails(ask + "raise ValueError(f'bad token {value}')")
    assert "correct-horse" not in str(failure) + failure.log + repr(failure.args)
    assert failure.message == "ValueError: bad token ••••"


def test_questions_to_the_host_and_answers_go_both_ways(run: Run, host: Any) -> None:
    host.outputs["escalate"] = {"body": {"id": 5}}
    host.functions["okta.list_groups"] = lambda arguments: [{"id": arguments["name_filter"]}]
    body = """
        from sym.sdk.integrations import okta
        from sym.sdk.templates import get_step_output
        return [get_step_output('escalate'), okta.list_groups(name_filter='eng')]
    """
    assert run(body).value == [{"body": {"id": 5}}, [{"id": "eng"}]]
    assert host.asked[0] == ("step_output", "escalate")


def test_an_error_of_the_host_is_raised_as_its_class(run: Run, host: Any) -> None:
    def missing(_: dict[str, Any]) -> Any:
        raise OktaError("GROUP_NOT_FOUND", "There is no group 00g1.")

    host.functions["okta.list_groups"] = missing
    body = """
        from sym.sdk.exceptions import OktaError
        from sym.sdk.integrations import okta
        try:
            okta.list_groups(name_filter='x')
        except OktaError as error:
            return [type(error).__name__, error.message, error.error_code, str(error)]
    """
    text = "There is no group 00g1."
    assert run(body).value == ["OktaError", text, "Okta:GROUP_NOT_FOUND", text]


def test_an_error_of_the_host_that_nobody_catches_keeps_its_code_and_the_authors_line(fails: Fails) -> None:
    failure = fails("x = 1\nfrom sym.sdk._host import current_host\ncurrent_host('t').secret('other')")
    assert (failure.code, failure.line) == ("Secret:NOT_DECLARED", 6)


def test_a_fault_of_the_worker_is_not_for_the_author_to_swallow(run: Run, host: Any) -> None:
    def broken(_: dict[str, Any]) -> Any:
        raise Unavailable("The store cannot be reached.")

    host.functions["okta.list_groups"] = broken
    body = "from sym.sdk.integrations import okta\ntry: okta.list_groups()\nexcept BaseException: return 'swallowed'"
    with pytest.raises(Unavailable, match="cannot be reached"):
        run(body)
    assert run("return 1").value == 1


@pytest.mark.parametrize(
    "question",
    ['{"host": "__class__", "arguments": {}}', '{"host": "secret", "arguments": {}}', '{"host": 1, "arguments": []}',
     '{"host": "secret", "arguments": {"secret_id": "a", "more": 1}}'],
)  # fmt: skip
def test_the_host_is_asked_nothing_but_its_own_questions(fails: Fails, host: Any, question: str) -> None:
    line = f"{question}\n".encode()
    failure = fails(f"import os, time; os.write(3, {line!r}); time.sleep(9)")
    assert "neither a result nor a question" in failure.message
    assert host.asked == []


def test_threads_of_the_author_may_ask_the_host_at_once(run: Run, host: Any) -> None:
    host.functions["okta.list_groups"] = lambda arguments: [arguments["name_filter"]]
    body = """
        import contextvars
        from concurrent.futures import ThreadPoolExecutor
        from sym.sdk.integrations import okta
        def ask(name):
            return okta.list_groups(name_filter=name)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(contextvars.copy_context().run, ask, str(number)) for number in range(50)]
        return [one.result() for one in asked]
    """
    assert run(body).value == [[str(number)] for number in range(50)]


def test_time_inside_the_host_counts(fails: Fails, host: Any) -> None:
    def slow(_: dict[str, Any]) -> Any:
        time.sleep(0.7)

    host.functions["okta.list_groups"] = slow
    failure = fails("from sym.sdk.integrations import okta\nreturn okta.list_groups()", deadline=0.5)
    assert "ran longer" in failure.message
