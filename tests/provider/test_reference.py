"""The reference documentation: complete, fresh, and with links that lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from inspect import cleandoc
from pathlib import Path

import pytest

from sym import plugins, serving
from sym.resources import resources
from sym.sdk.schema import fields
from sym_provider.framework.schema import Block
from sym_provider.functions import FUNCTIONS
from sym_provider.provider import SymProvider
from sym_provider.reference import pages
from sym_provider.reference.__main__ import main
from sym_provider.schemas import resource_schema
from tests.architecture.sources import ROOT

DOCS = ROOT / "provider" / "docs"
EXAMPLES = ROOT / "examples" / "terraform"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with fresh documentation, and a guide written by hand."""
    folder = tmp_path / "docs"
    (folder / "guides").mkdir(parents=True)
    (folder / "guides" / "own.md").write_text("# A guide of our own\n")
    assert main([str(folder), str(EXAMPLES)]) == 0
    return folder


def texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.md")}


def test_the_documentation_is_fresh() -> None:
    command = [sys.executable, "-m", "sym_provider.reference", str(DOCS), str(EXAMPLES), "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr


def test_fresh_documentation_passes_the_check(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    before = texts(docs)
    assert main([str(docs), str(EXAMPLES), "--check"]) == 0
    assert main([str(docs), str(EXAMPLES)]) == 0
    assert capsys.readouterr().err == ""
    assert texts(docs) == before


def spoil_by_editing(docs: Path) -> None:
    (docs / "resources" / "flow.md").write_text("outdated")


def spoil_by_removing(docs: Path) -> None:
    (docs / "functions" / "parse_srn.md").unlink()


def spoil_by_adding(docs: Path) -> None:
    (docs / "data-sources" / "gone.md").write_text("of a resource that is no more")


@pytest.mark.parametrize("spoil", [spoil_by_editing, spoil_by_removing, spoil_by_adding])
def test_stale_documentation_is_told_of_and_then_written(
    docs: Path, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = texts(docs)
    spoil(docs)
    spoilt = texts(docs)
    capsys.readouterr()
    assert main([str(docs), str(EXAMPLES), "--check"]) == 1
    assert "run make docs" in capsys.readouterr().err
    assert texts(docs) == spoilt, "the check writes nothing"
    assert main([str(docs), str(EXAMPLES)]) == 0
    assert texts(docs) == fresh


@pytest.mark.parametrize(
    "missing",
    [
        "resources/sym_flow/resource.tf",
        "resources/sym_flow/import.sh",
        "data-sources/sym_flow/data-source.tf",
        "functions/parse_srn/function.tf",
        "provider/provider.tf",
    ],
)
def test_a_missing_example_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str) -> None:
    examples = tmp_path / "examples"
    shutil.copytree(EXAMPLES, examples, ignore=shutil.ignore_patterns("flows"))
    (examples / missing).unlink()
    assert main([str(tmp_path / "docs"), str(examples)]) == 1
    assert str(examples / missing) in capsys.readouterr().err


def test_every_resource_data_source_and_function_has_a_page_with_its_example() -> None:
    found = pages(DOCS, EXAMPLES)
    for name in resources():
        folder = EXAMPLES / "resources" / f"sym_{name}"
        page = found[f"resources/{name}.md"]
        assert (folder / "resource.tf").read_text() in page
        assert (folder / "import.sh").read_text() in page
        source = EXAMPLES / "data-sources" / f"sym_{name}" / "data-source.tf"
        assert source.read_text() in found[f"data-sources/{name}.md"]
    for name in FUNCTIONS:
        assert (EXAMPLES / "functions" / name / "function.tf").read_text() in found[f"functions/{name}.md"]


def test_everything_the_provider_serves_has_a_page(now: datetime) -> None:
    provider = SymProvider({}, lambda: now, lambda: "")
    found = pages(DOCS, EXAMPLES)
    served = {f"resources/{name.removeprefix('sym_')}.md" for name in provider.resources}
    assert served == {path for path in found if path.startswith("resources/")}
    assert {f"data-sources/{name.removeprefix('sym_')}.md" for name in provider.data_sources} <= found.keys()
    assert {f"functions/{name}.md" for name in provider.functions} <= found.keys()
    assert all(f"- `{attribute.name}` (" in found["index.md"] for attribute in provider.schema.attributes)


def everything_in(block: Block) -> Iterator[str]:
    yield from (f"- `{attribute.name}` (" for attribute in block.attributes)
    for nested in block.blocks:
        yield f"- `{nested.name}` (Block List"
        yield from everything_in(nested)


@pytest.mark.parametrize("name", sorted(resources()))
def test_a_page_has_every_attribute_and_block_with_its_description(name: str) -> None:
    page = pages(DOCS, EXAMPLES)[f"resources/{name}.md"]
    schema = resource_schema(resources()[name])
    expected = list(everything_in(schema))
    assert sorted(re.findall(r"^- `\w+` \((?:Block List)?", page, re.MULTILINE)) == sorted(expected)
    assert all(attribute.description in page for attribute in schema.attributes)
    assert cleandoc(schema.description) in page


def test_a_schema_is_told_as_the_registry_expects() -> None:
    page = pages(DOCS, EXAMPLES)["resources/flow.md"]
    assert page.startswith("---\n")
    assert '\npage_title: "sym_flow Resource - terraform-provider-sym"\nsubcategory: ""\ndescription: |-\n  ' in page
    assert "- `allow_revoke` (Boolean) " in page
    assert "Defaults to `true`." in page
    assert "One of: `string`, `int`, " in page
    assert '<a id="nestedblock--params--prompt_field"></a>\n### Nested Schema for `params.prompt_field`' in page
    assert "\n### Read-Only\n\n- `id` (String) " in page


def item_section(guide: str, singular: str, name: str) -> str:
    found = re.search(rf"^### {singular} `{name}`\n(.*?)(?=^##|\Z)", guide.replace("\n#### ", "\n**** "), re.M | re.S)
    assert found is not None, f"{singular} {name} is not in the guide"
    return found[1]


@pytest.mark.parametrize(
    ("shelf", "singular"),
    [
        ("integrations", "Integration"),
        ("strategies", "Strategy"),
        ("log_destinations", "Log destination"),
        ("secret_sources", "Secret source"),
    ],
)
def test_the_guide_of_types_has_every_type_with_its_settings(shelf: str, singular: str) -> None:
    guide = pages(DOCS, EXAMPLES)["guides/types.md"]
    for name in plugins.names(shelf):
        module = plugins.load(shelf, name)
        section = item_section(guide, singular, name)
        assert ("*Not served yet.*" in section) is not serving.is_served(shelf, name)
        targets = getattr(module, "targets", {})
        assert all(f"**** Target `{target}`" in section for target in targets)
        settings = [field for schema in (module.Settings, *targets.values()) for field in fields(schema)]
        listed = re.findall(r"^- `(\w+)`", section, re.MULTILINE)
        assert sorted(listed) == sorted(field.name for field in settings)
        assert all(field.declaration.description in section for field in settings)


def anchors(text: str) -> set[str]:
    """The anchors of a page: explicit ones, and those of headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([^"]+)">', text))


def test_every_link_leads_somewhere() -> None:
    found = texts(DOCS)
    dead = []
    for path, text in found.items():
        for link in re.findall(r"\]\(([^)]+)\)", text):
            target, _, anchor = link.partition("#")
            if target.startswith("https://developer.hashicorp.com/"):
                continue
            page = (DOCS / path).parent / target if target else DOCS / path
            if not page.is_file() or (anchor and anchor not in anchors(page.read_text())):
                dead.append(f"{path}: {link}")
    assert dead == []
    assert "resources/flow.md" in found
    for guide in (DOCS / "guides").glob("*.md"):
        assert f"(guides/{guide.name})" in found["index.md"]


def test_every_page_has_front_matter() -> None:
    for path, text in texts(DOCS).items():
        front = re.match(
            r'---\n(?:#.*\n)?page_title: "[^"\n]+"\nsubcategory: ""\ndescription: \|-\n(?:  \S.*\n)+---\n\n# ', text
        )
        assert front is not None, path


def test_a_guide_is_listed_by_its_heading(docs: Path) -> None:
    assert "- [A guide of our own](guides/own.md)" in pages(docs, EXAMPLES)["index.md"]
