"""Old configurations, rewritten in place. That the result applies is seen in tests/acceptance."""

from __future__ import annotations

from pathlib import Path

import pytest

from sym.errors import Invalid
from sym.scaffolding.migration import Migration, migrate
from sym.scaffolding.migration.pins import admits
from sym.scaffolding.writing import write

PINNED = """terraform {
  required_providers {
    sym = {
      source = "symopsio/sym"
      version = "%s"
    }
  }
}
"""


class Repository:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, text: str, name: str = "flows.tf") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def migrated(self, text: str, name: str = "flows.tf") -> str:
        """What becomes of a file. A second run must leave it as it is."""
        self.put(text, name)
        write(migrate(self.folder).changes)
        found = (self.folder / name).read_bytes().decode()
        assert not migrate(self.folder).changes
        return found

    def notes(self) -> list[tuple[str, int, bool]]:
        return [(one.file, one.line, one.is_open) for one in migrate(self.folder).notes]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def flow(inside: str) -> str:
    return f'resource "sym_flow" "x" {{\n{inside}\n}}\n'


@pytest.mark.parametrize(
    ("constraint", "is_admitted"),
    [
        ("~> 3.0", True), (">= 2.0", True), ("", True), (">= 1.8.0, < 2.0.0", False), ("~> 2.0", False),
        ("1.14.1", False), ("= 3.6.0", False), ("~> 3.6.0", False), ("~> 3.6", True), ("!= 3.7.0", False),
        ("~> 3", True), (">3.0", True), ("<= 3", False),
    ],
)  # fmt: skip
def test_constraints(constraint: str, is_admitted: bool) -> None:
    assert admits(constraint) is is_admitted


def test_only_constraints_that_do_not_take_this_release_are_changed(repository: Repository) -> None:
    assert repository.migrated(PINNED % "~> 2.0") == PINNED % "~> 3.0"
    assert repository.migrated(PINNED % ">= 2.0") == PINNED % ">= 2.0"


def test_what_is_current_is_left_alone(repository: Repository) -> None:
    text = PINNED % "~> 3.0" + flow(
        '  implementation = file("impl.py")\n  environment_id = var.x\n  params {\n    prompt_field {\n'
        '      name = "a"\n      type = "string"\n    }\n  }'
    )
    assert repository.migrated(text) == text
    assert repository.notes() == []


@pytest.mark.parametrize(
    ("version", "before", "after"),
    [
        ("~> 2.0", '"impl.py"', 'file("impl.py")'),
        ("~> 2.0", '"${path.module}/${var.x}.py"', 'file("${path.module}/${var.x}.py")'),
        ("~> 2.0", "var.impl", "file(var.impl)"),
        ("~> 2.0", 'format("%s.py", "x")', 'file(format("%s.py", "x"))'),
        ("~> 2.0", 'file("impl.py")', 'file("impl.py")'),
        ("~> 2.0", 'templatefile("x", {})', 'templatefile("x", {})'),
        ("~> 2.0", "<<EOT\nx\nEOT", "<<EOT\nx\nEOT"),
        ("~> 3.0", '"impl.py"', 'file("impl.py")'),
        ("~> 3.0", "var.impl", "var.impl"),
        ("~> 3.0", "local.code", "local.code"),
    ],
)
def test_a_path_becomes_what_the_file_says(repository: Repository, version: str, before: str, after: str) -> None:
    repository.put(PINNED % version, "versions.tf")
    assert repository.migrated(flow(f"  implementation = {before}")) == flow(f"  implementation = {after}")


def test_a_module_without_pins_is_as_old_as_what_calls_it(repository: Repository) -> None:
    repository.put(PINNED % "~> 2.0", "versions.tf")
    assert "file(var.x)" in repository.migrated(flow("  implementation = var.x"), "modules/flow/main.tf")
    repository.put(PINNED % "~> 3.0", "other/versions.tf")
    assert "= var.x" in repository.migrated(flow("  implementation = var.x"), "modules/flow/main.tf")


