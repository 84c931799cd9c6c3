"""From configuration and prior state to plan, and from what a resource answers to the state that is kept.

Pure functions. Terraform checks a provider of protocol 6 strictly ("Provider produced invalid plan", "Provider
produced inconsistent result after apply"):

* the plan of an attribute equals the configuration, or the prior state where both are set; only a computed attribute
  that the configuration leaves out may be planned otherwise;
* the state after apply equals the plan wherever the plan is known, and is known everywhere;
* nested blocks are as many as in the configuration, and never null.

Two rules of ours follow from it. null, "", [] and {} (and what an attribute declares equal) mean the same, and of two
spellings of the same meaning the older one stays: the prior state's in a plan, the plan's after apply, the prior
state's after a read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sym_provider.framework.diagnostics import Path
from sym_provider.framework.schema import Attribute, Block, NestedBlock, State
from sym_provider.framework.values import UNKNOWN, Value, is_empty, is_unknown, same


def plan_state(block: Block, config: State, prior: State | None) -> tuple[State, list[Path]]:
    """Return the planned state and the paths of the changes that need a replacement.

    *prior* is None for a creation. When something needs a replacement, the plan is that of a creation: what the
    provider computes will be computed anew.
    """
    planned = _plan_block(block, config, prior)
    if prior is None:
        return planned, []
    replaced = list(_replacements(block, prior, planned, ()))
    return (_plan_block(block, config, None) if replaced else planned), replaced


def _plan_block(block: Block, config: State, prior: State | None) -> State:
    planned: State = {}
    for attribute in block.attributes:
        planned[attribute.name] = _plan_attribute(attribute, config.get(attribute.name), prior)
    for nested in block.blocks:
        planned[nested.name] = _plan_nested(nested, config.get(nested.name), prior)
    return planned


def _plan_attribute(attribute: Attribute, config: Value, prior: State | None) -> Value:
    if attribute.write_only:
        return None
    old = None if prior is None else prior.get(attribute.name)
    wanted = attribute.default if config is None else config
    if wanted is not None:
        # A null must not be kept against a value that is set, be it an empty one: Terraform refuses such a plan.
        return old if old is not None and attribute.means_the_same(old, wanted) else wanted
    if not attribute.computed:
        return None
    return UNKNOWN if prior is None else old


def _plan_nested(nested: NestedBlock, config: Value, prior: State | None) -> Value:
    if is_unknown(config):
        return config  # a dynamic block over something unknown: not even the number of blocks is known
    old = [] if prior is None else _known_list(prior.get(nested.name))
    return [
        _plan_block(nested, element, old[index] if index < len(old) else None)
        for index, element in enumerate(config or [])
    ]


def _replacements(block: Block, prior: State, planned: State, path: Path) -> Iterator[Path]:
    for attribute in block.attributes:
        if attribute.requires_replace and not same(prior.get(attribute.name), planned[attribute.name]):
            yield (*path, attribute.name)
    for nested in block.blocks:
        pairs = zip(_known_list(prior.get(nested.name)), _known_list(planned[nested.name]), strict=False)
        for index, (old, new) in enumerate(pairs):
            yield from _replacements(nested, old, new, (*path, nested.name, index))


def reconcile(block: Block, expected: State, actual: Mapping[str, Any]) -> State:
    """Return what a resource answered in the spelling that was expected of it.

    *expected* is the plan after create and update, the prior state after a read. What *actual* leaves out is taken to
    be as expected; where the two mean the same, the expected spelling is kept; where they differ, the answer stands.
    """
    state: State = {}
    for attribute in block.attributes:
        wanted = expected.get(attribute.name)
        found = None if attribute.write_only else actual.get(attribute.name, wanted)
        state[attribute.name] = _respell(attribute, wanted, found)
    for nested in block.blocks:
        wanted = expected.get(nested.name)
        state[nested.name] = _reconcile_nested(nested, wanted, actual.get(nested.name, wanted))
    return state


def _reconcile_nested(nested: NestedBlock, expected: Value, actual: Value) -> Value:
    if is_unknown(actual):
        return actual
    wanted, found = _known_list(expected), actual or []
    if nested.equal is not None and not is_unknown(expected) and nested.equal(wanted, found):
        return wanted
    return [
        reconcile(nested, wanted[index] if index < len(wanted) else {}, element) for index, element in enumerate(found)
    ]


def _respell(attribute: Attribute, expected: Value, actual: Value) -> Value:
    if is_unknown(expected):
        return actual
    if attribute.means_the_same(expected, actual):
        return expected
    return _respell_elements(attribute, expected, actual)


def _respell_elements(attribute: Attribute, expected: Value, actual: Value) -> Value:
    """Keep the expected spelling element by element: one of them was unknown, or has changed, the others not."""
    if expected is None and attribute.empty_keys_are_missing:
        expected = {}
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [_respell_element(attribute, *pair) for pair in zip(expected, actual, strict=True)]
    if not (isinstance(expected, dict) and isinstance(actual, dict)):
        return actual
    respelled = {}
    for key, wanted in expected.items():
        if key in actual:
            respelled[key] = _respell_element(attribute, wanted, actual[key])
        elif attribute.empty_keys_are_missing and is_empty(wanted):
            respelled[key] = wanted
    for key, value in actual.items():
        if key not in expected and not (attribute.empty_keys_are_missing and is_empty(value)):
            respelled[key] = value
    return respelled


def _respell_element(attribute: Attribute, expected: Value, actual: Value) -> Value:
    if not is_unknown(expected) and same(expected, actual):
        return expected
    return _respell_elements(attribute, expected, actual)


def empty_to_null(block: Block, state: State) -> State:
    """Return the state with null for every empty value of an optional attribute that nobody but the user sets.

    Providers built on SDKv2 stored "" and {} for what the configuration leaves out. Taken literally, that would be a
    change to null in the first plan.
    """
    result = dict(state)
    for attribute in block.attributes:
        value = state.get(attribute.name)
        plain = attribute.optional and not attribute.may_be_chosen
        if plain and is_empty(value, empty_keys_are_missing=attribute.empty_keys_are_missing):
            result[attribute.name] = None
    for nested in block.blocks:
        result[nested.name] = [empty_to_null(nested, element) for element in _known_list(state.get(nested.name))]
    return result


def with_write_only(block: Block, state: State, config: State) -> State:
    """Return the state with the write-only values of the configuration: what create and update are given.

    Nested blocks belong together by their order.
    """
    result = dict(state)
    for attribute in block.attributes:
        if attribute.write_only:
            result[attribute.name] = config.get(attribute.name)
    for nested in block.blocks:
        elements, given = state.get(nested.name), _known_list(config.get(nested.name))
        if isinstance(elements, list):
            result[nested.name] = [
                with_write_only(nested, element, given[index] if index < len(given) else {})
                for index, element in enumerate(elements)
            ]
    return result


def without_write_only(block: Block, state: Mapping[str, Any]) -> State:
    """Return the state with null for everything write-only, whatever a provider's code has put there."""
    return with_write_only(block, dict(state), {})


def _known_list(value: Value) -> list[State]:
    return value if isinstance(value, list) else []
