"""One more flow in a folder that ``start`` made."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sym.errors import Conflict, Invalid
from sym.scaffolding.catalogue import FlowType, Targets
from sym.scaffolding.draft import Draft
from sym.scaffolding.filling import banner, fill
from sym.scaffolding.layout import aligned
from sym.scaffolding.literals import quoted
from sym.scaffolding.questions import Named
from sym.scaffolding.shared import Shared
from sym.scaffolding.surroundings import Surroundings
from sym.scaffolding.writing import Changes

FLOW_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
_TAKEN = re.compile(r"environment|versions|connectors|secrets|main|override|.*_override|backend|variables|outputs")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A flow: ``answers`` are those to the questions of its type by their names, ``chosen`` those to questions with
    many. ``secret_source`` is where new secrets are kept if the folder does not say it yet."""

    kind: FlowType
    name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    secret_source: str = "aws-secrets-manager"  # noqa: S105 - where secrets are
    allow_self_approval: bool = True

    @property
    def key(self) -> str:
        """The flow's name as names in Terraform have it."""
        return self.name.replace("-", "_")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of all the secrets it reads."""
        return (*self.kind.secrets, *(("pagerduty-api-key",) if self.asks_on_call else ()))

    @property
    def asks_on_call(self) -> bool:
        """Whether who is on call does not wait."""
        return "on_call_schedule" in self.answers


def checked_name(text: str) -> str:
    """The name of a flow, which is the beginning of its files' names, too. Raises Invalid."""
    if not FLOW_NAME.fullmatch(text) or _TAKEN.fullmatch(text):
        raise Invalid(f"{text!r} cannot be the name of a flow: use lower-case letters, digits, - and _, beginning with "
                      "a letter, 50 at most, and none of the names that files here have already.",
                      path="flow_name")  # fmt: skip
    return text


def plan_flow(folder: Path, wanted: Wanted, now: datetime) -> Changes:
    """What to write into ``folder`` for one more flow.

    Raises Invalid if the folder is not one of ``symflow init`` or an answer is missing, Conflict if there is such a
    flow already.
    """
    checked_name(wanted.name)
    draft = Draft(folder)
    around = Surroundings.of(draft)
    _refuse_others(draft, wanted)
    shared = Shared(draft, around, wanted.answers, now)
    source = shared.secret_source(wanted.secret_source) if wanted.secrets else ""
    if wanted.kind.needs_aws:
        shared.runtime()
    for block in wanted.kind.shared:
        shared.add(block)
    draft.create(f"{wanted.name}.tf", _terraform(wanted, around, shared, source, now))
    made = banner(now, "Yours to change.")
    draft.create(f"impls/{wanted.name}_impl.py", made + _implementation(wanted))
    for name, template in (wanted.kind.files or {}).items():
        draft.create(name.format(flow=wanted.name), made + fill(template, {"flow": wanted.name}))
    if "google_credentials" in wanted.answers:
        text = _google_credentials(Path(wanted.answers["google_credentials"]))
        draft.create(f"{wanted.name}_google_credentials.json", text)
    if wanted.asks_on_call:
        shared.integrate("pagerduty_id", f"sym_integration.{wanted.key}_pagerduty.id")
    _refuse_doubles(draft)
    return draft.changes()


def _refuse_doubles(draft: Draft) -> None:
    """Raises Conflict if two blocks would have one address, as flow ``a`` with ``b-c`` and flow ``a-b`` with ``c``."""
    seen = set()
    for source, block in draft.folder().of_type("resource", "data", "module"):
        if block.address in seen:
            raise Conflict(f"{source.path.name}:{block.line}: there would be two of {block.address.replace(' ', '.')}.",
                           hint="Nothing was written. Choose another name for the flow.")  # fmt: skip
        seen.add(block.address)


def _refuse_others(draft: Draft, wanted: Wanted) -> None:
    """Raises Conflict if a file or a flow of this name is there."""
    files = [f"{wanted.name}.tf", f"impls/{wanted.name}_impl.py", f"{wanted.name}_google_credentials.json",
             *(name.format(flow=wanted.name) for name in wanted.kind.files or {})]  # fmt: skip
    there = [name for name in files if (draft.path / name).exists()]
    if there:
        raise Conflict(f"There is already {', '.join(there)}.", hint="Choose another name for the flow.")
    for source, block in draft.folder().of_type("resource"):
        is_flow = block.labels[:1] == ("sym_flow",)
        name = block.body.attribute("name")
        says = quoted(wanted.name) == name.value.of(source.text) if name else False
        if block.labels[1:] == (wanted.key,) or (is_flow and says):
            raise Conflict(f"{source.path.name}:{block.line} has a {block.labels[0]} {block.labels[-1]} already.",
                           hint="Choose another name for the flow.")  # fmt: skip


def _terraform(wanted: Wanted, around: Surroundings, shared: Shared, source: str, now: datetime) -> str:
    """The flow's own file."""
    kind, key = wanted.kind, wanted.key
    values = {"key": key, "flow": wanted.name, **{name: quoted(text) for name, text in wanted.answers.items()}}
    parts = [_secret(wanted, name, source, shared.secret_type) for name in wanted.secrets]
    parts += [fill(kind.template, values)] if kind.template else []
    parts += [fill("pagerduty.tf.template", values)] if wanted.asks_on_call else []
    targets = [one for group in kind.targets for one in _targets(wanted, group)]
    slugs = [slug for slug, _ in targets]
    if kind.strategy and not targets:
        flags = " or ".join(question.flag for question in kind.questions if question.is_many)
        raise Invalid(f"There is nothing people could ask for: give {flags} at least once.", code="Config:MISSING")
    if len(set(slugs)) < len(slugs):
        raise Invalid("Two things people can ask for have the same name.", hint="Write NAME=VALUE with other names.")
    parts += [text for _, text in targets]
    parts += [_strategy(wanted, slugs)] if kind.strategy else []
    parts.append(_flow(wanted, around))
    advice = f"Yours to change. impls/{wanted.name}_impl.py says who approves."
    return "\n".join([banner(now, advice), *parts])