def test_the_path_of_a_strategy_stays(repository: Repository) -> None:
    repository.put(PINNED % "~> 2.0", "versions.tf")
    text = 'resource "sym_strategy" "x" {\n  implementation = "x.py"\n}\n'
    assert repository.migrated(text, "strategy.tf") == text


def test_params_become_a_block(repository: Repository) -> None:
    before = flow(
        '  name     = "x"\n  template = "sym:template:approval:1.0.0"\n\n'
        '  params = { # here\n    "strategy_id" : sym_strategy.x.id,\n    allow_revoke = "true", '
        "schedule_deescalation = false\n"
        '    # Both.\n    allowed_sources_json = jsonencode([\n      "api",\n      "slack",\n    ])\n  } # end'
    )
    assert repository.migrated(before) == flow(
        '  name     = "x"\n\n  params { # here\n    strategy_id           = sym_strategy.x.id\n'
        "    allow_revoke          = true\n    schedule_deescalation = false\n"
        '    # Both.\n    allowed_sources = [\n      "api",\n      "slack",\n    ]\n  } # end'
    ).replace("{ # here", "{\n    # here")


def test_ends_of_lines_stay_as_they_are(repository: Repository) -> None:
    before = flow('  params = {\n    prompt_fields_json = jsonencode([{ name = "a", type = "string" }])\n  }')
    found = repository.migrated(before.replace("\n", "\r\n"))
    assert found.count("\r\n") == found.count("\n") == before.count("\n") + 3


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ('jsonencode([{ name = "a", type = "list", allowed_values = [1, 2] }])', ['type           = "int"']),
        ('jsonencode([{ name = "a", type = "list", allowed_values = ["1"] }])', ['type           = "string"']),
        ('jsonencode([{ name = "a", type = "list", allowed_values = var.x }])', ['type           = "string"']),
        ('jsonencode([{ name = "a", type = "str${x}" }])', ['type = "str${x}"']),
        ('"[{\\"name\\": \\"$${a}\\", \\"type\\": \\"list\\"}]"', ['name = "$${a}"', 'type = "string"']),
        ("jsonencode(local.fields)", ['dynamic "prompt_field" {', "for_each = local.fields"]),
        ('jsonencode([local.a, { name = "a" }])', ['for_each = [local.a, { name = "a" }]']),
        ('file("fields.json")', ['for_each = jsondecode(file("fields.json"))']),
        ('"[${local.a}]"', ['for_each = jsondecode("[${local.a}]")']),
    ],
)
def test_fields_become_blocks(repository: Repository, fields: str, lines: list[str]) -> None:
    found = repository.migrated(flow(f"  params = {{\n    prompt_fields_json = {fields}\n  }}"))
    shown = [line.strip() for line in found.splitlines()]
    assert [line for line in lines if line not in shown] == []
    assert "prompt_fields_json" not in found


def test_what_was_never_used_is_left_out_and_said(repository: Repository) -> None:
    repository.put(flow(
        '  params = {\n    extra = 1\n    prompt_fields_json = jsonencode([\n      {\n        name = "a"\n'
        '        help = "b"\n      }\n    ])\n  }'
    ))  # fmt: skip
    assert repository.notes() == [("flows.tf", 3, False), ("flows.tf", 7, False)]


@pytest.mark.parametrize("params", ["local.params", "merge(local.a, { b = 1 })", "{ for k, v in x : k => v }"])
def test_params_that_are_not_written_out_are_for_people(repository: Repository, params: str) -> None:
    before = flow(f'  template       = "sym:template:approval:1.0.0"\n  implementation = "x.py"\n  params = {params}')
    found = repository.migrated(before)
    assert found == flow(f'  implementation = file("x.py")\n  params = {params}')
    (note,) = migrate(repository.folder).notes
    assert (note.file, note.line, note.is_open) == ("flows.tf", 3, True)


def test_places_are_those_of_the_rewritten_file(repository: Repository) -> None:
    repository.put(
        flow('  template = "x"\n  params = {\n    a = 1\n  }') + flow("  params = local.x").replace('"x"', '"y"')
    )
    found = migrate(repository.folder)
    (open_note,) = [one for one in found.notes if one.is_open]
    assert open_note.line == 8
    write(found.changes)
    assert (repository.folder / "flows.tf").read_text().splitlines()[open_note.line_after - 1] == "  params = local.x"


