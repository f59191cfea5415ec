"""An AWS account that answers what a test says, and stacks that remember what was asked."""

import botocore.session
from botocore.stub import Stubber

from infra.deployment import BACKEND_OUTPUTS
from infra.stacks import Change, ChangeSet, Stack

BUCKET = "elasticbeanstalk-eu-central-1-123456789012"
PLATFORM = (
    "arn:aws:elasticbeanstalk:eu-central-1::platform/"
    "Python 3.13 running on 64bit Amazon Linux 2023/4.9.0"
)

# Its loader keeps the services' models, which take long to read.
SESSION = botocore.session.get_session()
SESSION.set_credentials("key", "secret")


class FakeStack:
    """A stack that remembers what was asked of it."""

    def __init__(self, name, *, exists=False, outputs=None, parameters=None):
        self.name = name
        self.exists = exists
        self.status = "UPDATE_COMPLETE"
        self._outputs = outputs or {}
        self._parameters = parameters or {}
        self.changes = [
            Change("Modify", "WebEnvironment", "AWS::ElasticBeanstalk::Environment", False)
        ]
        self.prepared = []
        self.done = []

    def describe(self):
        if not self.exists:
            return None
        stack_id = f"arn:aws:cloudformation:eu-central-1:123456789012:stack/{self.name}/1-2-3"
        return {"StackStatus": self.status, "StackId": stack_id}

    settled = Stack.settled

    def outputs(self):
        return self._outputs

    def physical_id(self, logical_id):
        return f"arn:aws:sns:eu-central-1:123456789012:{self.name}-{logical_id}"

    def parameters(self):
        return self._parameters

    def prepare(self, template_url, parameters):
        self.prepared.append((template_url, dict(parameters)))
        return ChangeSet("arn", not self.exists, self.changes)

    def discard(self, change_set):
        self.done.append("discarded")

    def carry_out(self, change_set):
        self.done.append("carried out")
        self.exists = True
        self._parameters |= self.prepared[-1][1]

    def delete(self):
        self.done.append("deleted")


class FakeEnvironment:
    """An environment that takes every version, until a test says otherwise."""

    takes_versions = True

    def runs_what_was_deployed(self):
        return self.takes_versions

    def health(self):
        return ["notesite  Ready, health Ok"]


class FakeStore:
    """A bucket in memory."""

    bucket = BUCKET

    def __init__(self):
        self.content = {}

    def read(self, key):
        return self.content.get(key)

    def put(self, key, content):
        self.content[key] = content


class Clients:
    """botocore's own clients, whose answers a test adds; anything else fails."""

    def __init__(self):
        self._clients = {}
        self.stubs = {}

    def __call__(self, name):
        if name not in self._clients:
            self._clients[name] = SESSION.create_client(name, region_name="eu-central-1")
            self.stubs[name] = Stubber(self._clients[name])
            self.stubs[name].activate()
        return self._clients[name]

    def answer(self, service, operation, response, expected=None):
        self(service)
        self.stubs[service].add_response(operation, response, expected)

    def refuse(self, service, operation, code):
        self(service)
        self.stubs[service].add_client_error(operation, code)


def backend_outputs():
    return {name: f"the {name}" for name in BACKEND_OUTPUTS}


def answers_of_the_account(clients):
    clients.answer(
        "elasticbeanstalk",
        "list_platform_versions",
        {"PlatformSummaryList": [{"PlatformArn": PLATFORM}]},
    )
    answers_of_the_network(clients)


def answers_of_the_network(clients):
    clients.answer("ec2", "describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}]})
    clients.answer(
        "ec2",
        "describe_subnets",
        {
            "Subnets": [
                {"SubnetId": "subnet-b", "AvailabilityZone": "eu-central-1b"},
                {"SubnetId": "subnet-a", "AvailabilityZone": "eu-central-1a"},
            ]
        },
    )
    clients.answer(
        "ec2",
        "describe_instance_type_offerings",
        {
            "InstanceTypeOfferings": [
                {"Location": "eu-central-1a"},
                {"Location": "eu-central-1b"},
            ]
        },
    )
