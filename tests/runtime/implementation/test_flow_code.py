"""The handlers of a flow, and the mistakes their authors make."""

from __future__ import annotations

import pytest

from sym.implementation import Implementation, Problem, read_flows_filter, read_implementation

PERMISSIONS = "from sym.sdk.annotations import hook, prefetch, reducer\n@reducer\ndef get_permissions(event): ...\n"
"""Three lines; what a test adds begins on line 4."""


def _read(added: str) -> Implementation:
    return read_implementation(PERMISSIONS + added)


def _only(found: Implementation) -> Problem:
    assert len(found.problems) == 1, found.problems
    return found.problems[0]


def test_decorated_and_specially_named_functions_are_handlers() -> None:
    found = _read("@hook\ndef on_approve(evt): ...\n@hook\ndef after_deny(e): ...\n")
    assert [(handler.kind, handler.name, handler.line) for handler in found.handlers] == [
        ("reducer", "get_permissions", 3), ("hook", "on_approve", 5), ("hook", "after_deny", 7),
    ]  # fmt: skip
    assert found.problems == ()
    assert found.has("on_approve")
    assert not found.has("on_deny")


@pytest.mark.parametrize(
    "source",
    [
        "from sym.sdk import hook as h\n@h\ndef on_request(e): ...",
        "from sym.sdk import *\n@hook\ndef on_request(e): ...",
        "import sym.sdk.annotations\n@sym.sdk.annotations.hook\ndef on_request(e): ...",
        "from sym.sdk import annotations\n@annotations.hook\ndef on_request(e): ...",
        "import sym.sdk as s\n@s.hook\ndef on_request(e): ...",
        "from sym import sdk\n@sdk.annotations.hook\ndef on_request(e): ...",
        "from sym.sdk import hook\n@other\n@hook\ndef on_request(e): ...",
        "from sym.sdk import hook\nif True:\n    @hook\n    def on_request(e): ...",
    ],
)
def test_a_decorator_counts_however_it_was_imported(source: str) -> None:
    assert read_implementation(source).has("on_request")


def test_someone_elses_decorator_of_the_same_name_does_not_count() -> None:
    found = read_implementation("from pluggy import hook\n@hook\ndef on_request(e): ...")
    assert not found.has("on_request")


def test_a_decorator_that_was_never_imported_counts_so_that_it_fails_loudly() -> None:
    found = read_implementation("@hook\ndef on_request(e): ...")
    assert found.has("on_request")
    assert any("not imported" in problem.message for problem in found.problems)


def test_an_undecorated_on_approve_stays_inert_with_a_warning() -> None:
    found = _read("def on_approve(event): ...\n")
    assert not found.has("on_approve")
    problem = _only(found)
    assert (problem.severity, problem.line, problem.handler) == ("warning", 4, "on_approve")
    assert "@hook" in problem.hint


def test_the_last_definition_of_a_name_counts_as_in_python() -> None:
    found = _read("@hook\ndef on_deny(event): ...\ndef on_deny(event): ...\n")
    assert not found.has("on_deny")
    assert any("line 5 is not used" in problem.message for problem in found.problems)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("on_aproove", "on_approve"), ("after_escalte", "after_escalate"), ("on_approval", "on_approve"),
     ("on_denial", "on_deny")],
)  # fmt: skip
def test_a_typo_is_told_with_the_name_that_was_meant(name: str, meant: str) -> None:
    found = _read(f"@hook\ndef {name}(event): ...\n")
    problem = _only(found)
    assert problem.severity == "warning"
    assert problem.line == 5
    assert meant in problem.hint
    assert not found.has(name)


def test_an_unknown_name_like_no_other_is_told_with_all_names() -> None:
    problem = _only(_read("@hook\ndef zzzzzzzzzz(event): ...\n"))
    assert "on_request_expire" in problem.hint


def test_get_flows_in_a_flow_is_sent_to_its_own_file() -> None:
    problem = _only(_read("@reducer\ndef get_flows(user, flows, flows_filter_vars): ...\n"))
    assert "sym_flows_filter" in problem.hint


@pytest.mark.parametrize(
    ("decorator", "definition", "right"),
    [("reducer", "def on_approve(event): ...", "@hook"), ("hook", "def get_approvers(event): ...", "@reducer")],
)
def test_the_wrong_decorator_is_told_and_the_function_stays_inert(decorator: str, definition: str, right: str) -> None:
    found = _read(f"@{decorator}\n{definition}\n")
    assert right in _only(found).hint
    assert len(found.handlers) == 1


@pytest.mark.parametrize(
    "definition",
    ["def on_approve(): ...", "def on_approve(event, more): ...", "def on_approve(event, *, more): ..."],
)
def test_the_wrong_number_of_arguments_is_an_error(definition: str) -> None:
    problem = _only(_read(f"@hook\n{definition}\n"))
    assert (problem.severity, problem.line, problem.handler) == ("error", 5, "on_approve")
    assert "def on_approve(event):" in problem.hint


@pytest.mark.parametrize(
    "definition",
    ["def on_approve(*args): ...", "def on_approve(event, more=1): ...", "def on_approve(event, /, *, more=1): ..."],
)
def test_every_definition_that_can_be_called_with_the_event_is_fine(definition: str) -> None:
    assert _read(f"@hook\n{definition}\n").problems == ()


@pytest.mark.parametrize(
    ("arguments", "arity"), [("event, context", 2), ("event", 1), ("*args", 2), ("event, context=None", 2)]
)
def test_a_forward_hook_is_called_with_as_many_arguments_as_it_takes(arguments: str, arity: int) -> None:
    found = _read(f"@hook\ndef on_request_forward({arguments}): ...\n")
    handler = found.handler("on_request_forward")
    assert handler is not None
    assert handler.arity == arity
    assert found.problems == ()


