"""Which answers will do."""

from __future__ import annotations

import pytest

from sym.scaffolding import questions as q
from sym.scaffolding.catalogue import all_questions


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (q.domain, ["acme.okta.com", "https://Acme.okta.com/"], ["acme", "a b.com", "-a.com", "a.com/x", ""]),
        (q.email, ["a@b.example"], ["a", "@", 'a"@b.example', "a@b@c"]),
        (q.uuid_text, ["3c1a9a63-7c43-4c4b-8f9a-2b0f6f0d3c11"], ["3c1a9a63", ""]),
        (q.web_address, ["https://x.example/a?b=c", "http://localhost:8080/a"],
         ["http://x.example", "https://u:p@x.example", "https://", 'https://x"', "https://x y"]),
        (q.any_text, ["a", "The team"], ["", " a", "a\nb", "a\x1b[0m"]),
        (q.aws_region, ["us-east-1", "us-gov-west-1"], ["us", "US-EAST-1"]),
        (q.aws_account, ["111122223333"], ["1", "11112222333a"]),
        (q.okta_group, ["00g12345xxx"], ["00g/1", ""]),
        (q.github_name, ["my.repo-1"], ["acme/shop", "a b"]),
        (q.tailscale_group, ["prod"], ["group:prod", "a b"]),
        (q.boundary_group, ["g_1234567890"], ["1234"]),
    ],
)  # fmt: skip
def test_answers(check: q.Question, good: list[str], bad: list[str]) -> None:
    for text in good:
        assert check(text)  # type: ignore[operator]
    for text in bad:
        with pytest.raises(ValueError, match="expected is"):
            check(text)  # type: ignore[operator]


def test_a_value_may_have_a_name_of_its_own() -> None:
    assert q.named("Readers = 00g1", q.okta_group) == q.Named("Readers", "00g1")
    assert q.named("00g1", q.okta_group) == q.Named("00g1", "00g1")
    assert q.named("admins@acme.example", q.email) == q.Named("admins", "admins@acme.example")
    for text in ("=00g1", "x" * 56 + "=00g1", "a\x1b=00g1", "Readers="):
        with pytest.raises(ValueError):  # noqa: PT011 - any
            q.named(text, q.okta_group)


@pytest.mark.parametrize(("label", "slug"), [("Prod DB!", "prod-db"), ("1st", "x-1st"), ("é", "x"), ("a__b", "a-b")])
def test_names_of_resources_come_from_labels(label: str, slug: str) -> None:
    assert q.Named(label, "x").slug == slug


def test_every_question_has_an_option_of_its_own() -> None:
    flags = [one.flag for one in all_questions()]
    assert len(set(flags)) == len(flags)
