"""Functions over other services, one module for each.

Most names of the modules are here too. Where several modules have a function of one name, the last module's is here:
``is_user_in_group`` and ``get_user_info`` are Slack's, ``list_groups`` and ``users_in_group`` Okta's. Prefer modules.
"""

from __future__ import annotations

from sym.sdk.event import Event as Event
from sym.sdk.integrations import (
    aws_iam,
    aws_lambda,
    aws_sso,
    boundary,
    github,
    google,
    knowbe4,
    okta,
    onelogin,
    pagerduty,
    slack,
    sym,
)
from sym.sdk.integrations import jira as jira
from sym.sdk.integrations import store as store
from sym.sdk.integrations.aws_iam import AWSIAMError as AWSIAMError
from sym.sdk.integrations.aws_lambda import AWSLambdaError as AWSLambdaError
from sym.sdk.integrations.aws_lambda import invoke as invoke
from sym.sdk.integrations.aws_lambda import invoke_async as invoke_async
from sym.sdk.integrations.aws_sso import AWSSSOError as AWSSSOError
from sym.sdk.integrations.aws_sso import list_accounts as list_accounts
from sym.sdk.integrations.boundary import BoundaryError as BoundaryError
from sym.sdk.integrations.boundary import get_group as get_group
from sym.sdk.integrations.github import GitHubDefaultRolesT as GitHubDefaultRolesT
from sym.sdk.integrations.github import GitHubError as GitHubError
from sym.sdk.integrations.github import GitHubRoleT as GitHubRoleT
from sym.sdk.integrations.github import get_repo_collaborators as get_repo_collaborators
from sym.sdk.integrations.google import GoogleError as GoogleError
from sym.sdk.integrations.knowbe4 import KnowBe4Error as KnowBe4Error
from sym.sdk.integrations.knowbe4 import get_training_enrollments_for_user as get_training_enrollments_for_user
from sym.sdk.integrations.okta import OktaError as OktaError
from sym.sdk.integrations.okta import list_groups as list_groups
from sym.sdk.integrations.okta import users_in_group as users_in_group
from sym.sdk.integrations.onelogin import is_user_in_role as is_user_in_role
from sym.sdk.integrations.onelogin import list_roles as list_roles
from sym.sdk.integrations.onelogin import users_in_role as users_in_role
from sym.sdk.integrations.pagerduty import PagerDutyError as PagerDutyError
from sym.sdk.integrations.pagerduty import PagerDutyStatus as PagerDutyStatus
from sym.sdk.integrations.pagerduty import PagerDutyUrgency as PagerDutyUrgency
from sym.sdk.integrations.pagerduty import get_incidents as get_incidents
from sym.sdk.integrations.pagerduty import has_incident as has_incident
from sym.sdk.integrations.pagerduty import is_on_call as is_on_call
from sym.sdk.integrations.pagerduty import users_for_schedule as users_for_schedule
from sym.sdk.integrations.pagerduty import users_on_call as users_on_call
from sym.sdk.integrations.slack import RequestDestination as RequestDestination
from sym.sdk.integrations.slack import RequestDestinationFallback as RequestDestinationFallback
from sym.sdk.integrations.slack import SlackChannelID as SlackChannelID
from sym.sdk.integrations.slack import SlackChannelName as SlackChannelName
from sym.sdk.integrations.slack import SlackError as SlackError
from sym.sdk.integrations.slack import SlackUser as SlackUser
from sym.sdk.integrations.slack import SlackUserGroup as SlackUserGroup
from sym.sdk.integrations.slack import channel as channel
from sym.sdk.integrations.slack import fallback as fallback
from sym.sdk.integrations.slack import get_user_info as get_user_info
from sym.sdk.integrations.slack import group as group
from sym.sdk.integrations.slack import is_user_in_group as is_user_in_group
from sym.sdk.integrations.slack import list_users as list_users
from sym.sdk.integrations.slack import mention as mention
from sym.sdk.integrations.slack import send_message as send_message
from sym.sdk.integrations.slack import send_thread_message as send_thread_message
from sym.sdk.integrations.slack import user as user
from sym.sdk.integrations.slack import users_in_channel as users_in_channel
from sym.sdk.integrations.sym import get_or_create_user_by_email as get_or_create_user_by_email
from sym.sdk.integrations.sym import get_or_create_users_by_emails as get_or_create_users_by_emails
from sym.sdk.user import User as User

__all__ = [
    "aws_iam",
    "aws_lambda",
    "aws_sso",
    "boundary",
    "github",
    "google",
    "knowbe4",
    "okta",
    "onelogin",
    "pagerduty",
    "slack",
    "sym",
]
