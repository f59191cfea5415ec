"""Functions that do what a test asks for."""

import json
import os
import sys
import time

import boto3

dynamodb = boto3.client("dynamodb")
user_pools = boto3.client("cognito-idp")


def handler(event, context):
    if event["resource"] == "/result":
        return json.loads(event["body"])
    if event["resource"] == "/environment":
        return answer({"environment": dict(os.environ), "path": sys.path, "process": os.getpid()})
    if event["resource"] == "/module/{name}":
        try:
            __import__(event["pathParameters"]["name"])
        except ImportError as error:
            return answer({"refused": str(error)})
        return answer({"imported": True})
    if event["resource"] == "/dynamodb/{operation}":
        return answer(call(event["pathParameters"]["operation"], json.loads(event["body"])))
    if event["resource"] == "/user-pool/{operation}":
        operation = event["pathParameters"]["operation"]
        return answer(call(operation, json.loads(event["body"]), user_pools))
    if event["resource"] == "/raise":
        raise RuntimeError("secret reason")
    if event["resource"] == "/exit":
        os._exit(3)
    if event["resource"] == "/large":
        return {"body": "x" * int(event["queryStringParameters"]["size"])}
    if event["resource"] in ("/slow", "/patient"):
        time.sleep(float(event["queryStringParameters"]["seconds"]))
        return answer({"process": os.getpid()})
    return answer({"event": event, "context": vars_of(context)})


def broken(event, context):
    return answer({})


def authorize(event, context):
    print("asked")
    token = event["authorizationToken"]
    if token == "unauthorized":
        raise Exception("Unauthorized")
    if token == "broken":
        raise RuntimeError("anything else")
    if token == "malformed":
        return {"principalId": "p"}
    effect = "Deny" if token == "deny" else "Allow"
    asked = event["methodArn"]
    resource = asked if token == "only this" else asked.split("/")[0] + "/*"
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}
    if token == "conditional":
        statement["Condition"] = {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}
    return {
        "principalId": "principal of " + token,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"event": json.dumps(event), "number": 1, "yes": True, "at": time.time_ns()},
    }


def call(operation, arguments, client=dynamodb):
    try:
        result = getattr(client, operation)(**arguments)
    except client.exceptions.ClientError as error:
        return error.response["Error"]
    result.pop("ResponseMetadata")
    return result


def answer(body):
    return {"statusCode": 200, "body": json.dumps(body, default=str)}


def vars_of(context):
    return {
        "request_id": context.aws_request_id,
        "name": context.function_name,
        "remaining": context.get_remaining_time_in_millis(),
    }