def test_the_registry_that_is_no_more(repository: Repository) -> None:
    text = PINNED.replace("symopsio/sym", "terraform.symops.com/symopsio/sym") % ">= 1.8.0, < 2.0.0"
    repository.put(text, "versions.tf")
    assert migrate(repository.folder).old_registry
    assert repository.migrated(text, "versions.tf") == PINNED % "~> 3.0"


@pytest.mark.parametrize(
    ("source", "inside", "opens"),
    [
        ("symopsio/runtime-connector/aws", "", [False]),
        ("symopsio/runtime-connector/aws", '  sym_account_id = "111122223333"\n', []),
        ("symopsio/runtime-connector/aws", '  sym_account_ids = ["111122223333"]\n', []),
        ("symopsio/gcp-connector/google", "", [False]),
        ("terraform.symops.com/symopsio/runtime-connector/sym", "", [True, False]),
        ("terraform.symops.com/symopsio/sso-connector/sym", "", [True]),
        ("symopsio/iam-connector/aws", "", []),
        ("./modules/runtime-connector", "", []),
    ],
)
def test_modules_are_left_alone_and_what_they_need_is_said(
    repository: Repository, source: str, inside: str, opens: list[bool]
) -> None:
    text = f'module "x" {{\n  source = "{source}"\n{inside}}}\n'
    assert repository.migrated(text) == text
    assert repository.notes() == [("flows.tf", 2, is_open) for is_open in opens]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  environment = sym_environment.x.id", "  environment_id = sym_environment.x.id"),
        ("  flow_vars = {\n    a = 1\n  }", "  vars = {\n    a = 1\n  }"),
    ],
)
def test_older_names(repository: Repository, before: str, after: str) -> None:
    assert repository.migrated(flow(before)) == flow(after)


def test_what_was_before_the_first_release_is_for_people(repository: Repository) -> None:
    repository.put(
        flow('  environment = {\n    runtime_id = "x"\n  }') + 'resource "sym_integration" "x" {\n  type = "slack"\n}\n'
        'resource "sym_strategy" "x" {\n  targets {\n  }\n}\n'
    )
    assert repository.notes() == [("flows.tf", 2, True), ("flows.tf", 6, True), ("flows.tf", 9, True)]


def test_the_name_of_a_secret_goes(repository: Repository) -> None:
    before = 'resource "sym_secret" "x" {\n  name      = "x"\n  path      = "y"\n}\n'
    assert repository.migrated(before) == 'resource "sym_secret" "x" {\n  path      = "y"\n}\n'


def test_json_is_not_rewritten_but_said(repository: Repository) -> None:
    repository.put('{"resource": {"sym_flow": {"x": {}}}}', "main.tf.json")
    assert repository.notes() == [("main.tf.json", 1, True)]


def test_one_broken_file_stops_everything(repository: Repository) -> None:
    repository.put(PINNED % "~> 2.0", "a.tf")
    repository.put("x {", "z.tf")
    with pytest.raises(Invalid, match=r"z\.tf:1"):
        migrate(repository.folder)


def test_what_terraform_downloaded_is_not_looked_at(repository: Repository) -> None:
    repository.put("x {", ".terraform/modules/x/main.tf")
    assert migrate(repository.folder) == Migration(migrate(repository.folder).changes, ())


def test_the_only_file_of_an_older_symflow_gets_the_name_of_its_environment(repository: Repository) -> None:
    repository.put("", "impl.py")
    found = repository.migrated('# Ours.\nresource "sym_environment" "x" {\n  name = "prod"\n}\n', "main.tf")
    assert found.startswith('locals {\n  environment_name = "prod"\n}\n\n# Ours.\nresource "sym_environment" "x" {\n')
    assert "  name = local.environment_name\n" in found


def test_other_folders_do_not(repository: Repository) -> None:
    text = 'resource "sym_environment" "x" {\n  name = "prod"\n}\n'
    assert repository.migrated(text, "main.tf") == text
