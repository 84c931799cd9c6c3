"""What every strategy must hold to, whoever wrote it, run against a fake of its vendor that the author writes.

The engine repeats calls after crashes, so granting and ending must be as good twice as once; it tries again what is
said to pass; and it believes what is read back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sym import plugins
from sym.engine.sandbox.sandbox import CallFailed
from sym.testing.flow_test import FlowTest
from sym.testing.sources import Code
from sym.testing.strategy_calls import StrategyCalls

ANYBODY = """
from sym.sdk import PermissionLevel, RequestPermission, reducer

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
MOST_LOOKS = 20


class FakeVendor(ABC):
    """The service a strategy works in, faked as faithfully as its author can: a server on this machine, or a file.

    ``external_id``, ``settings`` and ``secrets`` (name to value) are those of the integration; ``target`` is what the
    strategy gets as ``target_id``, and ``target_settings`` more of its settings; ``target_type`` is its type where the
    strategy has several, and ``strategy_settings`` are those of the strategy. ``requests`` counts what reached the
    vendor. ``addresses`` says where an installed strategy reaches it, by
    host name. ``identities`` says who people are there by their e-mail addresses, where the strategy cannot find it
    out. ``writable`` folders may be written to by code in the sandbox.
    """

    external_id: str = "test"
    settings: Mapping[str, Any] = {}
    secrets: Mapping[str, str] = {}
    target: str = "target"
    target_settings: Mapping[str, Any] = {}
    target_type: str | None = None
    strategy_settings: Mapping[str, Any] = {}
    identities: Mapping[str, str] = {}
    writable: tuple[Path, ...] = ()
    addresses: Mapping[str, str] = {}
    requests: int = 0

    @abstractmethod
    def has_access(self, identity: str, target: str) -> bool:
        """Whether somebody has the access now, asked behind the strategy's back."""

    def remove_target(self, target: str) -> None:
        """Let the target be gone, as if somebody had deleted it."""
        raise NotImplementedError

    def crash_next(self) -> None:
        """Let the next change take effect, and the connection break before the vendor has answered."""
        raise NotImplementedError

    def throttle_next(self) -> None:
        """Refuse the next request for there being too many."""
        raise NotImplementedError

    def lag_next(self) -> None:
        """Let the next change show only some readings later."""
        raise NotImplementedError

    def close(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of everything."""


class StrategyContract:
    """Tests to inherit: ``class TestDoor(StrategyContract)`` with ``strategy`` and the fixture ``vendor``.

    ``strategy`` is the path of a ``strategy.py`` beside the test, or its text; for an installed strategy
    ``strategy_type`` is its type instead. What a vendor cannot be made to do is
    named in ``not_applicable``, with the reason: ``{"lag_next": "it is consistent at once"}``. Anything else that the
    fake cannot do fails, and so does a test in which nothing reached the vendor.
    """

    strategy: ClassVar[Code | None] = None
    strategy_type: ClassVar[str] = "custom"
    sandboxed: ClassVar[bool] = False
    """Whether the strategy runs in the real sandbox; ``--sandboxed`` of pytest says so for all."""
    not_applicable: ClassVar[Mapping[str, str]] = {}
    _is_skipped = False

    @pytest.fixture
    def vendor(self, tmp_path: Path) -> FakeVendor:  # noqa: ARG002 - for those who override it
        """The fake of the vendor: overridden by the author."""
        pytest.fail(f"{type(self).__name__} needs a fixture named vendor that returns its FakeVendor")

    @pytest.fixture
    def staged(self, vendor: FakeVendor, request: pytest.FixtureRequest) -> Iterator[FlowTest]:
        """A flow with the strategy under test. Fails if nothing reached the vendor."""
        kind = {"type": vendor.target_type} if vendor.target_type else {}
        target = {vendor.target: {**kind, "settings": dict(vendor.target_settings)}}
        if self.strategy is None and self.strategy_type == "custom":
            pytest.fail(f"{type(self).__name__} says neither strategy nor strategy_type: nothing would be tested")
        sandboxed = self.sandboxed or bool(request.config.getoption("--sandboxed", False))
        with FlowTest(
            ANYBODY, folder=request.path.parent, strategy=self.strategy, strategy_type=self.strategy_type,
            sandboxed=sandboxed,
            writable=vendor.writable, targets=target, external_id=vendor.external_id, settings=vendor.settings,
            secrets=list(vendor.secrets), addresses=vendor.addresses, strategy_settings=vendor.strategy_settings,
        ) as flow:  # fmt: skip
            flow.secrets.update({f"SYM_SECRET_{name.upper()}": value for name, value in vendor.secrets.items()})
            service = plugins.load("strategies", self.strategy_type).integration or "custom"
            for email, known in vendor.identities.items():
                flow.user(email, **{service: f"{vendor.external_id}/{known}"})
            yield flow
            reached = vendor.requests
        vendor.close()
        assert reached or self._is_skipped, (
            "nothing reached the fake vendor, so nothing was tested: does it count its requests?"
        )

    @pytest.fixture
    def calls(self, staged: FlowTest, vendor: FakeVendor) -> StrategyCalls:
        """The strategy, asked directly, for somebody who has no access yet."""
        calls = StrategyCalls(staged, vendor.target)
        assert not vendor.has_access(calls.identity, vendor.target), "the fake vendor says yes before anything happened"
        return calls

    def _let(self, happen: Callable[..., None], *arguments: Any) -> None:
        name = happen.__name__
        if name in self.not_applicable:
            self._is_skipped = True
            pytest.skip(f"{name}: {self.not_applicable[name]}")
        try:
            happen(*arguments)
        except NotImplementedError:
            pytest.fail(f"the fake vendor cannot {name}: implement it, or say why not in not_applicable")

    def test_what_is_granted_is_there_and_what_is_ended_is_gone(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        calls.grant()
        assert vendor.has_access(calls.identity, vendor.target)
        assert not calls.reads_back or calls.shows()
        calls.end()
        assert not vendor.has_access(calls.identity, vendor.target)
        assert not calls.reads_back or not calls.shows()

    def test_granting_twice_is_as_good_as_once(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        calls.grant()
        calls.grant()
        assert vendor.has_access(calls.identity, vendor.target)
        calls.end()
        assert not vendor.has_access(calls.identity, vendor.target)

    def test_ending_twice_is_as_good_as_once(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        calls.grant()
        calls.end()
        calls.end()
        assert not vendor.has_access(calls.identity, vendor.target)

    def test_what_was_never_granted_can_be_ended(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        calls.end()
        assert not vendor.has_access(calls.identity, vendor.target)

    def test_a_grant_that_crashed_is_made_good_by_calling_again(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        self._let(vendor.crash_next)
        with suppress(CallFailed):
            calls.grant()
        calls.grant()
        assert vendor.has_access(calls.identity, vendor.target)
        calls.end()
        assert not vendor.has_access(calls.identity, vendor.target)

    def test_an_end_that_crashed_is_made_good_by_calling_again(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        calls.grant()
        self._let(vendor.crash_next)
        with suppress(CallFailed):
            calls.end()
        calls.end()
        assert not vendor.has_access(calls.identity, vendor.target)

    def test_a_target_that_is_gone_cannot_be_granted(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        self._let(vendor.remove_target, vendor.target)
        with pytest.raises(CallFailed):
            calls.grant()

    def test_access_to_a_target_that_is_gone_can_be_ended(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        calls.grant()
        self._let(vendor.remove_target, vendor.target)
        calls.end()
        assert not vendor.has_access(calls.identity, vendor.target)

    def test_a_throttled_call_says_that_it_may_be_tried_again(self, calls: StrategyCalls, vendor: FakeVendor) -> None:
        for call, is_there in ((calls.grant, True), (calls.end, False)):
            self._let(vendor.throttle_next)
            failure = _failure_of(call)
            if failure is not None:
                assert failure.retryable, f"{failure.handler} was throttled and says that it is of no use to try again"
                call()
            assert vendor.has_access(calls.identity, vendor.target) is is_there

    def test_a_vendor_that_is_slow_to_show_a_change_is_believed_in_the_end(
        self, calls: StrategyCalls, vendor: FakeVendor
    ) -> None:
        if not calls.reads_back:
            self._is_skipped = True
            pytest.skip("the strategy has no is_escalated")
        for call, is_there in ((calls.grant, True), (calls.end, False)):
            self._let(vendor.lag_next)
            call()
            assert any(calls.shows() is is_there for _ in range(MOST_LOOKS)), "it never shows what was changed"

    def test_a_request_is_granted_and_ends(self, staged: FlowTest, calls: StrategyCalls, vendor: FakeVendor) -> None:
        request = staged.request(by="requester@example.com", target=vendor.target, duration="1h")
        request.approve(by="approver@example.com")
        for _ in range(MOST_LOOKS):  # a vendor that works on it
            if request.status != "approved":
                break
            staged.travel(seconds=5)
        assert request.is_granted, request
        assert vendor.has_access(calls.identity, vendor.target)
        staged.travel(hours=1, minutes=5)
        assert request.status == "deescalated", request
        assert not vendor.has_access(calls.identity, vendor.target)


def _failure_of(call: Callable[[], object]) -> CallFailed | None:
    try:
        call()
    except CallFailed as error:
        return error
    return None
