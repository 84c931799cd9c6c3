import logging

from sym.sdk import SymIntegrationError as OldError
from sym.sdk import SymSDKError
from sym.sdk.annotations import hook, reducer
from sym.sdk.exceptions import (
    AWSLambdaError,
    ExceptionWithHint,
    OktaError,
    SymException,
    SymIntegrationError,
)
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.integrations import aws_lambda, okta
from sym.sdk.request_permission import PermissionLevel, RequestPermission

logger = logging.getLogger(__name__)
logger.setLevel(logging.DEBUG)


class NotToday(ExceptionWithHint):
    def __init__(self, when):
        super().__init__(error_type="Acme", name="NOT_TODAY", message=f"Not on {when}.")
        self.when = when

    @property
    def hint(self):
        return f"Ask again after {self.when}."


@reducer
def get_permissions(event):
    level = PermissionLevel.ADMIN
    try:
        if okta.is_user_in_group(event.user, group_id="g"):
            level = PermissionLevel.MEMBER
    except OktaError as e:
        logger.warning("Okta failed: %s (%s)", e.message, e.error_code)
        logger.debug("more: %s", e.to_dict())
    return RequestPermission(webapp_view=level, approve_deny=level, allow_self_approval=True)


@hook
def on_request(event):
    why = event.payload.fields["reason"]
    if why == "hint":
        raise NotToday("Friday")
    if why == "old":
        raise OldError("It broke.", hint="Mend it.", doc_url="https://docs.acme.example")
    if why == "identity":
        raise IdentityNotFound(email=event.user.email, service_id="T1")
    if why == "plain":
        return {}["missing"]
    if why == "exit":
        raise SystemExit("enough")
    if why == "chained":
        try:
            aws_lambda.invoke("arn:aws:lambda:us-east-1:1:function:f", event)
        except AWSLambdaError as error:
            raise RuntimeError(f"The check failed: {error}") from error
    if why == "caught":
        try:
            raise OktaError("GROUP_NOT_FOUND", "No group {here}")
        except (SymException, SymSDKError) as error:
            print(type(error).__name__, error, error.error_code, isinstance(error, SymIntegrationError))
