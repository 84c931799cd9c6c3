"""One contract for both repositories: the one that opens the store, and the one behind the API."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from sym.errors import Conflict, InUse, Invalid, NotFound, Refused, SymError
from sym.resources import is_singleton, resource, resources, slug_of, type_of
from sym.sealing import SealingKeys
from sym.store.secret_values import reveal
from sym_provider.api import ApiRepository
from sym_provider.repository import Repository
from tests.contracts.samples import CODE, Samples
from tests.runtime.api.conftest import World

NAMES = sorted(resources())
NAMED = [name for name in NAMES if resource(name).lookup[-1:] == ("name",)]
SEVERAL = [name for name in NAMES if not is_singleton(name)]
NOBODY = str(uuid.UUID(int=7))


@pytest.fixture
def samples(repository: Repository) -> Samples:
    return Samples(repository)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["bare", "full"])
def test_what_is_created_is_read_as_it_was_given(
    repository: Repository, samples: Samples, name: str, form: str
) -> None:
    document = getattr(samples, form)(name)
    created = repository.create(name, document)
    assert str(uuid.UUID(created.id)) == created.id
    assert created.document == document
    assert repository.read(name, created.id) == created


@pytest.mark.parametrize("name", NAMES)
def test_what_is_created_is_found_by_type_and_slug(repository: Repository, samples: Samples, name: str) -> None:
    document = samples.full(name)
    created = repository.create(name, document)
    kind, slug = type_of(name, document), slug_of(name, document)
    assert repository.find(name, kind, slug) == created
    assert repository.find(name, kind, slug.upper()) == created
    if not is_singleton(name):
        assert repository.find(name, kind, "another") is None
    if kind:
        assert repository.find(name, "another", slug) is None


@pytest.mark.parametrize("name", NAMES)
def test_an_update_sets_every_attribute_and_unsets_every_other(
    repository: Repository, samples: Samples, name: str
) -> None:
    bare, full = samples.bare(name), samples.full(name)
    created = repository.create(name, bare)
    for document in (full, bare):
        updated = repository.update(name, created.id, document)
        assert (updated.id, updated.document) == (created.id, document)
        assert repository.read(name, created.id) == updated


@pytest.mark.parametrize("name", NAMES)
def test_what_is_deleted_is_gone_and_deleting_it_again_is_no_error(
    repository: Repository, samples: Samples, name: str
) -> None:
    document = samples.bare(name)
    created = repository.create(name, document)
    repository.delete(name, created.id)
    repository.delete(name, created.id)
    assert repository.read(name, created.id) is None
    assert repository.find(name, type_of(name, document), slug_of(name, document)) is None
    with pytest.raises(NotFound):
        repository.update(name, created.id, document)


@pytest.mark.parametrize("name", ["target", "flows_filter"])
def test_an_id_nobody_has_is_gone(repository: Repository, samples: Samples, name: str) -> None:
    stored = samples.stored(name)
    for unknown in (NOBODY, "not-an-id", "a/b?c=d#e", "", "%00", "..", "é", stored.id[:-1]):
        assert repository.read(name, unknown) is None
        repository.delete(name, unknown)
        with pytest.raises(NotFound):
            repository.update(name, unknown, stored.document)
    assert repository.read(name, stored.id) == stored


def test_the_id_of_another_kind_is_gone(repository: Repository, samples: Samples) -> None:
    integration = samples.stored("integration")
    assert repository.read("target", integration.id) is None
    repository.delete("target", integration.id)
    assert repository.read("integration", integration.id) == integration


@pytest.mark.parametrize("name", NAMED)
def test_a_rename_keeps_the_id(repository: Repository, samples: Samples, name: str) -> None:
    document = samples.bare(name, name="Before")
    created = repository.create(name, document)
    repository.update(name, created.id, {**document, "name": "After"})
    kind = type_of(name, document)
    assert repository.find(name, kind, "before") is None
    found = repository.find(name, kind, "after")
    assert found is not None
    assert (found.id, found.document["name"]) == (created.id, "After")


@pytest.mark.parametrize("name", NAMED)
def test_a_name_that_is_taken_in_any_spelling_is_a_conflict_about_the_name(
    repository: Repository, samples: Samples, name: str
) -> None:
    first = repository.create(name, samples.bare(name, name="Taken"))
    other = repository.create(name, samples.bare(name, name="Other"))
    document = {**first.document, "name": "TAKEN"}
    for attempt in (
        lambda: repository.create(name, document),
        lambda: repository.update(name, other.id, document),
    ):
        with pytest.raises(Conflict) as raised:
            attempt()
        assert raised.value.path == "name"
        assert "terraform import" in str(raised.value)
    assert repository.read(name, other.id) == other


def test_one_name_may_be_used_once_per_type(repository: Repository, samples: Samples) -> None:
    documents = [samples.bare("integration", name="Same", type=kind) for kind in ("custom", "okta", "a b&c=d/#é")]
    ids = [repository.create("integration", document).id for document in documents]
    found = [repository.find("integration", document["type"], "same") for document in documents]
    assert [record and record.id for record in found] == ids


def test_there_is_one_flows_filter(repository: Repository, samples: Samples) -> None:
    first = samples.stored("flows_filter")
    with pytest.raises(Conflict):
        samples.stored("flows_filter")
    assert repository.find("flows_filter", "", "flows-filter") == first
    repository.delete("flows_filter", first.id)
    second = samples.stored("flows_filter")
    repository.delete("flows_filter", first.id)  # gone already, and the second one stays
    assert repository.read("flows_filter", first.id) is None
    with pytest.raises(NotFound):
        repository.update("flows_filter", first.id, second.document)
    assert repository.read("flows_filter", second.id) == second


@pytest.mark.parametrize(
    ("name", "values", "path"),
    [
        ("environment", {"runtime_id": NOBODY}, "runtime_id"),
        ("environment", {"integrations": {"slack_id": NOBODY}}, 'integrations["slack_id"]'),
        ("environment", {"log_destination_ids": ["x"]}, "log_destination_ids[0]"),
        ("error_logger", {"integration_id": NOBODY}, "integration_id"),
        ("flow", {"environment_id": NOBODY}, "environment_id"),
        ("flow", {"params": [{"strategy_id": NOBODY, "prompt_field": []}]}, "params[0].strategy_id"),
        ("log_destination", {"integration_id": NOBODY}, "integration_id"),
        ("secret", {"source_id": NOBODY}, "source_id"),
        ("strategy", {"targets": [NOBODY]}, "targets[0]"),
    ],
)
def test_a_reference_to_nothing_is_refused_with_its_path(
    repository: Repository, samples: Samples, name: str, values: dict[str, Any], path: str
) -> None:
    with pytest.raises(Invalid) as raised:
        repository.create(name, samples.bare(name, **values))
    assert raised.value.path == path
    assert "There is no sym_" in str(raised.value)
    stored = samples.stored(name)
    with pytest.raises(Invalid) as raised:
        repository.update(name, stored.id, {**stored.document, **values})
    assert raised.value.path == path


@pytest.mark.parametrize(
    ("name", "values", "path"),
    [
        ("flow", {"name": None}, "name"),
        ("flow", {"name": "!"}, "name"),
        ("flow", {"implementation": None}, "implementation"),
        ("flow", {"implementation": "a\0"}, "implementation"),
        ("flow", {"vars": {"a.b[0]": 1}}, 'vars["a.b[0]"]'),
        ("flow", {"params": [{"prompt_field": [{"name": "a", "type": "string"}, {"name": "b", "type": "x"}]}]},
         "params[0].prompt_field[1].type"),
        ("target", {"settings": 5}, "settings"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_schema_is_refused_with_its_path(
    repository: Repository, samples: Samples, name: str, values: dict[str, Any], path: str
) -> None:
    with pytest.raises(Invalid) as raised:
        repository.create(name, samples.bare(name, **values))
    assert raised.value.path == path


def test_what_is_in_use_stays_and_its_users_are_named(repository: Repository, samples: Samples) -> None:
    integration = samples.stored("integration")
    environment = samples.stored("environment", name="Prod", integrations={"main_id": integration.id})
    with pytest.raises(InUse, match="sym_environment prod"):
        repository.delete("integration", integration.id)
    repository.delete("environment", environment.id)
    repository.delete("integration", integration.id)
    assert repository.read("integration", integration.id) is None


@pytest.mark.parametrize("text", ["Prod DB", "a&b=c?d#e", "50%", "ünïcode ☃", "a/b", "+ +", "x;y:z"])
def test_names_are_kept_as_they_are_spelled_whatever_they_hold(
    repository: Repository, samples: Samples, text: str
) -> None:
    if not slug_of("target", {"name": text}):
        with pytest.raises(Invalid):
            samples.stored("target", name=text)
        return
    created = samples.stored("target", name=text)
    assert repository.find("target", "custom", slug_of("target", {"name": text})) == created
    assert created.document["name"] == text


def test_secrets_with_one_path_made_in_parallel_all_get_a_slug_of_their_own(
    repository: Repository, samples: Samples
) -> None:
    document = samples.bare("secret", path="/prod/db password")
    made: list[str] = []
    errors: list[SymError] = []

    def make() -> None:
        try:
            made.append(repository.create("secret", document).id)
        except SymError as error:
            errors.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    slugs = ["prod-db-password", *(f"prod-db-password-{number}" for number in (2, 3, 4))]
    found = [repository.find("secret", "", slug) for slug in slugs]
    assert sorted(record.id for record in found if record) == sorted(made)


def test_code_of_a_megabyte_and_odd_texts_come_back_as_they_were(repository: Repository, samples: Samples) -> None:
    code = CODE + "# " + "é☃😀\r\n\t" * 90_000
    assert len(code.encode()) > 1_000_000
    document = samples.bare("flow", implementation=code, label="", vars={"": "", "é": "\u2028"}, params=[])
    created = repository.create("flow", document)
    assert repository.read("flow", created.id) == created
    assert created.document == document


def test_an_empty_list_is_not_the_same_as_none(repository: Repository, samples: Samples) -> None:
    environment = samples.bare("environment", log_destination_ids=[], integrations={})
    created = repository.create("environment", environment)
    assert repository.read("environment", created.id) == created
    assert created.document == environment
    params = samples.full("flow")["params"][0]
    for sources in ([], None, ["api"]):
        document = samples.bare("flow", name=f"f{sources}", params=[{**params, "allowed_sources": sources}])
        assert repository.create("flow", document).document == document


def test_who_is_no_admin_may_not_even_look(through_api: Callable[..., ApiRepository]) -> None:
    admin = through_api()
    stored = Samples(admin).stored("integration")
    for user in ("ann", "eve", "ci"):
        repository = through_api(user)
        with pytest.raises(Refused, match="admin"):
            repository.read("integration", stored.id)
        with pytest.raises(Refused, match="admin"):
            repository.create("integration", {**stored.document, "name": "other"})
        with pytest.raises(Refused, match="admin"):
            repository.delete("integration", stored.id)
    assert admin.read("integration", stored.id) == stored


def test_a_closed_repository_opens_again(repository: Repository, samples: Samples) -> None:
    stored = samples.stored("target")
    repository.close()  # type: ignore[attr-defined]
    assert repository.read("target", stored.id) == stored


@pytest.mark.parametrize("name", NAMES)
def test_all_of_a_name_are_listed_as_they_are_read(repository: Repository, samples: Samples, name: str) -> None:
    assert repository.all_of(name) == []
    created = repository.create(name, samples.full(name))
    assert repository.all_of(name) == [created]


HIDDEN = "s3cr3t-hunter2"


@pytest.fixture
def local(repository: Repository) -> str:
    return repository.create("secrets", {"type": "local", "name": "local", "label": None, "settings": None}).id


def secret(source: str, version: int | None = 1, **values: Any) -> dict[str, Any]:
    document = {"path": "p", "source_id": source, "label": None, "settings": None, "value_wo_version": version}
    return {**document, **values}


def test_a_value_is_kept_for_the_worker_and_never_given_back(repository: Repository, local: str, acme: World) -> None:
    keys = SealingKeys(acme.keys.path)
    created = repository.create("secret", secret(local), {"value_wo": HIDDEN})
    assert created.document == secret(local)
    assert repository.read("secret", created.id) == repository.find("secret", "", "p") == created
    assert reveal(acme.store, keys, created.id) == HIDDEN
    changed = repository.update("secret", created.id, secret(local, label="L"))
    assert changed.document == secret(local, label="L")
    assert reveal(acme.store, keys, created.id) == HIDDEN, "what is not given stays"
    repository.update("secret", created.id, secret(local, 2), {"value_wo": "other"})
    assert reveal(acme.store, keys, created.id) == "other"
    repository.delete("secret", created.id)
    with pytest.raises(LookupError):
        reveal(acme.store, keys, created.id)


@pytest.mark.parametrize(
    ("version", "value", "place"),
    [
        (None, None, "value_wo_version"),
        (1, None, "value_wo_version"),
        (None, HIDDEN, "value_wo_version"),
        (1, "", "value_wo"),
        (1, HIDDEN * 10_000, "value_wo"),
        (1, [HIDDEN], "value_wo"),
    ],
)
def test_a_value_that_cannot_be_kept_is_refused_at_its_attribute(
    repository: Repository, local: str, version: int | None, value: Any, place: str
) -> None:
    with pytest.raises(Invalid) as raised:
        repository.create("secret", secret(local, version), {"value_wo": value})
    assert raised.value.path == place
    assert HIDDEN not in str(raised.value)


def test_a_version_without_its_value_changes_nothing(repository: Repository, local: str, acme: World) -> None:
    created = repository.create("secret", secret(local), {"value_wo": HIDDEN})
    for version in (2, None):
        with pytest.raises(Invalid) as raised:
            repository.update("secret", created.id, secret(local, version))
        assert raised.value.path == "value_wo_version"
    assert repository.read("secret", created.id) == created
    assert reveal(acme.store, SealingKeys(acme.keys.path), created.id) == HIDDEN


def test_a_source_with_its_values_elsewhere_takes_none(
    repository: Repository, samples: Samples, local: str, acme: World
) -> None:
    elsewhere = samples.stored("secrets", type="env").id
    with pytest.raises(Invalid, match="elsewhere"):
        repository.create("secret", secret(elsewhere), {"value_wo": HIDDEN})
    created = repository.create("secret", secret(local), {"value_wo": HIDDEN})
    repository.update("secret", created.id, secret(elsewhere, None))
    with pytest.raises(LookupError):
        reveal(acme.store, SealingKeys(acme.keys.path), created.id)
