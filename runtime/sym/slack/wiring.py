"""What the parts of the Slack app are given to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sym.engine.forms import Forms
from sym.engine.inbound import Inbound
from sym.engine.outbound import Outbound
from sym.slack.people import People
from sym.slack.settings import SlackSettings
from sym.slack.workspaces import Workspaces
from sym.store.database import Store


@dataclass(frozen=True, kw_only=True)
class SlackLink:
    """What is known of Slack without anybody listening: enough to tell people something."""

    settings: SlackSettings
    store: Store
    workspaces: Workspaces
    people: People
    outbound: Outbound


@dataclass(frozen=True, kw_only=True)
class SlackServices:
    """The parts behind the Slack app: ``inbound`` and ``forms`` are the runtime's; ``clock`` gives the present moment
    in UTC, as all servers of the store have it."""

    settings: SlackSettings
    store: Store
    workspaces: Workspaces
    people: People
    outbound: Outbound
    inbound: Inbound
    forms: Forms
    clock: Callable[[], datetime]
