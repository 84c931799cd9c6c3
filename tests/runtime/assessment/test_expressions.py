"""Terraform's expressions, as far as reading them tells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.assessment.expressions import evaluate, evaluate_template
from sym.assessment.functions import FUNCTIONS, step_into
from sym.assessment.values import UNKNOWN, Ref, Unknown

VALUES = {"var": {"env": "prod", "on": True, "list": ["a", "b"], "map": {"k": {"x": 1}}}}


class Names:
    def __init__(self, **more: Any) -> None:
        self.more = more

    def look_up(self, path: list[Any]) -> Any:
        if path[0] in self.more:
            return step_into(self.more[path[0]], path[1:])
        if path[0].startswith("sym_"):
            return Ref("", "resource", path[0], path[1])
        return step_into(VALUES, path)

    def call(self, function: str, arguments: list[Any]) -> Any:
        known = FUNCTIONS.get(function)
        return known(arguments) if known and arguments else UNKNOWN

    def within(self, **extra: Any) -> Names:
        return Names(**{**self.more, **extra})

    def reference(self, kind: str, type_name: str, name: str) -> Ref:
        return Ref("", kind, type_name, name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-1.5", -1.5), ("true", True), ("null", None), ('"a"', "a"), (r'"a\n\"b\""', 'a\n"b"'),
        ('"a-${var.env}"', "a-prod"), ('"${"${var.env}"}!"', "prod!"), ('"$${x}"', "${x}"), ("var.list[1]", "b"),
        ('var.map["k"].x', 1), ('[1, "a", [var.env],]', [1, "a", ["prod"]]), ("{a = 1, \"b\" : 2}", {"a": 1, "b": 2}),
        ('{(var.env) = 1}', {"prod": 1}), ('var.env == "prod" ? 1 : 2', 1), ('var.env != "prod" ? 1 : 2', 2),
        ("var.on ? 1 : 2", 1), ('merge({a = 1}, {b = 2}).b', 2), ('concat(["a"], var.list)', ["a", "a", "b"]),
        ('jsonencode({a = [1, true]})', '{"a": [1, true]}'), ('jsondecode("[1]")[0]', 1),
        ('join("-", var.list)', "a-b"), ("upper(lower(\"A\"))", "A"), ("(1)", 1), ("keys({b = 1, a = 2})", ["a", "b"]),
        ("[for x in var.list : upper(x)]", ["A", "B"]),
        ('{for i, x in var.list : x => "n${i}"}', {"a": "n0", "b": "n1"}),
        ('[for x in var.list : x if x != "a"]', ["b"]), ("[for k, v in var.map : [k, v.x]]", [["k", 1]]),
        ("flatten([for x in var.list : [for y in [1, 2] : \"${x}${y}\"]])", ["a1", "a2", "b1", "b2"]),
        ("[for x in [] : x.y]", []), ("{for x in var.list : x => {n = x}}[\"b\"].n", "b"),
        ('format("%s-%d", "a", 1)', "a-1"), ('title("two words")', "Two Words"), ('lookup({a = 1}, "b", 2)', 2),
        ('split(",", "a,b")', ["a", "b"]), ("length(var.list)", 2), ('distinct(["a", "a"])', ["a"]),
        ('sort(["b", "a"])', ["a", "b"]), ('lookup({a = 1}, "a", 2)', 1),
        ("sym_flow.x.id", Ref("", "resource", "sym_flow", "x")),
    ],
)  # fmt: skip
def test_what_can_be_told_is_told(text: str, value: Any) -> None:
    assert evaluate(text, Names()) == value


@pytest.mark.parametrize(
    "text",
    ["var.nothing", "1 + 1", "[for x in var.no : x]", "{for k, v in var.no : k => v}",
     "[for x in var.list]", "[for x in var.list : x if var.no]", "{for x in var.list : x => x...}", "[for x of []: x]",
     "cidrhost(1, 2)", "", "(",
     '"${"', "var.list[*]", "a ? b", "var.list...", "[" * 500, '"%{ if var.on }x%{ endif }"', "merge({a = 1}, var.no)"],
)  # fmt: skip
def test_whatever_else_there_is_is_unknown(text: str) -> None:
    assert isinstance(evaluate(text, Names()), Unknown)


@pytest.mark.parametrize(
    "text", ["[for g in sym_target.a : g.id]", "sym_target.a[*].id", "values(sym_target.a)[*].id", "x(sym_target.a.id)"]
)
def test_an_unknown_value_keeps_the_resources_it_names(text: str) -> None:
    found = evaluate(text, Names())
    assert not isinstance(found, Unknown) or found.refs in ((), (Ref("", "resource", "sym_target", "a"),))
    if text.startswith(("[", "sym", "values")):
        assert found == Unknown((Ref("", "resource", "sym_target", "a"),))


@given(st.text(alphabet='abv.r"${}[]()?:=!,1 \\%\n', max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    evaluate(text, Names())
    evaluate_template(text, Names())


@given(st.text().filter(lambda text: "${" not in text and "%{" not in text))
def test_a_template_without_interpolations_is_its_own_text(text: str) -> None:
    assert evaluate_template(text, Names()) == text
