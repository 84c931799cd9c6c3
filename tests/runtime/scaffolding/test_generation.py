"""One more flow in a folder, and what that leaves of what people wrote. That it applies is seen in tests/acceptance."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sym.errors import Conflict, Invalid
from sym.scaffolding.catalogue import TYPES
from sym.scaffolding.generation import Wanted, checked_name, plan_flow
from sym.scaffolding.questions import Named
from sym.scaffolding.start import Beginning, plan_start
from sym.scaffolding.writing import Changes, write

IAM = {"answers": {"aws_region": "us-east-1"}, "chosen": {"iam_group": (Named("Admins", "Admins"),)}}
SSO = {"answers": {"aws_region": "us-east-1", "sso_profile": "sso"},
       "chosen": {"permission_set": (Named("Admin", "111122223333"),)}}  # fmt: skip
OKTA = {"answers": {"okta_domain": "acme.okta.com", "aws_region": "us-east-1"},
        "chosen": {"okta_group": (Named("Readers", "00g1"),)}}  # fmt: skip


class Begun:
    """A folder that ``init`` made."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.now = folder, now
        write(plan_start(folder, Beginning(org="acme", workspace="T123ABC", environment="prod"), now))

    def plan(self, kind: str, name: str = "access", **more: Any) -> Changes:
        return plan_flow(self.folder, Wanted(kind=TYPES[kind], name=name, **more), self.now)

    def add(self, kind: str, name: str = "access", **more: Any) -> None:
        write(self.plan(kind, name, **more))

    def text(self, name: str) -> str:
        return (self.folder / name).read_text()

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.text(name)
        assert old in text
        (self.folder / name).write_text(text.replace(old, new))


@pytest.fixture
def begun(tmp_path: Path, now: datetime) -> Begun:
    return Begun(tmp_path, now)


def test_what_is_shared_is_made_once(begun: Begun) -> None:
    begun.add("aws-iam", "one", **IAM)
    connectors, environment, versions = (begun.text(f"{name}.tf") for name in ("connectors", "environment", "versions"))
    begun.add("aws-iam", "two", **IAM)
    assert (begun.text("connectors.tf"), begun.text("environment.tf")) == (connectors, environment)
    assert begun.text("versions.tf") == versions
    assert environment.count("runtime_id      = module.runtime_connector.sym_runtime.id\n") == 1


def test_the_runtime_trusts_the_own_account_and_never_the_original_vendors(begun: Begun) -> None:
    begun.add("aws-iam", **IAM)
    assert "sym_account_id = data.aws_caller_identity.this.account_id\n" in begun.text("connectors.tf")
    assert "803477428605" not in "".join(path.read_text() for path in begun.folder.rglob("*") if path.is_file())


def test_another_account_can_be_trusted(begun: Begun) -> None:
    begun.add("aws-iam", answers={**IAM["answers"], "worker_account_id": "999988887777"}, chosen=IAM["chosen"])
    assert 'sym_account_id = "999988887777"\n' in begun.text("connectors.tf")
    assert "aws_caller_identity" not in begun.text("connectors.tf")


def test_what_people_wrote_stays(begun: Begun) -> None:
    mine = '# mine\nresource "sym_environment" "this" {\n    name = local.environment_name # ours\n\n\n  label="P"\n}\n'
    text = begun.text("environment.tf")
    (begun.folder / "environment.tf").write_text(text[: text.index('resource "sym_environment"')] + mine)
    begun.add("aws-iam", **IAM)
    expected = mine.replace("# ours\n", "# ours\n    runtime_id = module.runtime_connector.sym_runtime.id\n")
    assert begun.text("environment.tf").endswith(expected.replace("    name = local", "    name       = local"))


def test_a_runtime_that_people_chose_stays(begun: Begun) -> None:
    begun.edit("environment.tf", "  name            = local", "  runtime_id = sym_runtime.mine.id\n  name = local")
    before = begun.text("environment.tf")
    begun.add("aws-iam", **IAM)
    assert begun.text("environment.tf") == before


