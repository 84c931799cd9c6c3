"""One request through one flow, and what is seen of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sym.api.traces import view_trace
from sym.engine.sandbox.sandbox import Sandbox
from sym.errors import Conflict, Refused
from sym.sdk.exceptions import SymIntegrationError
from sym.simulation.answers import give_answers
from sym.simulation.declared import DeclaredFlow
from sym.simulation.prompted import prompt
from sym.testing.fakes import FakeHost
from sym.testing.flow_test import FlowTest
from sym.testing.people import Person
from sym.testing.requests import Request

_NOWHERE = "http://127.0.0.1:9"
"""Where nobody listens: what code asks of the network by itself goes through this proxy, and fails."""
_CUT_OFF = {name: _NOWHERE for word in ("http_proxy", "https_proxy", "all_proxy") for name in (word, word.upper())}


@dataclass(frozen=True)
class Act:
    """What somebody does to the request: ``approve``, ``deny`` or ``revoke``; ``who`` is an e-mail address, ``role``
    theirs."""

    name: str
    who: str
    role: str = "member"


@dataclass(frozen=True)
class Scenario:
    """What is tried: who asks (``requester``, with a ``role``) for what, what is done then, and how many seconds pass
    afterwards. ``answers`` is a file with what services answer; ``source`` is where the request comes from."""

    requester: str
    role: str = "member"
    target: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    seconds_later: int = 0
    answers: Path | None = None
    source: str = "slack"


@dataclass(frozen=True)
class Simulated:
    """What was seen: the run's ``status``; ``trace`` as the API shows it; ``asked`` who would be asked to decide,
    ``told`` who would hear what; ``refused`` what was not allowed; ``would_call`` the calls of services that no answer
    was given for; ``access`` what the strategy would have been asked to do."""

    status: str
    trace: list[dict[str, Any]]
    asked: list[str]
    told: list[dict[str, Any]]
    refused: list[str]
    would_call: list[dict[str, Any]]
    access: list[dict[str, str]]


class _Services(FakeHost):
    """Services that answer as they were told; of other calls they keep that they would have been made."""

    def __init__(self) -> None:
        super().__init__(dict)
        self.unanswered: list[dict[str, Any]] = []

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        """Answer a call of the flow. Raises SymIntegrationError, as a service that is not there, without an answer."""
        try:
            return getattr(getattr(self, module), function).call(arguments)
        except LookupError:
            self.unanswered.append({"call": f"{module}.{function}", "arguments": arguments})
            message = f"{module}.{function} has no answer in this simulation."
            raise SymIntegrationError(name="NO_ANSWER", message=message) from None


class _Stage(FlowTest):
    """A flow whose life goes on whatever it calls."""

    def work(self) -> None:
        """Let everything that is due happen."""
        self.stage.work()

    def travel(self, **span: float) -> None:
        """Let time pass."""
        self.stage.travel(timedelta(**span))


def simulate(flow: DeclaredFlow, scenario: Scenario) -> Simulated:
    """Run the scenario. Authors' code runs in the sandbox, cut off from the network as far as proxies are obeyed.

    Raises what an impossible request does: InvalidInputs for answers that do not fit the form, Refused for who may not
    ask, and Invalid for answers that cannot be used.
    """
    targets = flow.targets or ({scenario.target or "target": {}} if scenario.target or flow.is_access else {})
    with Sandbox(environment=_CUT_OFF) as sandbox, _Stage(
        _as_text(flow.implementation), sandboxed=sandbox, name=flow.name, fields=list(flow.fields), targets=targets,
        flow_vars=flow.variables, params=flow.params, integrations=flow.integrations,
    ) as stage:  # fmt: skip
        stage.stage.executor.services = services = _Services()
        people = _people(stage, scenario)
        requester = people[scenario.requester.lower()]
        if scenario.answers is not None:
            give_answers(services, scenario.answers, lambda email: _known(stage, people, email))
        shown = prompt(stage, flow.name, requester, scenario.inputs) if scenario.source == "slack" else None
        request = _request(stage, requester, scenario, targets)
        refused = [text for act in scenario.acts if (text := _act(request, act, people))]
        if scenario.seconds_later:
            stage.travel(seconds=scenario.seconds_later)
        seen = _seen(stage, services, request, refused)
        return replace(seen, trace=[*([shown] if shown else []), *seen.trace])


def _as_text(code: str) -> str:
    # A text of one line would be taken for a path.
    return f"{code}\n\n"


def _people(stage: _Stage, scenario: Scenario) -> dict[str, Person]:
    """Everybody who does something, by e-mail address."""
    people: dict[str, Person] = {}
    for who, role in ((scenario.requester, scenario.role), *((act.who, act.role) for act in scenario.acts)):
        _known(stage, people, who, role)
    return people


def _known(stage: _Stage, people: dict[str, Person], email: str, role: str = "member") -> Person:
    key = email.lower()
    if key not in people:
        people[key] = stage.user(email, role=role)
    return people[key]


def _request(stage: _Stage, requester: Person, scenario: Scenario, targets: dict[str, Any]) -> Request:
    target = scenario.target or (next(iter(targets)) if len(targets) == 1 else None)
    inputs = dict(scenario.inputs)
    duration = inputs.pop("duration", None)
    return stage.request(requester, target=target, duration=duration, source=scenario.source, **inputs)


def _act(request: Request, act: Act, people: dict[str, Person]) -> str | None:
    try:
        getattr(request, act.name)(people[act.who.lower()])
    except (Refused, Conflict) as error:
        return f"{act.name} by {act.who}: {error}"
    return None


def _seen(stage: _Stage, services: _Services, request: Request, refused: list[str]) -> Simulated:
    with stage.stage.store.reading() as conn:
        trace = [item.model_dump() for item in view_trace(conn, request.id).trace]
    return Simulated(
        status=request.status,
        trace=trace,
        asked=[notification.destination for notification in request.notifications],
        told=[{"to": message.to, "what": message.what, "text": message.text} for message in request.messages],
        refused=refused,
        would_call=services.unanswered,
        access=[{"what": grant.method, "who": grant.who, "target": grant.target} for grant in stage.access.calls],
    )
