"""The pure life cycle, driven at random beside a small model of it that shares no code with it.

The model knows nothing of decisions: it says what people are promised. Access exists at the vendor only between a grant
that worked and its end, always has an end coming while it exists, is never given to a run nobody approved, and what is
over stays over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sym.engine.effects import Escalate
from sym.engine.lifecycle import Decision, Following, HookAnswer, Incoming, Person, RunState, decide, route
from sym.engine.settlement import settle

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PEOPLE = {name: Person(id=name, role=role) for name, role in
          {"root": "admin", "ada": "member", "bob": "member", "guest": "guest"}.items()}  # fmt: skip
OVER = {"denied", "expired", "ignored", "deescalated"}
WAITS: list[list[int | None]] = [[], [50], [50, 500, 50], [50, 500, None], [500, 50], [None, 50]]
HOOKS = st.sampled_from([HookAnswer()] * 8 + [HookAnswer(step="ignore"), HookAnswer(failure="broken")])


def notification(timeout: int | None) -> dict[str, Any]:
    return {"destinations": [], "timeout": timeout, "continue_on_timeout": True, "continue_on_failure": True,
            "allow_self": None}  # fmt: skip


class Little:
    """What was promised: one word for where the request is, and the moment access ends."""

    def __init__(self, waits: list[int | None]) -> None:
        self.where, self.waits, self.asked = "new", waits, 0
        self.begun: datetime | None = None
        self.until: datetime | None = None
        self.tries = 0

    @property
    def may_be_held(self) -> bool:
        return self.where in ("granting", "held", "ending", "stuck", "cleaning", "cleaning-stuck")


class LifeCycle(RuleBasedStateMachine):
    """One run: events arrive in any order, calls of the vendor succeed or fail, time passes."""

    @initialize(
        hook=HOOKS,
        waits=st.sampled_from(WAITS),
        duration=st.sampled_from([60, 86_400 * 20]),
    )
    def begin(self, hook: HookAnswer, waits: list[int | None], duration: int) -> None:
        self.now, self.held = START, False
        self.run_ = RunState(
            id="r", status="prompted", requester_id="ada", is_access_flow=True, allow_extension=True,
            duration=duration, permissions={"approve_deny": "member", "allow_self_approval": False},
        )  # fmt: skip
        self.routing = {"notifications": [notification(wait) for wait in waits], "position": 0} if waits else None
        self.little = Little(waits)
        self.timers: list[tuple[datetime, Following]] = []
        self.effect: Any = None
        self.tries = 0
        self.request(hook)

    # The executor's part, as small as it can be.

    def apply(self, decision: Decision, actor: str | None = None) -> None:
        run = self.run_
        changes: dict[str, Any] = {}
        for name in ("status", "routing", "lease"):
            if getattr(decision, name) is not None:
                changes[name] = getattr(decision, name)
        if decision.lease == "active":
            changes |= {"starts_at": self.now, "ends_at": decision.ends_at}
        elif decision.ends_at is not None:
            changes["ends_at"] = decision.ends_at
        if "run.approved" in decision.audit:
            changes["approver_id"] = actor or "ada"
        self.run_ = replace(run, **changes)
        if decision.effect is not None:
            self.effect, self.tries = decision.effect, 0
        for following in (decision.following, decision.timer):
            if following is not None:
                at = following.at or self.now + timedelta(seconds=following.delay or 0)
                if at <= self.now:
                    self.fire(following, at)
                else:
                    self.timers.append((at, following))

    def fire(self, following: Following, at: datetime) -> None:
        is_end = following.fields.get("deescalate_type") == "scheduled"
        event = Incoming(name=following.name, channel=following.channel, ends_at=at if is_end else None,
                         position=following.fields.get("position"))  # type: ignore[arg-type]  # fmt: skip
        self.apply(decide(self.run_, event))

    def act(self, name: str, who: str, hook: HookAnswer | None = None, **details: Any) -> bool:
        event = Incoming(name=name, channel="sym", actor=PEOPLE[who], hook=hook or HookAnswer(), **details)
        decision = decide(self.run_, event)
        self.apply(decision, who)
        return decision.error is None

    # What people do.

    def request(self, hook: HookAnswer) -> None:
        decision = decide(self.run_, Incoming(name="request", channel="sym", actor=PEOPLE["ada"], hook=hook))
        self.apply(route(decision, self.routing) if decision.status == "requested" else decision)
        self.little.where = {"ignore": "over"}.get(hook.step or "", "never" if hook.failure else "waiting")
        self.asked_at = self.now

    @rule()
    def go_on(self) -> None:
        """The step that most runs take next, so that they get far."""
        if self.effect is not None:
            self.call_vendor(True, False, True)
        elif self.little.where == "waiting":
            self.approve("bob", HookAnswer(), False)

    @rule(who=st.sampled_from(sorted(PEOPLE)), hook=HOOKS, overrides=st.booleans())
    def approve(self, who: str, hook: HookAnswer, overrides: bool) -> None:
        done = self.act("approve", who, hook, overrides=overrides)
        may = who in ("root", "bob") and (who == "root" or not overrides)
        asked = overrides or hook == HookAnswer()
        assert done == (self.little.where == "waiting" and may and asked)
        if done:
            self.little.where, self.little.tries = "granting", 0

    @rule(who=st.sampled_from(sorted(PEOPLE)), hook=HOOKS)
    def deny(self, who: str, hook: HookAnswer) -> None:
        done = self.act("deny", who, hook)
        assert done == (self.little.where == "waiting" and who != "guest" and hook == HookAnswer())
        if done:
            self.little.where = "over"

    @rule(who=st.sampled_from(sorted(PEOPLE)), hook=HOOKS)
    def revoke(self, who: str, hook: HookAnswer) -> None:
        done = self.act("deescalate", who, hook)
        may = who in ("root", "ada") or who == self.run_.approver_id
        assert done == (self.little.where in ("held", "stuck") and may and hook == HookAnswer())
        if done:
            self.little.where, self.little.tries = "ending", 0

    @rule(who=st.sampled_from(sorted(PEOPLE)), seconds=st.sampled_from([0, 60, 86_400 * 20]))
    def extend(self, who: str, seconds: int) -> None:
        done = self.act("extend", who, extension=seconds)
        little = self.little
        fits = (little.where == "held" and little.until is not None and little.begun is not None and seconds > 0
                and little.until + timedelta(seconds=seconds) <= little.begun + timedelta(days=30))  # fmt: skip
        assert done == (fits and who in ("root", "bob"))
        if done and little.until is not None:
            little.until += timedelta(seconds=seconds)

    @rule(who=st.sampled_from(sorted(PEOPLE)))
    def retry(self, who: str) -> None:
        done = self.act("retry", who)
        assert done == (self.little.where == "failed" and who == "root")
        if done:
            self.little.where, self.little.tries = "granting", 0

    @rule(who=st.sampled_from(sorted(PEOPLE)))
    def remove(self, who: str) -> None:
        done = self.act("remove", who)
        assert done == (self.little.where in ("stuck", "cleaning-stuck") and who == "root")
        if done:
            self.held, self.effect = False, None  # they removed it; the daily try finds it ended
            self.little.where = "over" if self.little.where == "stuck" else "failed"

    # What the world does.

    @precondition(lambda self: self.effect is not None)
    @rule(works=st.booleans(), retryable=st.booleans(), took_effect=st.booleans())
    def call_vendor(self, works: bool, retryable: bool, took_effect: bool) -> None:
        effect, little = self.effect, self.little
        self.tries += 1
        little.tries += 1
        is_grant = isinstance(effect, Escalate)
        if works or took_effect:
            self.held = is_grant
        self.effect = None
        decision = settle(self.run_, effect, tries=self.tries, failure=None if works else "down", retryable=retryable,
                          now=self.now)  # fmt: skip
        if decision.retry_at is not None:
            self.effect = effect
        self.apply(decision)
        self._expect(is_grant, works, retryable)

    def _expect(self, is_grant: bool, works: bool, retryable: bool) -> None:
        little = self.little
        if is_grant and works:
            little.where, little.begun = "held", self.now
            little.until = self.now + timedelta(seconds=self.run_.duration or 0)
        elif is_grant and not (retryable and little.tries < 3):
            little.where, little.tries = "cleaning", 0
        elif not is_grant and works:
            little.where = "failed" if little.where.startswith("cleaning") else "over"
        elif not is_grant and little.tries >= 6:
            little.where = {"ending": "stuck", "cleaning": "cleaning-stuck"}.get(little.where, little.where)

    @precondition(lambda self: self.effect is not None)
    @rule(took_effect=st.booleans())
    def vendor_is_down(self, took_effect: bool) -> None:
        while self.effect is not None and "stuck" not in self.little.where:
            self.call_vendor(False, True, took_effect)

    @precondition(lambda self: self.little.where == "waiting" and self.little.asked + 1 < len(self.little.waits))
    @rule()
    def nobody_is_reached(self) -> None:
        fields = {"position": self.little.asked}
        self.fire(Following(name="forward", channel="internal", fields=fields), self.now)
        self.little.asked += 1
        self.asked_at = self.now

    @rule(seconds=st.sampled_from([1, 60, 600, 86_400 * 21]))
    def wait(self, seconds: int) -> None:
        """Time passes; timers fire in their order, each at its moment."""
        end = self.now + timedelta(seconds=seconds)
        while due := [item for item in self.timers if item[0] <= end]:
            first = min(due, key=lambda item: item[0])
            self.timers.remove(first)
            self.now = first[0]
            if (first[1].name, self.little.where, self.little.until) == ("deescalate", "stuck", first[0]):
                # Revoked early and stuck: when its time is over, it is tried anew.
                self.little.where, self.little.tries = "ending", 0
            self.fire(first[1], first[0])
            self._expect_timers()
        self.now = end
        self._expect_timers()

    def _expect_timers(self) -> None:
        little = self.little
        if little.where == "held" and little.until is not None and self.now >= little.until:
            little.where, little.tries = "ending", 0
        while little.where == "waiting" and little.waits and (wait := little.waits[little.asked]) is not None:
            if self.now < self.asked_at + timedelta(seconds=wait):
                return
            self.asked_at += timedelta(seconds=wait)
            if little.asked + 1 == len(little.waits):
                little.where = "over"
            else:
                little.asked += 1

    # What is promised.

    @invariant()
    def the_run_is_where_the_model_says(self) -> None:
        words = {
            "new": {"prompted"}, "waiting": {"requested"}, "over": OVER, "never": {"errored"}, "granting": {"approved"},
            "held": {"escalated"}, "ending": {"escalated"}, "stuck": {"escalated"}, "cleaning": {"errored"},
            "cleaning-stuck": {"errored"}, "failed": {"errored"},
        }  # fmt: skip
        assert self.run_.status in words[self.little.where], self.little.where

    @invariant()
    def the_lease_is_what_the_model_says(self) -> None:
        words = {
            "granting": {"pending"}, "held": {"active"}, "ending": {"ending"}, "stuck": {"stuck"},
            "cleaning": {"ending"}, "cleaning-stuck": {"stuck", "ending"}, "failed": {"ended"},
        }  # fmt: skip
        assert self.run_.lease in words.get(self.little.where, {None, "ended"}), self.little.where
        if self.little.where == "held":
            assert self.effect is None

    @invariant()
    def access_is_only_held_where_somebody_answers_for_it(self) -> None:
        assert not self.held or self.little.may_be_held
        assert not self.held or self.run_.approver_id is not None

    @invariant()
    def access_that_is_held_has_an_end_coming(self) -> None:
        little = self.little
        if little.where == "held":
            assert any(at == little.until and timer.name == "deescalate" for at, timer in self.timers)
        if little.where in ("granting", "ending", "cleaning", "stuck", "cleaning-stuck"):
            assert self.effect is not None

    @invariant()
    def the_notification_that_is_out_is_the_one_that_is_due(self) -> None:
        if self.little.where == "waiting" and self.routing:
            assert (self.run_.routing or {})["position"] == self.little.asked


TestLifeCycle = LifeCycle.TestCase
TestLifeCycle.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
