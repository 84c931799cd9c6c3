from __future__ import annotations

import contextvars
import threading
from typing import Any

import pytest

from sym.sdk._host import NoHost, bind, current_host


class Silent:
    """A host that is only there."""

    def secret(self, secret_id: str) -> str:
        raise NotImplementedError

    def persist_identity(self, *, email: str, service: str, service_id: str, user_id: str) -> None:
        raise NotImplementedError

    def step_output(self, step: str | None) -> dict[str, Any]:
        raise NotImplementedError

    def event_count(self, query: dict[str, Any]) -> int:
        raise NotImplementedError

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        raise NotImplementedError


def test_outside_of_a_flow_the_refusal_names_what_was_asked() -> None:
    with pytest.raises(NoHost, match=r"Secret\.retrieve_value works only while a flow runs it"):
        current_host("Secret.retrieve_value")


def test_the_bound_host_is_found() -> None:
    host = Silent()
    with bind(host):
        assert current_host("anything") is host


def test_the_inner_of_two_hosts_is_found_and_the_outer_again_afterwards() -> None:
    outer, inner = Silent(), Silent()
    with bind(outer):
        with bind(inner):
            assert current_host("anything") is inner
        assert current_host("anything") is outer
    with pytest.raises(NoHost):
        current_host("anything")


def test_a_host_is_let_go_of_when_the_code_fails() -> None:
    with pytest.raises(ZeroDivisionError), bind(Silent()):
        raise ZeroDivisionError
    with pytest.raises(NoHost):
        current_host("anything")


def test_another_thread_has_no_host_unless_it_is_given_the_context() -> None:
    found: list[object] = []

    def look() -> None:
        try:
            found.append(current_host("anything"))
        except NoHost:
            found.append(None)

    host = Silent()
    with bind(host):
        context = contextvars.copy_context()
        for target in (look, lambda: context.run(look)):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert found == [None, host]
