"""Reading Terraform's language with positions."""

from __future__ import annotations

from pathlib import Path

import pytest

from sym.scaffolding.hcl import Body, read
from sym.scaffolding.reader import Unreadable

ROOT = Path(__file__).parents[3]


def values(text: str) -> dict[str, str]:
    return {one.name: one.value.of(text) for one in read(text).attributes}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = "}"\nb = 2 # c', {"a": '"}"', "b": "2"}),
        ('a = "${f("}\\"")}"', {"a": '"${f("}\\"")}"'}),
        ('a = "$${x"\nb = "%%{y"', {"a": '"$${x"', "b": '"%%{y"'}),
        ("a = [\n  1, # }\n  2, /* ] */\n]", {"a": "[\n  1, # }\n  2, /* ] */\n]"}),
        ("a = <<-EOT\n  ) ${x}\n  EOT\nb = 1", {"a": "<<-EOT\n  ) ${x}\n  EOT", "b": "1"}),
        ("a = f(<<EOT\nx )\nEOT\n)", {"a": "f(<<EOT\nx )\nEOT\n)"}),
        ("a = x ? y : z // why", {"a": "x ? y : z"}),
        ("a = x == 1 && y != 2 || z >= 3", {"a": "x == 1 && y != 2 || z >= 3"}),
        ("a = { for k, v in x : k => v }", {"a": "{ for k, v in x : k => v }"}),
        ('a = {\n  (b ? c : d) = 1, "${e}" : 2\n  f = {} }', {"a": '{\n  (b ? c : d) = 1, "${e}" : 2\n  f = {} }'}),
        ("a = x[*].y", {"a": "x[*].y"}),
        ("\ufeffa = 1", {"a": "1"}),
        ("a = 1\r\nb = 2\r\n", {"a": "1", "b": "2"}),
    ],
)
def test_attributes_have_their_expressions(text: str, expected: dict[str, str]) -> None:
    assert values(text) == expected


def test_blocks_have_labels_bodies_and_lines() -> None:
    text = 'resource "sym_flow" x {\n  params {\n    a = 1\n  }\n}\nlocals { b = 2 }\n'
    body = read(text)
    flow = body.named("resource", "sym_flow", "x")
    assert flow is not None
    assert (flow.line, flow.address) == (1, "resource sym_flow x")
    (params,) = flow.body.of_type("params")
    assert params.line == 2
    assert params.inside.of(text) == "\n    a = 1\n  "
    assert [one.body.attribute("b") is not None for one in body.of_type("locals")] == [True]
    assert body.named("resource", "sym_flow", "y") is None


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("x = 1\na = {", 2, "never closed"),
        ('a = "x', 1, "does not end"),
        ('a = "x\n"', 1, "does not end"),
        ('x "y" {\n', 1, "never closed"),
        ("x y", 1, "missing after"),
        ("a = <<EOF\nfoo", 1, "does not end"),
        ("\n\na = )", 3, "too many"),
        ("a = [}", 1, "too many"),
        ("a = 1\na = 2", 2, "twice"),
        ("/* x", 1, "does not end"),
        ("a =\n b", 1, "missing"),
        ("x {}}", 1, "end of line"),
        ("a = 1 b = 2", 1, "not expected"),
        ("a = 1, 2", 1, "not expected"),
        ("{}", 1, "not expected"),
        ("a = " + "(" * 5000, 1, "deeply"),
        ("a = {\n  b\n  = 1\n}", 2, "missing"),
        ("a = {\n  b = 1 c = 2\n}", 2, "not expected"),
        ("a = [b = 1]", 1, "not expected"),
        ("a = f(b = 1)", 1, "not expected"),
        ("a = $b", 1, "not expected"),
        ("x {\n  a = 1 }", 2, "end of line"),
        ("x { y {} }", 1, "end of line"),
    ],
)
def test_what_is_not_the_language_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(Unreadable, match=what) as caught:
        read(text)
    assert caught.value.line == line


def test_every_example_of_this_repository_is_read_to_its_end() -> None:
    texts = [path.read_text() for path in (ROOT / "examples").rglob("*.tf")]
    assert len(texts) > 10
    for text in texts:
        assert count(read(text)) == sum(
            line.strip().endswith(("{", "{}")) and "=" not in line for line in text.splitlines()
        )


def count(body: Body) -> int:
    return sum(1 + count(block.body) for block in body.blocks)
