"""``symflow generate``: the files of a flow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from sym.commands._asking import ask, choose, is_terminal, missing
from sym.commands._output import json_option
from sym.scaffolding.catalogue import OPTIONAL, TYPES, all_questions

if TYPE_CHECKING:
    from sym.scaffolding.catalogue import FlowType
    from sym.scaffolding.draft import Draft
    from sym.scaffolding.generation import Wanted
    from sym.scaffolding.questions import Question

F = TypeVar("F", bound=Callable[..., Any])
_SOURCES = ("aws-secrets-manager", "env")


def _question_options(function: F) -> F:
    """An option for every question."""
    for question in reversed(all_questions()):
        kinds = [kind.name for kind in TYPES.values() if question in kind.questions]
        about = f"{', '.join(kinds)}: {question.help}" if kinds else question.help
        add = click.option(
            question.flag, question.name, metavar=question.metavar, multiple=question.is_many, help=about
        )
        function = add(function)
    return function


@click.command("generate")
@click.option("--directory", metavar="DIR", default=Path(),
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder that `symflow init` made; the current one if left out.")  # fmt: skip
@click.option("--type", "kind", type=click.Choice(list(TYPES)), help="What the flow grants.")
@click.option("--flow-name", metavar="NAME", help="The name of the flow, unique in the organization.")
@_question_options
@click.option("--secret-source", type=click.Choice(_SOURCES),
              help="Where secrets are, if the folder does not say; aws-secrets-manager if left out.")  # fmt: skip
@click.option("--self-approval/--no-self-approval", default=True, show_default=True,
              help="Whether people may approve their own requests, to try the flow alone.")  # fmt: skip
@json_option
def command(directory: Path, kind: str | None, flow_name: str | None, as_json: bool, **given: Any) -> None:
    """Add a flow to a folder that `symflow init` made: its Terraform, the Python that says who approves, and what it
    needs of connectors and secrets.

    What options do not say is asked, on a terminal. Files that are there are never overwritten; connectors.tf,
    secrets.tf, versions.tf and the environment are only added to.
    """
    from sym import config
    from sym.commands._written import show_written
    from sym.scaffolding.draft import Draft
    from sym.scaffolding.generation import checked_name, plan_flow
    from sym.scaffolding.surroundings import Surroundings
    from sym.scaffolding.writing import write

    folder = directory.absolute()
    draft = Draft(folder)
    Surroundings.of(draft)  # nothing is asked in vain
    if is_terminal():
        kind = kind or choose("What does the flow grant?", [(one.name, one.about) for one in TYPES.values()])
        flow_name = flow_name or ask("Name of the flow?", checked_name)
    if not kind or not flow_name:
        raise missing(*(["--type"] if not kind else []), *(["--flow-name"] if not flow_name else []))
    wanted = _wanted(TYPES[kind], checked_name(flow_name), draft, given)
    changes = plan_flow(folder, wanted, config.now())
    write(changes)
    show_written(changes, folder, _steps(wanted, draft), as_json=as_json)


def _wanted(kind: FlowType, name: str, draft: Draft, given: dict[str, Any]) -> Wanted:
    """The flow, with what is missing asked."""
    from sym.scaffolding.generation import Wanted

    on_call = [given["pagerduty_domain"], given["on_call_schedule"]]
    if any(on_call) and not all(on_call):
        raise click.UsageError("--pagerduty-domain and --on-call-schedule go together.")
    has_secrets = bool(kind.secrets) or any(on_call)
    source = _source(given["secret_source"], draft, has_secrets=has_secrets)
    asked = _questions(kind, source, draft, has_secrets=has_secrets)
    _refuse_others(kind, asked, given)
    answers: dict[str, Any] = {}
    chosen: dict[str, Any] = {}
    lacking: list[str] = []
    for question in asked:
        place = chosen if question.is_many else answers
        answer = _given(question, given[question.name]) or _asked(question, kind, chosen)
        if answer:
            place[question.name] = answer
        elif question.required:
            lacking.append(question.flag)
    if lacking:
        if "--aws-region" in lacking and not kind.needs_aws:
            raise click.UsageError(f"{missing(*lacking).message} The region is for secrets in AWS Secrets Manager: "
                                   "without AWS, add --secret-source env.")  # fmt: skip
        raise missing(*lacking)
    return Wanted(kind=kind, name=name, answers=answers, chosen=chosen, secret_source=source or _SOURCES[0],
                  allow_self_approval=given["self_approval"])  # fmt: skip


def _source(given: str | None, draft: Draft, *, has_secrets: bool) -> str | None:
    """Where new secrets are kept; None if there are none, or the folder says it."""
    from sym.scaffolding.shared import sources_in

    kept = sources_in(draft)
    if given is not None and not has_secrets:
        raise click.UsageError("--secret-source is for flows with secrets; this one has none.")
    if given is not None and kept and given.replace("-", "_") not in kept.values():
        raise click.UsageError(f"--secret-source: secrets are kept in {', '.join(kept.values())} here already.")
    if kept or not has_secrets:
        return None
    return given or (_asked_source() if is_terminal() else _SOURCES[0])


def _asked_source() -> str:
    return choose("Where are secrets kept?", [
        ("aws-secrets-manager", "AWS Secrets Manager"), ("env", "The environment of the worker"),
    ])  # fmt: skip


def _questions(kind: FlowType, source: str | None, draft: Draft, *, has_secrets: bool) -> list[Question]:
    """What has to be known. A region does not where AWS is configured already."""
    from sym.scaffolding.catalogue import REGION
    from sym.scaffolding.shared import has_aws_provider, sources_in

    kept = set(sources_in(draft).values()) or {(source or "").replace("-", "_")}
    needs_aws = kind.needs_aws or (has_secrets and "aws_secrets_manager" in kept)
    questions = [one for one in kind.questions if one is not REGION]
    if needs_aws and (kind.name == "aws-sso" or not has_aws_provider(draft)):
        questions.insert(0, REGION)
    return [*questions, *OPTIONAL]


def _refuse_others(kind: FlowType, asked: list[Question], given: dict[str, Any]) -> None:
    known = {one.name for one in asked} | {"aws_region"}
    others = [one.flag for one in all_questions() if given[one.name] and one.name not in known]
    if others:
        raise click.UsageError(f"{', '.join(others)} is not for --type {kind.name}.")


def _given(question: Question, value: Any) -> Any:
    """What the option says, checked."""
    from sym.scaffolding.questions import named

    try:
        if question.is_many:
            return tuple(named(one, question.check, needs_label=question.needs_label) for one in value)
        return question.check(value) if value is not None else None
    except ValueError as problem:
        raise click.BadParameter(f"{problem}.", param_hint=question.flag) from None


def _asked(question: Question, kind: FlowType, chosen: dict[str, Any]) -> Any:
    """What somebody says, if anybody is there; of several things at least one, then as many as they like."""
    from sym.scaffolding.questions import named

    if not is_terminal() or question in OPTIONAL:
        return None
    if not question.is_many:
        return question.check(ask(question.asks, question.check, default=question.default))
    found: list[Any] = []
    is_last = [one for one in kind.questions if one.is_many][-1] is question
    while True:
        needs = not found and (question.required or (is_last and not any(chosen.values())))

        def check(text: str, needs: bool = needs) -> object:
            if not text and needs:
                raise ValueError("at least one is needed")
            return named(text, question.check, needs_label=question.needs_label) if text else None

        text = ask(question.asks if not found else "Another one? (Enter for none)", check)
        if not text:
            return tuple(found)
        found.append(named(text, question.check, needs_label=question.needs_label))


def _steps(wanted: Wanted, before: Draft) -> list[str]:
    """What to do next."""
    from sym.scaffolding.draft import Draft
    from sym.scaffolding.shared import sources_in

    steps = []
    kept = next(iter(sources_in(Draft(before.path)).values()), "")
    if wanted.kind.name == "aws-lambda":
        steps.append(f"Say in {wanted.name}_lambda_src/handler.py what is granted.")
    if wanted.kind.name == "custom":
        steps.append(f"Say in impls/{wanted.name}_strategy.py how access is granted.")
    steps.append(f"Look at impls/{wanted.name}_impl.py, which says who approves: symflow lint impls/*.py checks it.")
    steps.append("terraform init && terraform apply")
    for name in wanted.secrets:
        variable = f"SYM_SECRET_{wanted.key}_{name.replace('-', '_')}".upper()
        steps.append(f"Set {variable} in the worker's environment." if kept == "env"
                     else f"Put the value of the secret sym/{wanted.name}/{name} in.")  # fmt: skip
    steps.append(f"In Slack: /sym req {wanted.name}")
    return steps
