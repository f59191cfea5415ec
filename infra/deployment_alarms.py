"""Whether the mail of a stack's alarms reaches the address that it is meant for."""

from typing import Any

from infra.stacks import Stack


def unheard(stack: Stack, sns: Any) -> str | None:
    """Who is not told of alarms, and how to ask them again; None when they are, or nobody is.

    SNS sends one mail and deletes what is not confirmed after 48 hours.
    https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
    """
    address = stack.parameters().get("AlarmEmail")
    if not address:
        return None
    topic = stack.physical_id("AlarmTopic")
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    for page in pages:
        for one in page["Subscriptions"]:
            # In place of an ARN it is PendingConfirmation, or Deleted.
            if one["Endpoint"] == address and one["SubscriptionArn"].startswith("arn:"):
                return None
    return (
        f"{stack.name}: {address} has not confirmed and is not told of alarms. Another mail: "
        f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {address}"
    )