def _secret(wanted: Wanted, name: str, source: str, secret_type: str) -> str:
    templates = {"aws_secrets_manager": "secret_aws.tf.template", "env": "secret_env.tf.template"}
    joined = f"{wanted.key}_{name.replace('-', '_')}"
    values = {"key": wanted.key, "flow": wanted.name, "secret": name, "secret_key": joined, "source": source,
              "variable": joined.upper()}  # fmt: skip
    return fill(templates.get(secret_type, "secret_other.tf.template"), values)


def _targets(wanted: Wanted, group: Targets) -> list[tuple[str, str]]:
    """The ``sym_target`` blocks of a group, each with its name after the flow's, and what it looks up before it."""
    what = wanted.kind.name.replace("-", " ")
    chosen = wanted.chosen.get(group.asked, ()) if group.asked else (Named(what, what),)
    made = []
    for one in chosen:
        shown = Named(group.label.format(label=one.label, value=one.value)[:55], one.value)
        target = shown.slug.replace("-", "_")
        known = {"value": quoted(one.value), "label": quoted(one.label), "key": target, "flow_key": wanted.key}
        settings = "\n".join(f"    {name} = {text.format(**known)}" for name, text in group.settings.items())
        values = {
            "key": wanted.key, "flow": wanted.name, "target": target, "slug": shown.slug, "type": group.type,
            "label": quoted(shown.label), "settings": aligned(settings), "name": quoted(one.label),
            "value": quoted(one.value),
        }  # fmt: skip
        looked_up = [fill(group.template, values)] if group.template else []
        made.append((shown.slug, "\n".join([*looked_up, fill("target.tf.template", values)])))
    return made


def _strategy(wanted: Wanted, slugs: list[str]) -> str:
    kind, known = wanted.kind, {"key": wanted.key, **{name: quoted(text) for name, text in wanted.answers.items()}}
    lines = [f'  type = "{kind.strategy}"', f'  name = "{wanted.name}"']
    lines += [f"  integration_id = {kind.integration.format(**known)}"] if kind.integration else []
    lines += [f'  implementation = "${{path.module}}/impls/{wanted.name}_strategy.py"'] if kind.name == "custom" else []
    named = {name: text.format(**known) for name, text in (kind.strategy_settings or {}).items()}
    settings = aligned("\n".join(f"    {name} = {text}" for name, text in named.items()))
    return fill("strategy.tf.template", {
        "key": wanted.key, "attributes": aligned("\n".join(lines)),
        "targets": "\n".join(f"    sym_target.{wanted.key}_{slug.replace('-', '_')}.id," for slug in slugs),
        "settings": f"\n\n  settings = {{\n{settings}\n  }}" if named else "",
    })  # fmt: skip


def _flow(wanted: Wanted, around: Surroundings) -> str:
    has_strategy = bool(wanted.kind.strategy)
    schedule = quoted(wanted.answers.get("on_call_schedule", ""))
    variables = f"\n  vars = {{\n    on_call_schedule = {schedule}\n  }}\n" if wanted.asks_on_call else ""
    return fill("flow.tf.template", {
        "key": wanted.key, "flow": wanted.name, "environment": around.environment.labels[1], "vars": variables,
        "label": quoted(wanted.name.replace("-", " ").replace("_", " ").capitalize()),
        "strategy": f"    strategy_id = sym_strategy.{wanted.key}.id\n\n" if has_strategy else "",
        "duration": fill("duration.tf.template", {}) if has_strategy else "",
    })  # fmt: skip


def _implementation(wanted: Wanted) -> str:
    names = ["PermissionLevel", "RequestPermission", "reducer", "slack"]
    more = ["ApprovalTemplate", "hook", "pagerduty"] if wanted.asks_on_call else []
    imports = [f"from sym.sdk import {', '.join(sorted([*names, *more], key=lambda one: (one[0].islower(), one)))}"]
    imports += ["from sym.sdk.exceptions import PagerDutyError"] if wanted.asks_on_call else []
    imports.append("from sym.sdk.notifications import Notification")
    made = fill("impl.py.template", {"flow": wanted.name, "imports": "\n".join(imports),
                                     "self_approval": str(wanted.allow_self_approval)})  # fmt: skip
    return made + (fill("on_call.py.template", {}) if wanted.asks_on_call else "")


def _google_credentials(path: Path) -> str:
    """The text of a credential configuration. Raises Invalid if it is none, and for a key above all."""
    expected = ("audience", "subject_token_type", "service_account_impersonation_url", "token_url", "credential_source")
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not JSON"
        raise Invalid(f"{path} cannot be read: {reason}.", path="google_credentials") from None
    kind = found.get("type") if isinstance(found, dict) else None
    missing = [name for name in expected if not isinstance(found, dict) or name not in found]
    if kind != "external_account" or missing or "private_key" in found:
        lacks = f" without {', '.join(missing)}" if kind == "external_account" and missing else ""
        raise Invalid(
            f"{path} is no credential configuration of workload identity federation, but {kind or 'something else'}"
            f"{lacks}.",
            hint="Make one with `gcloud iam workload-identity-pools create-cred-config`. Keys do not belong here.",
            path="google_credentials",
        )
    return text if text.endswith("\n") else f"{text}\n"
