"""The output of a child."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sym.engine.sandbox.output import Output
from sym.observability.redaction import mask


@pytest.fixture
def pipe() -> Iterator[tuple[Output, int]]:
    reading, writing = os.pipe()
    output = Output(reading, 10)
    yield output, writing
    output.close()


def test_reading_never_waits_and_tells_the_end(pipe: tuple[Output, int]) -> None:
    output, writing = pipe
    assert output.read()
    os.write(writing, b"abc")
    assert output.read()
    os.close(writing)
    assert not output.read()
    assert output.text(set()) == "abc"


def test_what_is_too_much_is_counted_and_left_out(pipe: tuple[Output, int]) -> None:
    output, writing = pipe
    os.write(writing, b"0123456789abcdef")
    output.drain()
    os.close(writing)
    assert output.text(set()) == "0123456789\n[6 more bytes were not kept]\n"


def test_a_secret_across_the_limit_does_not_show_in_part(pipe: tuple[Output, int]) -> None:
    output, writing = pipe
    os.write(writing, b"01234567-SECRETSECRET")
    output.drain()
    os.close(writing)
    assert "S" not in output.text({"SECRETSECRET"}).partition("\n")[0]


def test_a_letter_cut_in_two_and_bytes_that_are_no_text_do_no_harm(pipe: tuple[Output, int]) -> None:
    output, writing = pipe
    os.write(writing, b"\xff1234567\xc3\xbc")
    output.drain()
    os.close(writing)
    assert output.text(set()).startswith("\ufffd1234567")


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    assert mask("pass-word pass", {"pass", "pass-word"}) == "•••• ••••"


def test_values_too_short_to_be_secrets_are_not_masked() -> None:
    assert mask("a cat", {"a", ""}) == "a cat"
