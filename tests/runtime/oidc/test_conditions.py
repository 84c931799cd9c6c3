"""Which jobs are meant, and which are not."""

from __future__ import annotations

import pytest

from sym.errors import Invalid
from sym.oidc.conditions import checked, matched

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
CIRCLE = "https://oidc.circleci.com/org/7d8b"


@pytest.mark.parametrize(
    ("condition", "said", "fits"),
    [
        ("refs/heads/main", "refs/heads/main", True),
        ("refs/heads/main", "refs/heads/main-evil", False),
        ("refs/heads/main", "refs/heads/Main", False),
        ("refs/heads/main", "xrefs/heads/main", False),
        ("refs/heads/main", "refs/heads/main\n", False),
        ("refs/heads/release/*", "refs/heads/release/1", True),
        ("refs/heads/release/*", "refs/heads/release-evil", False),
        ("refs/heads/release/*", "refs/tags/refs/heads/release/1", False),
        ("acme/*", "acme/app", True),
        ("acme/*", "acme-evil/app", False),
        ("refs/heads/*", "refs/heads/a\x00b", False),
        ("refs/heads/*", "refs/heads/\ud800", False),
        ("a?c", "abc", False),
        ("[a]", "a", False),
        ("true", True, True),
        ("true", "true", True),
        ("1", True, False),
        ("42", 42, True),
        ("42", 42.0, False),
        ("ctx", ["other", "ctx"], True),
        ("ctx", ["other"], False),
        ("ctx", [["ctx"]], False),
        ("None", None, False),
        ("{}", {}, False),
    ],
)
def test_a_claim_is_as_it_was_written(condition: str, said: object, fits: bool) -> None:
    assert (matched({"x": condition}, {"x": said}) is not None) is fits


def test_every_claim_counts_and_what_was_said_is_given() -> None:
    conditions = {"repository": "acme/*", "ref": "refs/heads/main"}
    said = {"repository": "acme/app", "ref": "refs/heads/main", "actor": "ann"}
    assert matched(conditions, said) == {"repository": "acme/app", "ref": "refs/heads/main"}
    assert matched(conditions, {**said, "ref": "refs/heads/x"}) is None
    assert matched(conditions, {"repository": "acme/app"}) is None


@pytest.mark.parametrize(
    ("issuer", "claims"),
    [
        (GITHUB, {"repository": "acme/app", "ref": "refs/heads/main"}),
        (GITHUB, {"repository": "acme/*"}),
        (GITHUB, {"sub": "repo:acme/app:environment:prod"}),
        (GITHUB, {"sub": "repo:acme/*"}),
        (GITHUB, {"repository_id": "74"}),
        (GITLAB, {"project_path": "acme/app", "ref_type": "branch", "ref": "main"}),
        (CIRCLE, {"oidc.circleci.com/project-id": "c7f1"}),
        (CIRCLE, {"sub": "org/7d8b/project/c7f1/user/*"}),
        ("https://ci.example.com", {"job": "deploy"}),
        ("http://127.0.0.1:8000", {"job": "deploy-*"}),
    ],
)
def test_trust_says_whose_jobs_are_meant(issuer: str, claims: dict[str, str]) -> None:
    assert checked(issuer, "https://sym.example.com", claims) == claims


@pytest.mark.parametrize(
    ("issuer", "audience", "claims", "path"),
    [
        (GITHUB, "a", {}, "claims"),
        (GITHUB, "a", {"ref": "refs/heads/main"}, "claims"),
        (GITHUB, "a", {"repository_owner": "acme"}, "claims"),
        (GITHUB, "a", {"repository": "*"}, "claims"),
        (GITHUB, "a", {"repository": "acme*"}, "claims"),
        (GITHUB, "a", {"repository": "acme-*"}, "claims"),
        (GITHUB, "a", {"repository": "/*"}, "claims"),
        (GITHUB, "a", {"sub": "repo:*"}, "claims"),
        (GITHUB, "a", {"sub": "repo:/*"}, "claims"),
        (GITHUB, "a", {"repository": "acme/app", "ref": "refs/heads/main*"}, "claims"),
        (GITHUB, "a", {"repository": "acme/app", "ref": "refs/*/main"}, "claims"),
        (GITHUB, "a", {"repository": "acme/app", "ref": ""}, "claims"),
        (GITHUB, "a", {"repository": "acme/app", "ref": "a\nb"}, "claims"),
        (GITHUB, "a", {"repository": "acme/app", "iss": "x"}, "claims"),
        (GITHUB, "a", {"repository": "acme/app", "a b": "x"}, "claims"),
        (f"{GITHUB}/", "a", {"ref": "refs/heads/main"}, "claims"),
        (f"{GITHUB}/acme", "a", {"ref": "refs/heads/main"}, "claims"),
        (GITLAB, "a", {"namespace_path": "acme"}, "claims"),
        (CIRCLE, "a", {"oidc.circleci.com/vcs-ref": "refs/heads/main"}, "claims"),
        (GITHUB, " ", {"repository": "acme/app"}, "audience"),
        ("http://ci.example.com", "a", {"job": "x"}, "issuer"),
        ("https://CI.example.com", "a", {"job": "x"}, "issuer"),
        ("https://u@ci.example.com", "a", {"job": "x"}, "issuer"),
        ("https://ci.example.com?x", "a", {"job": "x"}, "issuer"),
        ("ci.example.com", "a", {"job": "x"}, "issuer"),
    ],
)
def test_trust_in_strangers_is_refused(issuer: str, audience: str, claims: dict[str, str], path: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked(issuer, audience, claims)
    assert (caught.value.path, caught.value.code) == (path, "TrustAPI:INVALID")
