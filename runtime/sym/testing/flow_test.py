"""``FlowTest``: a flow, its people and its time, in one object."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sym.audit.events import Actor
from sym.engine.inbound import Submission
from sym.engine.sandbox.sandbox import Sandbox
from sym.errors import Conflict, Invalid, NotFound, Refused
from sym.sdk.forms import SymPromptForm
from sym.store.identities import Identity, save_identity
from sym.store.users import create_user, find_user
from sym.testing.declaration import Declaration, Declared
from sym.testing.fakes import FakeHost
from sym.testing.in_process import InProcess
from sym.testing.moments import Happening, Moment, imagine
from sym.testing.outbox import Outbox
from sym.testing.people import Person
from sym.testing.recorded_access import RecordedAccess
from sym.testing.requests import Request, seconds
from sym.testing.sources import Code, Sources
from sym.testing.stage import ORG, PrintingSandbox, Stage, shared_sandbox
from sym.testing.units import Units

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When every test begins, unless it says otherwise: a Monday morning."""


class FlowTest:
    """A flow with everything around it: the real life cycle before a store of its own, and nothing outside of it.

    ``implementation`` is the path of an ``impl.py``, its text, or a folder with ``impl.py`` and perhaps
    ``strategy.py``. ``declared`` is what Terraform would say of it, see :class:`~sym.testing.declaration.Declaration`:
    ``fields``, ``targets``, ``strategy``, ``flow_vars``, ``params``, ``integrations``, ``external_id``, ``settings``,
    ``secrets``. Relative paths begin at ``folder``. ``sandboxed`` runs the code in the real sandbox, where it may write
    to ``writable`` folders, instead of in this process. ``addresses`` says where installed strategies reach services,
    by host name (``*`` is any): a double on this machine; they are then also asked what the flow asks of author modules
    and the test does not fake. A context manager; ``close()`` does the same.
    """

    def __init__(self, implementation: Code, *, folder: Path | str | None = None, sandboxed: bool | Sandbox = False,
                 writable: Sequence[Path] = (), now: datetime = START, addresses: Mapping[str, str] | None = None,
                 **declared: Any) -> None:  # fmt: skip
        self._sources = Sources(Path(folder) if folder else Path.cwd())
        implementation, declared = self._of_folder(implementation, declared)
        self.host = FakeHost(self._sources.texts)
        self._own_sandbox = PrintingSandbox(folders=writable) if sandboxed is True and writable else None
        given = sandboxed if isinstance(sandboxed, Sandbox) else None
        shared = given or (shared_sandbox() if sandboxed else InProcess(self._sources.place_of))
        self._people: dict[str, Person] = {}
        self.outbox = Outbox(self._name_of)
        self.stage = Stage(self._own_sandbox or shared, self.outbox, self.host, now=now, addresses=addresses)
        try:
            self._declared = Declared(self.stage, self._sources, Declaration(implementation=implementation, **declared))
        except BaseException:
            self.stage.close()
            raise
        self._units = Units(self.stage, self._declared)

    def _of_folder(self, implementation: Code, declared: dict[str, Any]) -> tuple[Code, dict[str, Any]]:
        if isinstance(implementation, str) and "\n" in implementation:
            return implementation, declared
        folder = self._sources.folder / implementation
        if not folder.is_dir():
            return implementation, declared
        self._sources.folder = folder
        if (folder / "strategy.py").is_file():
            declared.setdefault("strategy", "strategy.py")
        return folder / "impl.py", declared

    # People, time, services

    @property
    def access(self) -> RecordedAccess:
        """Who has what, and what the strategy was called with, where the flow's own strategy is not under test."""
        return self.stage.access

    @property
    def secrets(self) -> dict[str, str]:
        """Values of the secrets in ``secrets=[...]``, by ``SYM_SECRET_<NAME>``."""
        return self.stage.secrets

    @property
    def now(self) -> datetime:
        """The time of the test, in UTC."""
        return self.stage.clock.now

    def user(self, name: str, role: str = "member", **identities: str) -> Person:
        """An account: an e-mail address and a role (``admin``, ``member``, ``guest``). ``identities`` say
        who they are elsewhere: ``okta="00u1"``; with an account in front, ``okta="acme.okta.com/00u1"``."""
        return self._account(name, "normal", role, identities)

    def bot(self, name: str, role: str = "requester") -> Person:
        """A bot, which may ask, and by its role perhaps more."""
        return self._account(name, "bot", role, {})

    def _account(self, name: str, kind: str, role: str, identities: Mapping[str, str]) -> Person:
        email = name if kind == "normal" else None
        if kind == "normal" and "@" not in name:
            email = f"{name}@example.com"
        with self.stage.store.transaction() as conn:
            user = create_user(conn, username=email or name, email=email, type=kind, role=role, actor=Actor.SYSTEM,
                               now=self.now)  # fmt: skip
            for service, known in identities.items():
                account, _, external = known.rpartition("/")
                identity = Identity(user_id=user.id, service=service, service_id=account or f"{service}-test",
                                    external_user_id=external)  # fmt: skip
                save_identity(conn, identity, self.now)
        self._people[user.id] = person = Person(user)
        return person

    def person(self, who: Person | str) -> Person:
        """Somebody by e-mail address, who is added as a member if there is no such account yet."""
        if isinstance(who, Person):
            return who
        with self.stage.store.reading() as conn:
            known = find_user(conn, email=who) if "@" in who else find_user(conn, username=who)
        return Person(known) if known else self.user(who)

    def _name_of(self, user_id: str) -> str:
        return self._people[user_id].name if user_id in self._people else user_id

    def travel(self, **span: float) -> None:
        """Let time pass (``hours=1``, ``minutes=…``, ``seconds=…``, ``days=…``): what is due meanwhile happens."""
        self.stage.travel(timedelta(**span))
        self.host.check()

    def work(self) -> None:
        """Let everything that is due happen. Raises UnexpectedCall if the flow asked for what nobody foresaw."""
        self.stage.work()
        self.host.check()

    # Whole requests

    def request(self, by: Person | str, *, target: str | None = None, duration: str | int | None = None,
                source: str = "slack", **inputs: Any) -> Request:  # fmt: skip
        """Ask, and let everything happen that follows at once. ``inputs`` are the answers of the form by field; more
        with ``context`` (a dict, of API requests), ``channel`` (the Slack channel it came from), and ``behalf_of``.

        Raises InvalidInputs for answers that do not fit the form, Refused for who may not ask.
        """
        context, channel = inputs.pop("context", None), inputs.pop("channel", None)
        actor = self.person(by)
        requester = self.person(inputs.pop("behalf_of", actor))
        submission = Submission(
            flow_srn=self._declared.name, inputs=self._inputs(target, duration, inputs), requester=requester.user,
            source=source, context=context or {}, actor=actor.user, channel_identifier=channel,
        )  # fmt: skip
        accepted = self.stage.inbound.request(submission, now=self.now)
        self.work()
        return Request(self, accepted.run_id)

    def _inputs(self, target: str | None, duration: str | int | None, given: Mapping[str, Any]) -> dict[str, Any]:
        inputs = dict(given)
        if target is not None:
            targets = self._declared.targets
            if target not in targets:
                raise LookupError(f"The flow has no target {target!r}; it has: {', '.join(targets) or 'none'}.")
            inputs["target_id"] = targets[target]
        if duration is not None:
            inputs["duration"] = seconds(duration)
        return inputs

    @contextlib.contextmanager
    def refused(self, code: str = "") -> Iterator[None]:
        """What is done inside is refused: by who they are (``NOT_ALLOWED``, ``SELF_APPROVAL``), because the request's
        status forbids it, or because the form's answers do not fit (``INVALID_INPUTS``). ``code`` is all or the end of
        the refusal's code."""
        try:
            yield
        except (Refused, Conflict, Invalid, NotFound) as error:
            if not error.code.endswith(code):
                raise AssertionError(f"It was refused, but as {error.code}: {error}") from error
            return
        raise AssertionError(f"It was not refused{f' as {code}' if code else ''}.")

    # One handler at a time

    def event(self, name: str = "request", *, by: Person | str = "somebody@example.com",
              requester: Person | str | None = None, target: str | None = None, duration: str | int | None = None,
              **inputs: Any) -> Moment:  # fmt: skip
        """An event to call a handler with: ``name`` by somebody, on a request by ``requester`` (else by the same).
        ``inputs`` and the rest as for :meth:`request`; ``channel_type`` is ``slack``, ``sym`` (the API) or ``sdk``."""
        context, channel = inputs.pop("context", None), inputs.pop("channel", None)
        channel_type = inputs.pop("channel_type", "slack")
        actor = self.person(by)
        asker = self.person(requester) if requester is not None else actor
        happening = Happening(
            name=name, requester=asker, actor=actor, inputs=self._inputs(target, duration, inputs),
            context=context or {}, now=self.now, channel=channel_type, channel_identifier=channel,
        )  # fmt: skip
        with self.stage.store.reading() as conn:
            return imagine(conn, self._declared.flow_id, happening)

    def call(self, handler: str, event: Moment | None = None, *more: Any) -> Any:
        """What a hook or reducer answers to an event. ``more`` are the further arguments of ``get_identity`` and of the
        forward hooks. Raises CallFailed for what the code raises."""
        return self._checked(self._units.call(handler, event or self.event(_event_of(handler)), more))

    def prefetch(self, field: str, event: Moment | None = None) -> Any:
        """The options a field's prefetch function gives: a list of FieldOption."""
        return self._checked(self._units.prefetch(field, event or self.event("prompt")))

    def form(self, **values: Any) -> SymPromptForm:
        """The flow's form with these values filled in."""
        return self._units.form(values)

    def on_change(self, field: str, form: SymPromptForm | None = None, *, by: Person | str = "somebody@example.com",
                  **values: Any) -> SymPromptForm:  # fmt: skip
        """The form as a field's ``on_change`` leaves it, called for ``form``, else for one with ``values``."""
        moment = self.event("prompt", by=by)
        return self._checked(self._units.on_change(field, form or self.form(**values), self.person(by), moment))  # type: ignore[no-any-return]

    def visible_flows(self, flows_filter: Code, flows: Sequence[str], *, to: Person | str,
                      flows_filter_vars: Mapping[str, str] | None = None) -> list[str]:  # fmt: skip
        """The names of those of ``flows`` that the organization's flows filter shows to somebody."""
        text = self._sources.read(flows_filter, "get_flows.py")
        variables = flows_filter_vars or {}
        return self._checked(  # type: ignore[no-any-return]
            self._units.visible_flows(text, self.person(to), flows, variables, self.event("prompt", by=to))
        )

    def _checked(self, value: Any) -> Any:
        self.host.check()
        return value

    def close(self) -> None:
        """Let go of everything."""
        self.stage.close()
        if self._own_sandbox is not None:
            self._own_sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _event_of(handler: str) -> str:
    """The event a handler is called for."""
    prefix, _, step = handler.partition("_")
    return step if prefix in ("on", "after") else "request"


__all__ = ["ORG", "START", "FlowTest"]
