"""What ``symflow doctor`` looks at of Slack: whether its tokens are good, allow what is needed, and fit what Terraform
declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from sym import config
from sym.commands._session import opened_store
from sym.errors import SymError

if TYPE_CHECKING:
    from sym.config import Config
    from sym.slack.settings import SlackSettings

Result = Literal["ok", "warning", "failed", "skipped"]
Row = tuple[str, Result, str, str]
"""Check, result, detail, and what to do."""

_MANIFEST = "Update the app with `symflow slack manifest`, and install it in the workspace again."


def slack_rows(settings: Config) -> Iterator[Row]:
    """What is found of Slack: nothing else than that nothing is set, if so."""
    slack = settings.slack
    if slack is None:
        yield "slack", "skipped", "Nothing of it is set: nobody is told anything there.", "Set SYM_SLACK_BOT_TOKEN."
        return
    try:
        import slack_bolt  # noqa: F401 - is it there?
    except ModuleNotFoundError as missing:
        yield "slack", "failed", f"It needs {missing.name}.", "Run: pip install 'symflow[slack]'"
        return
    linked: set[str] = set()
    if slack.bot_token is not None:
        yield from _token("slack token", slack, slack.bot_token, linked)
    yield _hearing(slack)
    if slack.app_token is not None:
        yield _socket(slack)
    try:
        yield from _workspaces(settings, slack, linked)
    except SymError as error:
        yield "slack workspaces", "skipped", error.message, error.hint


def _token(check: str, slack: SlackSettings, token: str, linked: set[str]) -> Iterator[Row]:
    from slack_sdk.errors import SlackApiError, SlackClientError

    from sym.slack.scopes import bot_scopes
    from sym.slack.workspaces import web_client

    try:
        said = web_client(slack, token, retries=False).auth_test()
    except SlackApiError as error:
        yield check, "failed", f"Slack refuses it: {error.response.get('error')}.", _MANIFEST
        return
    except (SlackClientError, OSError) as error:
        yield check, "failed", f"{slack.api_url} cannot be reached ({type(error).__name__}).", "Is there a way out?"
        return
    linked.add(str(said.get("team_id")))
    yield check, "ok", f"Good for {said.get('team')} ({said.get('team_id')}) as @{said.get('user')}.", ""
    named = {name.lower(): value for name, value in said.headers.items()}.get("x-oauth-scopes")
    if named is None:
        yield f"{check} scopes", "warning", "Slack does not say which are granted.", "See what the app's page lists."
        return
    granted = {scope.strip() for scope in str(named).split(",")} - {""}
    missing = [scope for scope in bot_scopes() if scope not in granted]
    if missing:
        yield f"{check} scopes", "failed", f"Not granted: {', '.join(missing)}.", _MANIFEST
    else:
        yield f"{check} scopes", "ok", "All that are used are granted.", ""


def _hearing(slack: SlackSettings) -> Row:
    if slack.signing_secret is not None:
        return "slack requests", "ok", "They are taken at /slack/events if they are signed.", ""
    return "slack requests", "ok", "They come over Socket Mode alone: there is no signing secret.", ""


def _socket(slack: SlackSettings) -> Row:
    from slack_sdk.errors import SlackApiError, SlackClientError

    from sym.slack.workspaces import web_client

    check = "slack socket"
    try:
        web_client(slack, None, retries=False).apps_connections_open(app_token=slack.app_token or "")
    except SlackApiError as error:
        return (check, "failed", f"Slack refuses SYM_SLACK_APP_TOKEN: {error.response.get('error')}.",
                "Make an app-level token with the scope connections:write, and turn Socket Mode on.")  # fmt: skip
    except (SlackClientError, OSError) as error:
        return check, "failed", f"{slack.api_url} cannot be reached ({type(error).__name__}).", "Is there a way out?"
    return check, "ok", "A connection may be opened.", ""


def _workspaces(settings: Config, slack: SlackSettings, linked: set[str]) -> Iterator[Row]:
    """The workspaces that installed the app, and those that Terraform declares."""
    from sym.sealing import SealingKeys
    from sym.slack.installations import Installations
    from sym.store.slack import declared_workspaces

    with opened_store(settings) as store:
        installations = Installations(store, SealingKeys(settings.keys_dir), config.now)
        for team_id in installations.documents():
            try:
                token = installations.bot_token(team_id)
            except SymError as error:
                yield f"slack workspace {team_id}", "failed", error.message, error.hint
                continue
            yield from _token(f"slack workspace {team_id}", slack, token or "", linked)
        with store.reading() as conn:
            declared = declared_workspaces(conn)
    unlinked = sorted(declared - linked)
    if unlinked:
        yield ("slack workspaces", "failed", f"Declared, and not linked: {', '.join(unlinked)}.",
               "Set its SYM_SLACK_BOT_TOKEN, or install the app at /slack/install.")  # fmt: skip
    elif declared:
        yield "slack workspaces", "ok", "Those that Terraform declares are linked.", ""