def test_get_identity_takes_four_arguments() -> None:
    assert _read("@reducer\ndef get_identity(event, service, external_id, user): ...\n").problems == ()
    assert _only(_read("@reducer\ndef get_identity(event): ...\n")).severity == "error"


def test_get_identity_lookup_of_another_shape_is_only_a_warning() -> None:
    assert _only(_read("@reducer\ndef get_identity_lookup(user): ...\n")).severity == "warning"


def test_an_async_handler_is_an_error() -> None:
    assert "async" in _only(_read("@hook\nasync def on_deny(event): ...\n")).message


@pytest.mark.parametrize("decorator", ['prefetch("repo")', 'prefetch(field_name="repo")'])
def test_a_prefetch_function_has_any_name_and_its_field(decorator: str) -> None:
    found = _read(f"@{decorator}\ndef get_repos(event): ...\n")
    handler = found.prefetch_for("repo")
    assert handler is not None
    assert (handler.kind, handler.name) == ("prefetch", "get_repos")
    assert found.problems == ()


def test_a_prefetch_function_without_a_field_is_an_error() -> None:
    problem = _only(_read("@prefetch\ndef get_repos(event): ...\n"))
    assert problem.severity == "error"
    assert "field_name=" in problem.hint


def test_a_field_the_source_does_not_spell_out_is_a_warning() -> None:
    assert _only(_read("F = 'repo'\n@prefetch(F)\ndef get_repos(event): ...\n")).severity == "warning"


def test_two_prefetch_functions_of_one_field_are_told_and_the_first_is_used() -> None:
    found = _read('@prefetch("repo")\ndef a(event): ...\n@prefetch("repo")\ndef b(event): ...\n')
    assert _only(found).line == 7
    handler = found.prefetch_for("repo")
    assert handler is not None
    assert handler.name == "a"


def test_parentheses_behind_hook_are_an_error() -> None:
    assert _only(_read("@hook()\ndef on_deny(event): ...\n")).severity == "error"


@pytest.mark.parametrize("source", ["", "'file(impl.py)'", "def helper(): ...\n"])
def test_text_without_handlers_is_only_warned_of(source: str) -> None:
    found = read_implementation(source)
    assert found.handlers == ()
    problem = _only(found)
    assert problem.severity == "warning"
    assert "get_permissions or get_approvers" in problem.message


def test_get_approvers_alone_is_enough() -> None:
    source = "from sym.sdk.annotations import reducer\n@reducer\ndef get_approvers(event): ...\n"
    assert read_implementation(source).problems == ()


def test_a_syntax_error_is_the_only_problem_and_there_are_no_handlers() -> None:
    found = _read("def on_approve(event:\n    pass\n")
    assert found.handlers == ()
    assert (_only(found).severity, _only(found).line) == ("error", 4)


def test_names_provided_without_import_are_warned_of_once() -> None:
    found = _read("@hook\ndef on_deny(e):\n    user_ids([])\n    user_ids([])\n    persist_user_identity()\n")
    assert [problem.line for problem in found.problems] == [6, 8]
    assert _read("from sym.sdk.user import user_ids\nuser_ids([])\n").problems == ()


def test_problems_come_in_the_order_of_lines() -> None:
    found = read_implementation("from sym.sdk import hook\n@hook\ndef on_x(e): ...\ndef on_deny(e): ...\n")
    assert [problem.line for problem in found.problems] == sorted(problem.line for problem in found.problems)


def test_the_flows_filter_has_one_reducer_of_its_own() -> None:
    source = "from sym.sdk import reducer\n@reducer\ndef get_flows(user, flows, flows_filter_vars): return flows\n"
    found = read_flows_filter(source)
    assert found.problems == ()
    assert found.has("get_flows")
    assert _only(read_flows_filter("x = 1")).severity == "warning"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("on_approval", "on_approve"), ("on_denial", "on_deny"), ("after_approval", "after_approve"),
        ("on_revoke", "on_deescalate"), ("after_revoke", "after_deescalate"), ("on_ignore", "the hook that ignores it"),
    ],
)  # fmt: skip
def test_an_obsolete_name_is_told_with_what_took_its_place_decorated_or_not(name: str, hint: str) -> None:
    for decorator in ("@hook\n", ""):
        found = _read(f"{decorator}def {name}(event): ...\n")
        assert not found.has(name)
        assert _only(found).severity == "warning"
        assert hint in _only(found).hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [("get_approver", "get_permissions"), ("get_timeout", "a timeout instead"), ("get_revoked", "on_deescalate")],
)
def test_an_obsolete_reducer_is_told_but_a_function_that_only_has_its_name_is_not(name: str, hint: str) -> None:
    assert hint in _only(_read(f"@reducer\ndef {name}(event): ...\n")).hint
    assert _read(f"def {name}(event): ...\n").problems == ()


@pytest.mark.parametrize("line", ["on_request = hook(check)", "on_request: object = hook(check)"])
def test_a_handler_that_is_assigned_is_not_called_and_said_to_be(line: str) -> None:
    source = f"from sym.sdk import *\n@reducer\ndef get_permissions(event): ...\ndef check(event): ...\n{line}\n"
    (problem,) = read_implementation(source).problems
    assert (problem.severity, problem.line, problem.handler) == ("warning", 5, "on_request")
    assert problem.message == "on_request is assigned, and therefore never called."


def test_a_byte_order_mark_is_ignored() -> None:
    assert read_implementation("\ufefffrom sym.sdk import *\n@reducer\ndef get_approvers(event): ...\n").problems == ()
