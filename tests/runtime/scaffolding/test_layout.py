"""Layout, held to Terraform's own."""

from __future__ import annotations

import subprocess

import pytest

from sym.scaffolding.layout import CONTINUED, aligned, aligned_around, moved
from sym.scaffolding.reader import Span
from tests.terraform_cli import find_terraform

TEXT = """resource "a" "b" {
  name = 1
  environment_id = 2
  list = [
    1,
  ]
  x = "=" # y
  long_one = { a = 1 }

  other = <<EOT
x = 1
EOT
  after = 1
}
"""


@pytest.mark.terraform
def test_lines_are_aligned_as_terraform_fmt_does() -> None:
    shown = subprocess.run([find_terraform(), "fmt", "-"], input=TEXT, capture_output=True, text=True, check=True)
    assert aligned(TEXT) == shown.stdout


def test_only_the_neighbours_of_a_line_are_touched() -> None:
    text = "a = 1\nbbb = 2\n\nc = 3\ndddd = 4"
    assert aligned_around(text, 0) == "a   = 1\nbbb = 2\n\nc = 3\ndddd = 4"


def test_a_value_moves_with_its_line_but_not_a_heredoc() -> None:
    text = "      a = [\n        1,\n      ]"
    assert moved(text, Span(text.index("["), len(text)), 2) == f"[{CONTINUED}    1,{CONTINUED}  ]"
    text = "    a = <<EOT\n    x\nEOT"
    assert moved(text, Span(text.index("<"), len(text)), 2) == f"<<EOT{CONTINUED}    x{CONTINUED}EOT"
