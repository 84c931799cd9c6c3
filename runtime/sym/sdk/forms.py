"""The request form, as ``prefetch`` and ``on_change`` functions see it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from sym.sdk._model import Model, field
from sym.sdk._text_enum import TextEnum

_LONGEST = 55  # Slack shows no more of an option


class FieldType(TextEnum):
    """What a prompt field holds; the values are those of ``type`` in Terraform."""

    STRING = "string"
    INT = "int"
    BOOL = "bool"
    DURATION = "duration"
    """Seconds."""
    SLACK_USER = "slack_user"
    SLACK_USER_LIST = "slack_user_list"
    STR_LIST = "str_list"
    INT_LIST = "int_list"


def _option_value(value: Any) -> Any:
    if value is None:
        raise ValueError("the value of an option must be non-empty")
    if len(str(value)) > _LONGEST:
        raise ValueError(f"the value of an option must have at most {_LONGEST} characters")
    return value


def _option_label(label: str) -> str:
    if len(label) > _LONGEST:
        raise ValueError(f"the label of an option must have at most {_LONGEST} characters")
    return label


class FieldOption(Model):
    """One entry of a drop-down list.

    Attributes:
        value: what the field will hold; its text has at most 55 characters. Passing ``None`` is an error, passing
            nothing is not.
        label: what people see, at most 55 characters.
    """

    value: Any = field(default=None, after=_option_value)
    label: str = field(after=_option_label)


class SlackUserSelection(Model):
    """Somebody chosen in a Slack user field; read-only.

    Attributes:
        user_id: the Slack id.
        username: the name in Sym; ``None`` for somebody Sym does not know.
    """

    user_id: str = field(read_only=True)
    username: str | None = field(default=None, read_only=True)


class PromptField(Model):
    """A field of the form. An ``on_change`` function may assign to what is not marked read-only.

    Attributes:
        name: the name in Terraform; read-only.
        type: what it holds; read-only.
        value: what is filled in.
        label: what people see.
        required: whether it must be filled in, as long as it is visible.
        current_allowed_values: the options offered now.
        original_allowed_values: the options offered at first; read-only.
        visible: whether it is shown.
    """

    name: str = field(read_only=True)
    type: FieldType = field(read_only=True)
    value: Any = None
    label: str | None = None
    required: bool = True
    current_allowed_values: list[FieldOption] = field(factory=list)
    original_allowed_values: list[FieldOption] = field(factory=list, read_only=True)
    visible: bool = True


class SymPromptForm(Model):
    """The form an ``on_change`` function is given, and returns.

    Attributes:
        fields: the fields by name, in the order shown. Change the fields, not the dictionary.
        flow_vars: the flow's ``vars``.
        additional_header_text: Slack markdown shown below the form's header.
    """

    fields: OrderedDict[str, PromptField]
    flow_vars: dict[str, str] = field(factory=dict)
    additional_header_text: str | None = None
