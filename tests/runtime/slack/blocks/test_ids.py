"""The names by which Slack says what somebody did."""

from __future__ import annotations

from sym.slack.blocks import ids


def test_names_are_not_used_twice() -> None:
    names = {name: value for name, value in vars(ids).items() if name.isupper() and not name.startswith("_")}
    names = {name: value for name, value in names.items() if isinstance(value, str)}
    assert len(names) > 15
    assert len(set(names.values())) == len(names)


def test_a_fields_block_says_which_field_it_is() -> None:
    for name in ("reason", "a:b", "", "ü"):
        for tag in ("", "1a2b"):
            block_id = ids.field_block(name, tag)
            assert ids.field_of(block_id) == name
            assert ids.tag_of(block_id) == tag
            assert ids.is_block_of(block_id, name)
    assert ids.field_of("sym_actions") is None
    assert ids.tag_of("sym_actions") == ""
    assert not ids.is_block_of("sym_field:x:a", "b")


def test_a_name_too_long_for_slack_is_still_found() -> None:
    name = "x" * 300
    block_id = ids.field_block(name, "1a2b")
    assert len(block_id) <= 255
    assert ids.is_block_of(block_id, name)


def test_a_tag_stands_for_the_value_and_what_was_before() -> None:
    assert ids.value_tag("a") == ids.value_tag("a")
    assert len({ids.value_tag("a"), ids.value_tag("b"), ids.value_tag("a", "x"), ids.value_tag(["a"])}) == 4
