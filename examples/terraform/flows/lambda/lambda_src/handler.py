"""Lets people administer the shop: it asks a DynamoDB table who may. Sym calls `handle` to grant and to take away.

A call that failed is made again with the same id: doing it twice must be as good as once.
"""

import os


def handle(event, context):
    """What is in `body` is what hooks get with get_step_output(); a text in `errors` makes the call fail."""
    who = event["run"]["actors"]["request"]["username"]
    kind = event["event"]["type"]
    if kind == "escalate":
        table().put_item(Item={"email": who, "request": event["run"]["srn"]})
    elif kind == "deescalate":
        table().delete_item(Key={"email": who})
    else:
        return {"body": {}, "errors": [f"unknown event {kind}"]}
    return {"body": {"entry": who}, "errors": []}


def table():
    """The table, whose name is in the function's environment; its key is `email`."""
    import boto3

    return boto3.resource("dynamodb").Table(os.environ["TABLE"])
