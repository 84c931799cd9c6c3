"""The code of a flow, as the engine calls it: its hooks, its reducers, and what they answered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sym.engine.host import FlowHost
from sym.engine.lifecycle import HookAnswer
from sym.engine.routing import BadRouting, forward_context, read_approvers, read_notifications
from sym.engine.sandbox.sandbox import Answer, Call, Sandbox
from sym.engine.trace import traced
from sym.engine.views import OWN_FIELDS, STEP_NAMES, Document, World, view_event
from sym.errors import AuthorCodeFailed
from sym.implementation import Implementation, read_implementation

SOURCE = "impl.py"


@lru_cache(maxsize=256)
def handlers_of(source: str) -> Implementation:
    """The handlers an implementation has. It is read, not run."""
    return read_implementation(source)


class AuthorCode:
    """The implementation of the flow version a run is pinned to, for one event. ``deadline`` is in seconds, for all its
    handlers; None is the usual one of each."""

    def __init__(self, sandbox: Sandbox, host: FlowHost, world: World, *, deadline: float | None = None) -> None:
        self._deadline = deadline
        self._sandbox = sandbox
        self._host = host
        self._world = world
        self._approvers: Answer | None = None

    def has(self, handler: str) -> bool:
        """Whether the implementation has this handler, decorated and named as it must be."""
        return handlers_of(self._world.implementation).has(handler)

    def on(self, event_name: str) -> HookAnswer:
        """Run the ``on_`` hook of an event, if there is one. Code that cannot be read may have meant to have one, so it
        fails."""
        handler = hook_name("on", event_name)
        if not self.has(handler):
            return HookAnswer(failure=_unreadable(self._world.implementation))
        try:
            value = self._call("hook", handler, *self._context(event_name, is_done=False)).value
        except AuthorCodeFailed as error:
            return HookAnswer(failure=explain(error))
        target = self._world.fields.get("target")
        return _hook_answer(handler, value, target["srn"] if target else None)

    def after(self, event_name: str) -> str | None:
        """Run the ``after_`` hook of an event, if there is one; gives why it failed."""
        try:
            handler = hook_name("after", event_name)
            if self.has(handler):
                self._call("hook", handler, *self._context(event_name, is_done=True))
        except AuthorCodeFailed as error:
            return explain(error)
        return None

    def permissions(self) -> Document:
        """Who may decide on the request: what ``get_permissions`` answers, or what ``get_approvers`` implies.

        Without either only admins may. Raises AuthorCodeFailed when the reducer fails or answers something else.
        """
        if self.has("get_permissions"):
            value = self._call("reducer", "get_permissions").value
            if not isinstance(value, dict) or value.get("$type") != "request_permission":
                raise AuthorCodeFailed("get_permissions must return a RequestPermission", handler="get_permissions",
                                       source=SOURCE)  # fmt: skip
            return {key: value[key] for key in ("webapp_view", "approve_deny", "allow_self_approval")}
        if self.has("get_approvers"):
            return self._legacy_permissions()
        return {"webapp_view": "admin", "approve_deny": "admin", "allow_self_approval": False}

    def routing(self) -> Document | None:
        """Who is to be told of the request, and how long each is waited for: what ``get_request_notifications``
        answers, else ``get_approvers``; None if nobody.

        Raises AuthorCodeFailed when the reducer fails or answers something that cannot be followed.
        """
        if self.has("get_request_notifications"):
            return self._read("get_request_notifications", self._call("reducer", "get_request_notifications").value)
        if self.has("get_approvers"):
            found = self._read("get_approvers", self._ask_approvers())
            if found is not None and self.has("get_permissions"):
                # Who may decide is said there; here only who is told.
                found["notifications"] = [{**step, "allow_self": None} for step in found["notifications"]]
            return found
        return None

    def ask(self, reducer: str, *more: Any) -> Any:
        """What an optional reducer answers to the event and ``more`` arguments; None without such a reducer. Raises
        AuthorCodeFailed."""
        return self._call("reducer", reducer, *more).value if self.has(reducer) else None

    def prefetch(self, field: str) -> Any:
        """What the prefetch function of a field answers, as JSON. Of several the first is asked. Raises
        AuthorCodeFailed, also when there is none."""
        handler = handlers_of(self._world.implementation).prefetch_for(field)
        if handler is None:
            hint = f'Put @prefetch(field_name="{field}") above one.'
            raise AuthorCodeFailed("there is no such function.", handler=f"the prefetch function of {field}", hint=hint,
                                   source=SOURCE)  # fmt: skip
        return self._call("prefetch", handler.name).value

    def _read(self, reducer: str, value: Any) -> Document | None:
        try:
            return read_approvers(value) if reducer == "get_approvers" else read_notifications(value)
        except BadRouting as error:
            raise AuthorCodeFailed(f"{error}.", handler=reducer, source=SOURCE) from None

    def _ask_approvers(self) -> Any:
        """What ``get_approvers`` answers; asked once, for permissions and for routing."""
        if self._approvers is None:
            self._approvers = self._call("reducer", "get_approvers")
        return self._approvers.value

    def _legacy_permissions(self) -> Document:
        """Anyone who sees the message may act; the destination says whether that includes the requester. Each of
        several says so for itself, while it is asked: see :func:`sym.engine.routing.permissions_now`."""
        value = self._ask_approvers()
        guests = bool(self._world.params.get("allow_guest_interaction"))
        level = "all_users" if guests else "member"
        return {"webapp_view": level, "approve_deny": level, "allow_self_approval": _allows_self(value)}

    def _context(self, event_name: str, *, is_done: bool) -> tuple[Document, ...]:
        return (forward_context(self._world.run.routing, is_done=is_done),) if event_name == "forward" else ()

    def _call(self, kind: str, handler: str, *more: Any) -> Answer:
        call = Call(
            source=SOURCE,
            text=self._world.implementation,
            kind=kind,
            function=handler,
            arguments=[view_event(self._world), *more],
            deadline=self._deadline,
        )
        return traced(kind, handler, SOURCE, self._host, lambda host: self._sandbox.call(call, host))


def hook_name(prefix: str, event_name: str) -> str:
    """What the hook of an event is called: ``on_approve``, and ``on_request_forward`` for ``forward``."""
    return f"{prefix}_{STEP_NAMES.get(event_name, event_name)}"


def _unreadable(source: str) -> str | None:
    found = handlers_of(source)
    errors = [problem for problem in found.problems if problem.severity == "error"]
    if found.handlers or not errors:
        return None
    return f"{SOURCE} line {errors[0].line}: {errors[0].message} {errors[0].hint}".rstrip()


def _hook_answer(handler: str, value: Any, target_srn: str | None) -> HookAnswer:
    if value is None:
        return HookAnswer()
    if not isinstance(value, dict) or value.get("$type") != "event_request":
        return HookAnswer(
            # Not the value: it may be a secret, or five megabytes.
            failure=f"{handler} returned {_kind(value)}; return nothing or what an ApprovalTemplate method gives."
        )
    extra = value.get("extra") or {}
    if own := sorted(OWN_FIELDS & extra.keys()):
        return HookAnswer(failure=f"{handler} gave {', '.join(own)} as a field: that is the request's own.")
    if value.get("target_srn") not in (None, target_srn):
        return HookAnswer(failure=f"{handler} answered with another target_srn than was asked for; deny the request "
                                  "instead, and say what to ask for.")  # fmt: skip
    return HookAnswer(
        step=value["step"], message=value.get("message"), duration=value.get("duration"), fields=extra
    )  # fmt: skip


def _kind(value: Any) -> str:
    """What an answer is, without what it says."""
    return str(value.get("$type") or "a dict") if isinstance(value, dict) else f"a value of type {type(value).__name__}"


def _allows_self(value: Any) -> bool:
    if isinstance(value, list):
        return any(_allows_self(item) for item in value)
    if not isinstance(value, dict):
        return False
    return bool(value.get("allow_self")) or _allows_self(value.get("destinations"))


def explain(error: AuthorCodeFailed) -> str:
    """What went wrong in authors' code, with its place: ``impl.py line 12, in on_request: ValueError: …``."""
    place = f"{error.source} line {error.line}, " if error.line else f"{error.source}, " if error.source else ""
    return f"{place}in {error.handler}: {error}"