def test_an_environment_on_one_line_gets_its_runtime(begun: Begun) -> None:
    text = begun.text("environment.tf")
    one_line = 'resource "sym_environment" "this" { name = local.environment_name }\n'
    (begun.folder / "environment.tf").write_text(text[: text.index('resource "sym_environment"')] + one_line)
    begun.add("aws-iam", **IAM)
    assert "{\n  name = local.environment_name\n\n  runtime_id = module" in begun.text("environment.tf")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[data.aws_caller_identity.sso.account_id]"),
        ("  account_id_safelist = []\n", "[data.aws_caller_identity.sso.account_id]"),
        ('  account_id_safelist = ["1",]\n', '["1", data.aws_caller_identity.sso.account_id]'),
        (
            "  account_id_safelist = [data.aws_caller_identity.sso.account_id]\n",
            "[data.aws_caller_identity.sso.account_id]",
        ),
    ],
)
def test_the_account_of_identity_center_is_added_to_those_that_are_trusted(
    begun: Begun, before: str, after: str
) -> None:
    begun.add("aws-iam", "iam", **IAM)
    account = "  sym_account_id = data.aws_caller_identity.this.account_id\n"
    begun.edit("connectors.tf", account, account + before)
    begun.add("aws-sso", "sso", **SSO)
    assert f"account_id_safelist = {after}\n" in begun.text("connectors.tf")


def test_a_list_of_accounts_that_is_not_written_out_is_for_people(begun: Begun) -> None:
    begun.add("aws-iam", "iam", **IAM)
    begun.edit("connectors.tf", "  environment = local", "  account_id_safelist = var.x\n  environment = local")
    with pytest.raises(Invalid, match=r"connectors.tf:\d+"):
        begun.plan("aws-sso", "sso", **SSO)


def test_secrets_are_of_the_source_that_is_there(begun: Begun) -> None:
    (begun.folder / "vault.tf").write_text('resource "sym_secrets" "mine" {\n  type = "vault"\n  name = "v"\n}\n')
    begun.add("okta", **OKTA)
    assert not (begun.folder / "secrets.tf").exists()
    assert "source_id = sym_secrets.mine.id" in begun.text("access.tf")
    assert 'path      = "sym/access/okta-api-key"' in begun.text("access.tf")
    assert not (begun.folder / "connectors.tf").exists()


def test_the_second_flow_uses_the_secrets_of_the_first(begun: Begun) -> None:
    begun.add("okta", "one", secret_source="env", **OKTA)
    before = begun.text("secrets.tf")
    begun.add("github", "two", answers={"github_org": "acme"}, chosen={"github_repo": (Named("shop", "shop"),)})
    assert begun.text("secrets.tf") == before
    assert 'path      = "SYM_SECRET_TWO_GITHUB_API_KEY"' in begun.text("two.tf")


def test_secrets_in_aws_have_the_tag_of_the_environment(begun: Begun) -> None:
    begun.add("okta", **OKTA)
    text = begun.text("access.tf")
    assert 'name        = "sym/access/okta-api-key"' in text
    assert "SymEnv = local.environment_name" in text


def test_who_is_on_call_does_not_wait(begun: Begun) -> None:
    answers = {"pagerduty_domain": "acme.pagerduty.com", "on_call_schedule": 'The "A" team'}
    begun.add("approval-only", answers=answers, secret_source="env")
    assert 'on_call_schedule = "The \\"A\\" team"' in begun.text("access.tf")
    assert "    slack_id     = sym_integration.slack.id\n    pagerduty_id = sym_integration.access_pagerduty.id\n" in (
        begun.text("environment.tf")
    )
    assert "def on_request(event):" in begun.text("impls/access_impl.py")


def test_integrations_that_are_not_written_out_are_for_people(begun: Begun) -> None:
    begun.edit("environment.tf", "integrations = {", "integrations = merge({}, {")
    begun.edit("environment.tf", "slack.id\n  }\n", "slack.id\n  })\n")
    answers = {"pagerduty_domain": "acme.pagerduty.com", "on_call_schedule": "A"}
    with pytest.raises(Invalid, match="written out"):
        begun.plan("approval-only", answers=answers, secret_source="env")


def test_every_file_says_by_what_and_when_it_was_made(begun: Begun) -> None:
    for kind in ("custom", "aws-lambda"):
        chosen = {"custom_target": (Named("a", "a"),)} if kind == "custom" else {}
        answers = {"custom_address": "https://x", "aws_region": "us-east-1"}
        created = begun.plan(kind, kind, answers=answers, chosen=chosen).created
        for path, text in created.items():
            assert "# Generated by symflow" in text.splitlines()[0], path
            assert text.splitlines()[0].endswith(" at 2026-03-14T15:09:26Z.")


