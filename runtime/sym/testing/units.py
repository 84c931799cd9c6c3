"""One handler at a time, without a life cycle around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sym.engine.author import handlers_of
from sym.engine.changes import for_author
from sym.engine.form_fields import KeptField, fields_of
from sym.engine.sandbox import results
from sym.engine.sandbox.call import Call
from sym.engine.srns import flow as flow_srn
from sym.engine.views import params_of, user_view, view_event, view_flow
from sym.implementation import on_change_name
from sym.sdk.forms import SymPromptForm
from sym.sdk.request_destination import RequestForwardContext
from sym.store.resources import get
from sym.testing.answers import read_answer
from sym.testing.declaration import Declared
from sym.testing.moments import Moment
from sym.testing.people import Person
from sym.testing.stage import ORG, Stage

Document = dict[str, Any]


class Units:
    """Calls handlers of one flow. Each raises CallFailed for what the author's code raises; its cause is the error
    itself, when the code runs in this process."""

    def __init__(self, stage: Stage, declared: Declared) -> None:
        self._stage = stage
        self._declared = declared

    def call(self, handler: str, moment: Moment, more: Sequence[Any]) -> Any:
        """What a hook or reducer answers, as the SDK's objects."""
        kind = "reducer" if handler.startswith("get_") else "hook"
        arguments = [view_event(moment.world), *(self._argument(value) for value in more)]
        return read_answer(self._run(Call(source="impl.py", text=self._declared.implementation, kind=kind,
                                          function=handler, arguments=arguments), moment))  # fmt: skip

    def prefetch(self, field: str, moment: Moment) -> Any:
        """The options the prefetch function of a prompt field gives. Raises LookupError if there is none."""
        handler = handlers_of(self._declared.implementation).prefetch_for(field)
        if handler is None:
            raise LookupError(f'The implementation has no function below @prefetch(field_name="{field}").')
        call = Call(source="impl.py", text=self._declared.implementation, kind="prefetch", function=handler.name,
                    arguments=[view_event(moment.world)])  # fmt: skip
        return read_answer(self._run(call, moment))

    def form(self, values: Mapping[str, Any]) -> SymPromptForm:
        """The flow's form as it is opened, but for what is prefetched, with ``values`` filled in. Raises LookupError
        for a field it does not have."""
        fields, header = self._fields()
        names = [field.name for field in fields]
        for name in values:
            if name not in names:
                raise LookupError(f"The flow has no field {name!r}; it has: {', '.join(names) or 'none'}.")
        filled = [replace(field, value=values.get(field.name, field.value)) for field in fields]
        return _form(for_author(filled, self._declared.flow_vars, header))

    def _fields(self) -> tuple[list[KeptField], str | None]:
        with self._stage.store.reading() as conn:
            flow = get(conn, "flow", self._declared.flow_id)
            assert flow is not None, "the flow of a test is never deleted"
            targets = (view_flow(conn, ORG, flow)["strategy"] or {}).get("targets", [])
        params = params_of(flow.document)
        return fields_of(params, targets, {}), params.get("additional_header_text")

    def on_change(self, field: str, form: SymPromptForm, who: Person, moment: Moment) -> SymPromptForm:
        """The form as the ``on_change`` function of a field leaves it. Raises LookupError if the field has none."""
        text = next((block.get("on_change") for block in self._declared.fields if block["name"] == field), None)
        if not text:
            raise LookupError(f"The prompt field {field!r} has no on_change; give it one: fields={{{field!r}: "
                              "{'type': …, 'on_change': 'on_change.py'}}")  # fmt: skip
        call = Call(source=f"on_change of {field}", text=text, kind="on_change", function=on_change_name(field),
                    arguments=[who.name, _form_document(form)])  # fmt: skip
        return _form(self._run(call, moment))

    def visible_flows(self, source: str, who: Person, flows: Sequence[str], variables: Mapping[str, str],
                      moment: Moment) -> list[str]:  # fmt: skip
        """The names of those of ``flows`` that the flows filter in ``source`` shows to somebody."""
        views = [{"$type": "flow", "srn": flow_srn(ORG, name, 1)} for name in flows]
        call = Call(source="get_flows.py", text=source, kind="reducer", function="get_flows",
                    arguments=[self._argument(who), views, dict(variables)])  # fmt: skip
        return [str(shown["name"]) for shown in self._run(call, moment)]

    def _argument(self, value: Any) -> Any:
        if isinstance(value, Person):
            with self._stage.store.reading() as conn:
                return user_view(conn, value.user)
        if isinstance(value, RequestForwardContext):
            return {"$type": "request_forward_context",
                    "all_request_destinations": results.to_document(value.all_request_destinations),
                    "current_destination_index": value.current_destination_index,
                    "next_destination_index": value.next_destination_index}  # fmt: skip
        return value

    def _run(self, call: Call, moment: Moment) -> Any:
        answer = self._stage.sandbox.call(call, self._stage.executor.host(moment.world))
        return answer.value


def _form(document: Document) -> SymPromptForm:
    """A form from JSON; its fields lose what says of which type they are."""
    fields = {name: {key: _untyped(item) for key, item in field.items() if key != "$type"}
              for name, field in document["fields"].items()}  # fmt: skip
    found: SymPromptForm = read_answer({**document, "$type": "form", "fields": fields})
    return found


def _untyped(value: Any) -> Any:
    if isinstance(value, list):
        return [_untyped(item) for item in value]
    if isinstance(value, dict) and value.get("$type") == "field_option":
        return {key: item for key, item in value.items() if key != "$type"}
    return value


def _form_document(form: SymPromptForm) -> Document:
    document: Document = results.to_document(form)
    return {key: item for key, item in document.items() if key != "$type"} | {
        "fields": {name: {key: _untyped(item) for key, item in field.items() if key != "$type"}
                   for name, field in document["fields"].items()}
    }  # fmt: skip
