"""The model classes in one place."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from sym.sdk.event import Channel as Channel
from sym.sdk.event import Event as Event
from sym.sdk.event import EventMeta as EventMeta
from sym.sdk.event import Payload as Payload
from sym.sdk.field_option import FieldOption as FieldOption
from sym.sdk.flow import Environment as Environment
from sym.sdk.flow import Flow as Flow
from sym.sdk.flow import Run as Run
from sym.sdk.request_destination import RequestDestination as RequestDestination
from sym.sdk.request_destination import RequestDestinationFallback as RequestDestinationFallback
from sym.sdk.request_destination import SlackChannelID as SlackChannelID
from sym.sdk.request_destination import SlackChannelName as SlackChannelName
from sym.sdk.request_destination import SlackUser as SlackUser
from sym.sdk.request_destination import SlackUserGroup as SlackUserGroup
from sym.sdk.resource import SRN as SRN
from sym.sdk.resource import SymResource as SymResource
from sym.sdk.target import AccessTarget as AccessTarget
from sym.sdk.user import User as User
from sym.sdk.user import UserIdentity as UserIdentity
from sym.sdk.user import UserRole as UserRole
