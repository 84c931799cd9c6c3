"""The simulator's page: short files, nothing from elsewhere, and no way for data to become markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import SOURCE_ROOTS

PAGE = SOURCE_ROOTS["runtime"] / "simulator" / "page"
SCRIPTS = sorted(PAGE.glob("*.js"))
DANGEROUS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|setAttribute\(\"style\""
)
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_and_harmless(script: Path) -> None:
    text = script.read_text()
    assert len(text.splitlines()) <= 300
    assert DANGEROUS.findall(text) == []
    assert re.findall(r"https?://", text.replace(NAMESPACE, "")) == []
    for name in re.findall(r'from "\./([^"]+)"', text):
        assert (PAGE / name).is_file()


def test_the_document_has_a_strict_policy_and_nothing_inline() -> None:
    document = (PAGE / "index.html").read_text()
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in document
    assert "unsafe" not in document
    assert re.findall(r"<style|style=|\son\w+=|<script(?! type=\"module\" src=)", document) == []
    for name in re.findall(r'(?:href|src)="([^"]+)"', document):
        assert (PAGE / name).is_file()


def test_what_is_dangerous_is_found() -> None:
    assert SCRIPTS
    assert DANGEROUS.findall("node.innerHTML = text; eval(text)") == ["innerHTML", "eval("]