def test_self_approval_can_be_left_out(begun: Begun) -> None:
    begun.add("approval-only", "one")
    begun.add("approval-only", "two", allow_self_approval=False)
    assert "allow_self_approval=True," in begun.text("impls/one_impl.py")
    assert "allow_self_approval=False," in begun.text("impls/two_impl.py")


def test_text_is_never_code(begun: Begun) -> None:
    evil = Named('"}\n${file("/etc/passwd")}', '${file("/etc/passwd")}"')
    begun.add("custom", answers={"custom_address": "https://x"}, chosen={"custom_target": (evil,)}, secret_source="env")
    assert 'identifier = "$${file(\\"/etc/passwd\\")}\\""' in begun.text("access.tf")
    assert 'label = "\\"}\\n$${file(\\"/etc/passwd\\")}"' in begun.text("access.tf")


@pytest.mark.parametrize("name", ["access", "ACCESS", "", "a b", "../x", "environment", "versions", "x_override", "1x",
                                  "a.b", "x" * 51, "a\n", "override", "main"])  # fmt: skip
def test_names_that_cannot_be_files_here_are_refused(name: str) -> None:
    if name == "access":
        assert checked_name(name) == name
        return
    with pytest.raises(Invalid):
        checked_name(name)


@pytest.mark.parametrize("name", ["access.tf", "impls/access_impl.py"])
def test_a_file_that_is_there_stops_it(begun: Begun, name: str) -> None:
    path = begun.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("# mine\n")
    with pytest.raises(Conflict, match="already"):
        begun.plan("approval-only")
    assert path.read_text() == "# mine\n"


def test_a_flow_of_the_same_name_elsewhere_stops_it(begun: Begun) -> None:
    (begun.folder / "mine.tf").write_text('\nresource "sym_flow" "mine" {\n  name = "access"\n}\n')
    with pytest.raises(Conflict, match=r"mine.tf:2 has a sym_flow mine"):
        begun.plan("approval-only")


def test_two_flows_whose_parts_would_have_one_address_are_refused(begun: Begun) -> None:
    begun.add("okta", "a", answers=OKTA["answers"], chosen={"okta_group": (Named("b c", "00g1"),)}, secret_source="env")
    with pytest.raises(Conflict, match=r"two of resource\.sym_target\.a_b_c"):
        begun.plan("okta", "a-b", answers=OKTA["answers"], chosen={"okta_group": (Named("c", "00g1"),)})
    with pytest.raises(Invalid, match="same name"):
        begun.plan("okta", "x", answers=OKTA["answers"],
                   chosen={"okta_group": (Named("c d", "00g1"), Named("C-D", "00g2"))})  # fmt: skip


def test_a_folder_without_an_environment_is_refused(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(Invalid, match="symflow init"):
        plan_flow(tmp_path, Wanted(kind=TYPES["approval-only"], name="access"), now)


def test_a_folder_with_several_environments_is_refused(begun: Begun) -> None:
    begun.edit("environment.tf", '"sym_environment" "this"', '"sym_environment" "one"')
    (begun.folder / "two.tf").write_text('resource "sym_environment" "two" {\n  name = "two"\n}\n')
    with pytest.raises(Invalid, match="one, two"):
        begun.plan("approval-only")


def test_a_folder_whose_environment_has_lost_its_name_is_refused(begun: Begun) -> None:
    begun.edit("environment.tf", "  environment_name =", "  name =")
    with pytest.raises(Invalid, match="environment_name"):
        begun.plan("approval-only")


def test_a_file_that_cannot_be_read_is_named_with_its_line(begun: Begun) -> None:
    (begun.folder / "broken.tf").write_text('\nresource "x" {\n')
    with pytest.raises(Invalid, match=r"broken.tf:2: .*never closed"):
        begun.plan("approval-only")


def test_a_google_key_is_refused(begun: Begun) -> None:
    path = begun.folder / "key.json"
    path.write_text(json.dumps({"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}))
    answers = {"google_domain": "acme.example", "google_customer_id": "C0", "google_credentials": str(path)}
    with pytest.raises(Invalid, match="service_account") as caught:
        begun.plan("google-group", answers=answers, chosen={"google_group": (Named("a", "a@acme.example"),)})
    assert "BEGIN" not in str(caught.value)
