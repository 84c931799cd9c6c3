"""What a practitioner can write: attributes and nested blocks, and what each of them means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sym_provider.framework.diagnostics import Diagnostic
from sym_provider.framework.values import ListOf, ObjectOf, Type, Value, is_wholly_known, same

State = dict[str, Any]
"""A configuration, plan or state of a block: every attribute by name, every nested block as a list of states."""

Validator = Callable[[Value], Iterable[Diagnostic]]
"""Given a value, say what is wrong with it; paths in the diagnostics start at the value."""

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One ``name = value`` of a block.

    * *required*, *optional*, *computed* as Terraform means them; optional and computed together: the provider chooses
      when the practitioner does not.
    * *default* is planned where the configuration is null. Terraform lets a plan differ from the configuration only in
      computed attributes, so an attribute with a default is shown to it as optional and computed.
    * *requires_replace*: a change cannot be made in place.
    * *equal* says whether two non-null, wholly known values mean the same (names that differ only in case); if so the
      older spelling stays. *empty_keys_are_missing* (maps): null, "" and an absent key mean the same. Without
      *empty_is_null*, null on the one hand and "", [] or {} on the other mean two things.
    * *write_only*: a value of the configuration that is handed to create and update, and is null in every plan and
      state. Terraform knows such attributes from version 1.11 on.
    * *validators* see the value when it is wholly known and not null, *element_validators* each such element of a
      list or map, so that one unknown element does not hide what is wrong with its neighbours.
    * *description* is Markdown; *deprecation* says what to use instead.
    """

    name: str
    type: Type
    required: bool = False
    optional: bool = False
    computed: bool = False
    default: Value = None
    sensitive: bool = False
    requires_replace: bool = False
    description: str = ""
    deprecation: str = ""
    equal: Callable[[Any, Any], bool] | None = None
    empty_keys_are_missing: bool = False
    empty_is_null: bool = True
    write_only: bool = False
    validators: tuple[Validator, ...] = ()
    element_validators: tuple[Validator, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.required == (self.optional or self.computed):
            raise ValueError(f"attribute {self.name}: it is either required, or optional, computed or both")
        if self.has_default:
            if not self.optional:
                raise ValueError(f"attribute {self.name}: only an optional attribute can have a default")
            self.type.conform(self.default)
        if self.write_only and (self.may_be_chosen or self.requires_replace):
            raise ValueError(
                f"attribute {self.name}: what is write-only is in no plan, so nothing can be planned of it"
            )

    @property
    def has_default(self) -> bool:
        """Tell whether a null in the configuration is planned as something else."""
        return self.default is not None

    @property
    def may_be_chosen(self) -> bool:
        """Tell whether the provider may plan a value of its own: Terraform's ``computed``."""
        return self.computed or self.has_default

    def means_the_same(self, left: Value, right: Value) -> bool:
        """Tell whether going from one value to the other is no change to this attribute."""
        if not self.empty_is_null and (left is None) is not (right is None):
            return False
        if same(left, right, empty_keys_are_missing=self.empty_keys_are_missing):
            return True
        if self.equal is None or left is None or right is None:
            return False
        return is_wholly_known(left) and is_wholly_known(right) and self.equal(left, right)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Attributes and nested blocks that belong together.

    *check* sees the whole configuration of the block, unknown values included, for rules across attributes.
    """

    attributes: tuple[Attribute, ...] = ()
    blocks: tuple[NestedBlock, ...] = ()
    description: str = ""
    deprecation: str = ""
    check: Callable[[State], Iterable[Diagnostic]] | None = None

    def __post_init__(self) -> None:
        names = Counter([attribute.name for attribute in self.attributes] + [block.name for block in self.blocks])
        doubled = [name for name, count in names.items() if count > 1]
        if doubled:
            raise ValueError(f"declared more than once: {', '.join(doubled)}")

    @cached_property
    def type(self) -> ObjectOf:
        """The type of the block's configuration, plan and state."""
        attributes = {attribute.name: attribute.type for attribute in self.attributes}
        return ObjectOf(attributes | {block.name: ListOf(block.type) for block in self.blocks})

    def empty(self) -> State:
        """Return a state in which every attribute is null and there are no nested blocks."""
        attributes: State = {attribute.name: None for attribute in self.attributes}
        return attributes | {block.name: [] for block in self.blocks}


@dataclass(frozen=True, kw_only=True)
class NestedBlock(Block):
    """A block that may be repeated inside another; its value is a list of states.

    *max_items* 0 means any number. *equal* says whether two lists of such blocks mean the same.
    """

    name: str
    min_items: int = 0
    max_items: int = 0
    equal: Callable[[list[State], list[State]], bool] | None = None

    def __post_init__(self) -> None:
        _check_name(self.name)
        super().__post_init__()


@dataclass(frozen=True, kw_only=True)
class ResourceSchema(Block):
    """The outermost block of a resource, data source or provider.

    *version* counts the changes that old state must be upgraded through.
    """

    version: int = 0


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of an attribute or block in Terraform")
